import * as z from "zod/mini";
import { failureOf, iso, isSuccess, resultOf, type Success } from "../../handlers/answers.ts";
import { createStop } from "../../node/stop.ts";
import type { Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";
import { KIND } from "../../utils/words.ts";
import { type Answer, type Cli, defineCommand } from "../command.ts";
import { wrap } from "../layout.ts";
import { serviceFor } from "../project.ts";
import { cadenceOf, withoutRedeploy } from "../words.ts";

/** As long as the plugin's button waits. */
const ANSWER_MS = 30_000;
/** A fork that takes longer hangs. */
const WAIT_MS = 6 * 60 * 60 * 1_000;
/** Looks are 15 seconds apart where a fork takes long. */
const WAIT_CALLS = 2_000;
/** After Ctrl-C, for the request under way and a last look. */
const STOP_MS = 3_000;

export const backup = defineCommand({
  name: "backup",
  summary: "make a backup now",
  description:
    "Makes a backup now, whatever the schedule says; it takes the place of today's. Without --wait it ends after 30 seconds at most: DatoCMS goes on, and the next run completes it.",
  argument: { name: "[kinds...]", help: "daily, weekly, biweekly, monthly; daily where none is named" },
  flags: [
    { flags: "--wait", help: "wait until it is complete" },
    { flags: "--force", help: "on a full plan, let an old backup go first" },
  ],
  examples: [
    ["backup", "a daily one, before a change"],
    ["backup daily weekly --wait", "two, one after the other"],
  ],
  options: z.object({ wait: z.optional(z.boolean()), force: z.optional(z.boolean()) }),
  endsItself: true,
  async run(cli, { wait = false, force = false }, words) {
    const cadences = [...new Set((words.length === 0 ? ["daily"] : words).map(cadenceOf))];
    const interruption = cli.io.interruption();
    const ends: End[] = [];
    for (const cadence of cadences) ends.push(await make(cli, { cadence, wait, force }, interruption));
    return answerOf(cli, ends, { wait, isInterrupted: interruption.aborted });
  },
});

const INTERRUPTED = "Interrupted. The same command goes on.";

interface Asked {
  readonly cadence: Cadence;
  readonly wait: boolean;
  readonly force: boolean;
}

/** What came of one kind. */
type End =
  | { readonly kind: "made"; readonly outcome: Success; readonly ms: number }
  | { readonly kind: "failed"; readonly cadence: Cadence; readonly failure: Failure | Refusal }
  /** Ctrl-C came before DatoCMS was asked for it. */
  | { readonly kind: "not begun"; readonly cadence: Cadence };

async function make(cli: Cli, { cadence, wait, force }: Asked, interruption: AbortSignal): Promise<End> {
  if (interruption.aborted) return { kind: "not begun", cadence };
  const { io, progress } = cli;
  const { stop, announce } = createStop(io.clock);
  const interrupt = () => announce(STOP_MS);
  interruption.addEventListener("abort", interrupt, { once: true });
  const began = io.clock.monotonic();
  const service = serviceFor(cli, {
    budgetMs: wait ? WAIT_MS : ANSWER_MS,
    ...(wait && { maxCalls: WAIT_CALLS }),
    stop,
    onProgress(environmentId, percentage) {
      if (environmentId.startsWith(`backup-plugin-${cadence}-`)) progress.show(cadence, percentage);
    },
  });
  try {
    const made = await service.backup({ cadence, forced: force, by: "holder", trigger: "hand" });
    if (!made.ok) return failedEnd(cadence, made.failure, interruption);
    if (!isSuccess(made.value)) return failedEnd(cadence, failureOf(made.value), interruption);
    return { kind: "made", outcome: made.value, ms: io.clock.monotonic() - began };
  } finally {
    interruption.removeEventListener("abort", interrupt);
    progress.end();
  }
}

function failedEnd(cadence: Cadence, failure: Failure | Refusal, { aborted }: AbortSignal): End {
  const isCut = aborted && failure.cause === "OUT_OF_TIME";
  return isCut ? { kind: "not begun", cadence } : { kind: "failed", cadence, failure };
}

interface Circumstances {
  readonly wait: boolean;
  readonly isInterrupted: boolean;
}

function answerOf(cli: Cli, ends: readonly End[], { wait, isInterrupted }: Circumstances): Answer {
  const isWell = !isInterrupted && ends.every((end) => isDone(end, wait));
  return {
    exit: isInterrupted ? 130 : isWell ? 0 : 1,
    document: {
      ok: isWell,
      results: ends.map(resultAnswer),
      ...(isInterrupted && { interrupted: true }),
      checkedAt: iso(cli.io.clock.now()),
    },
    text: [...ends.flatMap((end) => linesOf(end, cli.width)), ...(isInterrupted ? [INTERRUPTED] : [])].join(
      "\n",
    ),
  };
}

/** Made, or as far as it was to be waited for; a backup of before that had to stay is not what was asked for. */
function isDone(end: End, wait: boolean): boolean {
  if (end.kind !== "made") return false;
  return end.outcome.kind === "done" ? !end.outcome.reused : !wait;
}

function resultAnswer(end: End) {
  if (end.kind === "made") return resultOf(end.outcome);
  if (end.kind === "not begun") return { scope: end.cadence, state: "not begun" };
  const { cause, sentence, facts = {} } = end.failure;
  return {
    scope: end.cadence,
    state: "failed",
    error: { code: cause, message: withoutRedeploy(sentence), details: facts },
  };
}

function linesOf(end: End, width: number): string[] {
  if (end.kind === "not begun") return [`✘ ${KIND[end.cadence]}: not begun`];
  if (end.kind === "failed")
    return [wrap(`${KIND[end.cadence]}: ${withoutRedeploy(end.failure.sentence)}`, width, "✘ ")];
  const { outcome, ms } = end;
  const problems = outcome.problems.map(({ sentence }) => wrap(withoutRedeploy(sentence), width, "! "));
  return [wrap(sentenceOf(outcome, Math.round(ms / 1_000)), width, "", "  "), ...problems];
}

function sentenceOf(outcome: Success, seconds: number): string {
  const { environmentId, deleted } = outcome;
  if (outcome.kind === "creating") {
    const far = outcome.percentage === null ? "" : ` (${outcome.percentage} %)`;
    return `${environmentId} is being made${far}. DatoCMS goes on with it; the same command with --wait waits until it is complete.`;
  }
  if (outcome.reused) return `✘ ${environmentId} is the one that was there; no new one was made.`;
  const removed = deleted.map((id) => (id === environmentId ? "the one of before" : id));
  return `✔ ${environmentId} is ready (${seconds} s)${removed.length === 0 ? "" : `; removed: ${removed.join(", ")}`}`;
}
