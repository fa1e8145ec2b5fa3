import { CADENCES, type Cadence } from "../../utils/config.ts";
import { momentInUtc } from "../../utils/moments.ts";
import { spanOf } from "../../utils/spans.ts";
import { adjective, counted, KIND, listed } from "../../utils/words.ts";
import { type Finding, IN_PART, noneEverDue, worstOf } from "../findings/finding.ts";
import { type CadenceFigures, earliestNext } from "../recovery/figures.ts";
import type { Inventory } from "../recovery/inventory.ts";

/** What a headline is about, the worst first. */
export const HEADLINE_STATES = [
  "away",
  "misconfigured",
  "full",
  "hung",
  "failed",
  "paused",
  "late",
  "running",
  "shrunk",
  "protected",
  "empty",
  "warnings",
  "ok",
] as const;
export type HeadlineState = (typeof HEADLINE_STATES)[number];

/** A project in one sentence about the worst that there is, and the one thing to do. */
export interface Headline {
  readonly state: HeadlineState;
  /** Without a full stop. */
  readonly sentence: string;
  /** Whole sentences. */
  readonly detail?: string | undefined;
  readonly advice?: string | undefined;
  /** Of the run that it is about. */
  readonly runId?: string | undefined;
}

/** The end of the last run for a kind of backup. */
export interface LastRun {
  readonly id: string;
  readonly cadence: Cadence;
  readonly status: string;
  /** Ms since the epoch. */
  readonly startedAt: number;
  /** Why it failed, in whole sentences; undefined where nobody remembers. */
  readonly why?: string | undefined;
}

/** What a headline rests on. */
export interface HeadlineFacts {
  readonly findings: readonly Finding[];
  /** Undefined where what exists could not be read. */
  readonly inventory: Inventory | undefined;
  /** One for each kind of backup, as far as runs are kept. */
  readonly runs: readonly LastRun[];
}

type Rule = (facts: HeadlineFacts) => Headline | undefined;
type LookRule = (inventory: Inventory, facts: HeadlineFacts) => Headline | undefined;

/** Failures of DatoCMS's, or of the way to it. */
const AWAY = ["DATOCMS_UNAVAILABLE", "RATE_LIMITED", "OUT_OF_TIME"];
const FULL = ["ENVIRONMENT_LIMIT_REACHED", "ROOM_FOR_SOME"];
/** Failures that have rules of their own. */
const TOLD_ELSEWHERE = [...AWAY, ...FULL, "SCHEDULER_PAUSED", "SCHEDULER_DISABLED"];
const OVERDUE = /_OVERDUE$/;
const STOPPED = /_STOPPED$/;

/** Finds the headline: the first rule that applies, the worst first. Pure. */
export function headlineOf(facts: HeadlineFacts): Headline {
  for (const rule of RULES) {
    const found = rule(facts);
    if (found !== undefined) return found;
  }
  return { state: "ok", sentence: "Everything is backed up" };
}

/** For rules that go by what exists. */
function looking(rule: LookRule): Rule {
  return (facts) => (facts.inventory === undefined ? undefined : rule(facts.inventory, facts));
}

/** A headline that a finding explains. */
function by(state: HeadlineState, sentence: string, { sentence: detail, advice }: Finding): Headline {
  return { state, sentence, detail, advice };
}

const away: Rule = ({ findings }) => {
  const found = findings.find(({ level, code }) => level === "fail" && AWAY.includes(code));
  return found && by("away", "DatoCMS does not answer", found);
};

const misconfigured: Rule = ({ findings }) => {
  const found =
    findings.find(
      ({ level, code }) => level === "fail" && !IN_PART.test(code) && !TOLD_ELSEWHERE.includes(code),
    ) ?? noneEverDue(findings);
  return found && by("misconfigured", "Backups will not be made", found);
};

const full: Rule = ({ findings }) => {
  const found = findings.find(({ level, code }) => level === "fail" && FULL.includes(code));
  return found && by("full", "The plan is full", found);
};

const hung: Rule = ({ findings }) => {
  const found = findings.find(({ code }) => code === "FORK_HANGS");
  return found && by("hung", "DatoCMS does not finish a backup", found);
};

const failed = looking(({ cadences, coverage, now }, { runs }) => {
  const run = runs.find((each) => isOfNow(each, cadences[each.cadence]));
  if (run === undefined) return undefined;
  const { newest, nextAt } = cadences[run.cadence];
  const last = newest?.takenAt ?? coverage.newestAt;
  const isSafe =
    last === undefined ? [] : [`The last good backup is of ${momentInUtc(last, now)} and is safe.`];
  const next = nextAt === undefined ? [] : [`The next try is ${momentInUtc(nextAt, now)}.`];
  return {
    state: "failed",
    sentence: `The last ${adjective(run.cadence)} backup failed`,
    detail: [...isSafe, ...(run.why === undefined ? [] : [run.why]), ...next].join(" "),
    advice: "Make a backup now, or see in the run what happened.",
    runId: run.id,
  };
});

/** It failed, and nothing was made since. */
function isOfNow({ status, startedAt }: LastRun, { newest, enabled, creating }: CadenceFigures): boolean {
  if (!enabled || creating.length > 0 || status !== "failed") return false;
  return newest === undefined || newest.environment.createdAt < startedAt;
}

const paused = looking(({ scheduler, cadences, now }, { findings }) => {
  if (scheduler.enabled) return undefined;
  const since =
    "pausedBy" in scheduler
      ? "Paused by a setting"
      : `Paused since ${momentInUtc(Date.parse(scheduler.disconnectedAt), now)}`;
  const late = lateOf(cadences, now);
  const reason = findings.find(({ code }) => code.startsWith("SCHEDULER_"));
  const detail = ["Nothing is backed up by schedule.", ...(late === undefined ? [] : [`${late}.`])].join(" ");
  return { state: "paused", sentence: since, detail, advice: reason?.advice };
});

const late = looking(({ cadences, now, coverage }, { findings }) => {
  const sentence = lateOf(cadences, now);
  if (sentence === undefined) return undefined;
  const found = findings.find(({ code }) => OVERDUE.test(code) || STOPPED.test(code));
  const making = makingOf(cadences);
  const detail = making === undefined ? (found?.sentence ?? coverage.sentence) : `${making}.`;
  return { state: "late", sentence, detail, advice: found?.advice };
});

/** Names what is late, and since when there is nothing. */
function lateOf(cadences: Inventory["cadences"], now: number): string | undefined {
  const all = CADENCES.map((each) => cadences[each]).filter(({ timeliness }) => timeliness?.kind === "late");
  const [first] = all;
  if (first === undefined) return undefined;
  if (all.length > 1) return `The ${listed(all.map(({ cadence }) => adjective(cadence)))} backups are late`;
  if (first.newest === undefined) return `There is no ${adjective(first.cadence)} backup, and one was due`;
  const { takenAt } = first.newest;
  return `No ${adjective(first.cadence)} backup since ${momentInUtc(takenAt, now)} (${spanOf(now - takenAt)})`;
}

const running = looking(({ cadences, backups, now }) => {
  const sentence = makingOf(cadences);
  if (sentence === undefined) return undefined;
  const stays = CADENCES.map((cadence) => cadences[cadence]).flatMap(({ creating, newest, cadence }) =>
    creating.length > 0 && newest !== undefined
      ? [
          `The ${adjective(cadence)} backup of ${momentInUtc(newest.takenAt, now)} stays until the new one is complete.`,
        ]
      : [],
  );
  const isFirst = backups.every(({ is }) => is.state === "creating");
  return { state: "running", sentence, detail: isFirst ? "It is the first one." : stays.join(" ") };
});

function makingOf(cadences: Inventory["cadences"]): string | undefined {
  const making = CADENCES.flatMap((cadence) => {
    const backup = cadences[cadence].creating[0];
    if (backup === undefined) return [];
    const { percentage } = backup.environment;
    return [percentage === undefined ? KIND[cadence] : `${KIND[cadence]}, ${percentage} %`];
  });
  return making.length === 0 ? undefined : `Backing up now: ${listed(making)}`;
}

const shrunk: Rule = ({ findings }) => {
  const found = findings.find(({ code }) => code === "SHRUNK");
  return found && by("shrunk", "The newest backup has much less content than the one before", found);
};

const protectedOnes = looking(({ coverage }, { findings }) => {
  const held = findings.find(({ code }) => code === "HELD");
  if (held === undefined) return undefined;
  if (coverage.points === 0) return by("protected", "No backup counts", held);
  const hasOthers = findings.some((each) => each.level !== "ok" && each !== held);
  return hasOthers ? undefined : by("protected", "Backed up, and a backup is protected", held);
});

const empty = looking(({ coverage, cadences, now }) => {
  if (coverage.points > 0) return undefined;
  const next = earliestNext(cadences);
  const detail = next === undefined ? undefined : `The first one comes ${momentInUtc(next, now)}.`;
  return { state: "empty", sentence: "No backup yet", detail, advice: "Make the first backup now." };
});

const warnings: Rule = ({ findings }) => {
  const found = findings.filter(({ level }) => level !== "ok");
  const worst = worstOf(found) ?? found[0];
  if (worst?.code === "CRON_OFF")
    return by("warnings", "Backups are made only if something else calls the service", worst);
  return worst && by("warnings", `Backed up, with ${counted(found.length, "thing")} to look at`, worst);
};

const RULES: readonly Rule[] = [
  away,
  misconfigured,
  full,
  hung,
  failed,
  paused,
  late,
  running,
  shrunk,
  protectedOnes,
  empty,
  warnings,
];
