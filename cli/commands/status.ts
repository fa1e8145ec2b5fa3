import * as z from "zod/mini";
import { iso, scheduleAnswer } from "../../handlers/answers.ts";
import { coverageAnswer, isoOrNull, timelinessAnswer } from "../../handlers/backups.ts";
import type { CadenceStatus, Project, Status } from "../../services/backupService.ts";
import { byCadence, CADENCES, type Cadence } from "../../utils/config.ts";
import { moment } from "../../utils/moments.ts";
import { spanOf } from "../../utils/spans.ts";
import { capitalised, KIND } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";
import { type Headline, headlineOf, UNWELL } from "../headline.ts";
import { wrap } from "../layout.ts";
import { orRefuse, serviceFor } from "../project.ts";
import { withoutRedeploy } from "../words.ts";

const BUDGET_MS = 15_000;

export const status = defineCommand({
  name: "status",
  summary: "say whether all is backed up, and what comes next",
  description:
    "Says in a few lines whether all is backed up, and when the next backup comes. Exit status 1 where one is late or hangs, or the schedule is paused. Times are UTC.",
  examples: [
    ["status", "for people"],
    ["status --json | jq -r .headline", "for scripts"],
  ],
  options: z.object({}),
  async run(cli) {
    const service = serviceFor(cli, { budgetMs: BUDGET_MS });
    const found = orRefuse(await service.status());
    const headline = headlineOf(found);
    const isWell = !UNWELL.includes(headline.state);
    return {
      exit: isWell ? 0 : 1,
      document: { ok: isWell, ...documentOf(found, headline, service.project) },
      text: textOf(found, headline, service.project, cli.width),
    };
  },
});

function documentOf(found: Status, { state, sentence }: Headline, project: Project) {
  const { scheduler, schedule, slots, coverage, problems, checkedAt } = found;
  return {
    state,
    headline: withName(sentence, project),
    scheduler,
    schedule: scheduleAnswer(schedule),
    cadences: byCadence((cadence) => cadenceAnswer(slots[cadence], project.policy.keep[cadence])),
    coverage: coverageAnswer(coverage),
    problems,
    alerts: receiversOf(project),
    checkedAt: iso(checkedAt),
  };
}

function cadenceAnswer(
  { lastBackupAt, nextBackupAt, environmentId, timeliness, copies, ...rest }: CadenceStatus,
  keep: number,
) {
  return {
    ...rest,
    keep,
    backups: copies,
    lastBackupAt: isoOrNull(lastBackupAt),
    nextBackupAt: isoOrNull(nextBackupAt),
    environmentId: environmentId ?? null,
    ...timelinessAnswer(timeliness),
  };
}

function textOf(found: Status, { state, sentence }: Headline, project: Project, width: number): string {
  const { slots, coverage, problems } = found;
  const mark = UNWELL.includes(state) ? "✘ " : state === "ok" ? "✔ " : "";
  const receivers = receiversOf(project);
  const alerts = receivers.length === 0 ? "no alerts are set up" : `alerts: ${receivers.join(", ")}`;
  return [
    wrap(`${mark}${withName(sentence, project)}`, width),
    nextLine(found),
    ...CADENCES.filter((cadence) => slots[cadence].enabled || slots[cadence].copies > 0).map(
      (cadence) => `  ${rowOf(cadence, found, project)}`,
    ),
    wrap(`${coverage.sentence.replace(/\.$/, "")} · ${alerts}`, width, "  "),
    ...problems.flatMap(({ sentence: problem, advice }) => [
      wrap(withoutRedeploy(problem), width, "! "),
      ...(advice === undefined ? [] : [wrap(withoutRedeploy(advice), width, "  → ", "    ")]),
    ]),
  ].join("\n");
}

function nextLine({ slots, coverage: { newestAt }, checkedAt: now }: Status): string {
  const next = Math.min(
    ...CADENCES.map((cadence) => slots[cadence].nextBackupAt ?? Number.POSITIVE_INFINITY),
  );
  const last =
    newestAt === undefined ? "none" : `${spanOf(now - newestAt)} ago (${moment(newestAt, now)} UTC)`;
  return `  last backup  ${last}      next  ${Number.isFinite(next) ? `${moment(next, now)} UTC` : "none"}`;
}

const KIND_SIZE = Math.max(...Object.values(KIND).map(({ length }) => length));
/** `yesterday 06:05`, `Wed 30 September`. */
const MOMENT_SIZE = 16;

function rowOf(cadence: Cadence, { slots, checkedAt: now }: Status, { policy }: Project): string {
  const { enabled, timeliness, state, lastBackupAt, nextBackupAt } = slots[cadence];
  const mark = timeliness?.kind === "late" ? "✘" : state === "ready" ? "✔" : "–";
  const last = lastBackupAt === undefined ? "none yet" : moment(lastBackupAt, now);
  const next = !enabled
    ? "not in the schedule"
    : nextBackupAt === undefined
      ? ""
      : `next ${moment(nextBackupAt, now)}`;
  const keeps = `keeps ${policy.keep[cadence]}`;
  const cells = [
    KIND[cadence].padEnd(KIND_SIZE),
    `${mark} ${last.padEnd(MOMENT_SIZE)}`,
    keeps.padEnd(8),
    next,
  ];
  return `${cells.join("  ")}${state === "creating" ? "  being made now" : ""}`.trimEnd();
}

/** The sentence behind the project's name, or with a capital letter. */
function withName(sentence: string, { name }: Project): string {
  return name === undefined ? capitalised(sentence) : `${name}: ${sentence}`;
}

function receiversOf({ channels: { channels, heartbeats } }: Project): string[] {
  return [
    ...channels.map(({ channel }) => channel),
    ...Object.keys(heartbeats).map((each) => `heartbeat ${each}`),
  ];
}
