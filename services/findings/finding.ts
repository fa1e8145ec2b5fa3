import type { Refusal } from "../../utils/refusals.ts";

export type Level = "ok" | "warn" | "fail";

/** One thing that was looked at. `fail`: no backups are made like this; `warn`: something to know or to do. */
export interface Finding {
  readonly level: Level;
  /** Stable, for machines; a run that fails for this reason says the same. */
  readonly code: string;
  readonly sentence: string;
  /** The remedy. */
  readonly advice?: string;
}

export function ok(code: string, sentence: string, advice?: string): Finding {
  return finding("ok", code, sentence, advice);
}

export function warn(code: string, sentence: string, advice?: string): Finding {
  return finding("warn", code, sentence, advice);
}

export function fail(code: string, sentence: string, advice?: string): Finding {
  return finding("fail", code, sentence, advice);
}

function finding(level: Level, code: string, sentence: string, advice: string | undefined): Finding {
  return { level, code, sentence, ...(advice !== undefined && { advice }) };
}

/** A setting that is wrong or missing, in the words of the failure that every run would end with. */
export function refusedFinding({ cause, sentence, facts }: Refusal): Finding {
  const others = Array.isArray(facts?.alsoInvalid) ? ` Also wrong: ${facts.alsoInvalid.join(", ")}.` : "";
  return fail(cause, `${sentence}${others}`);
}

/** The worst level, which is the whole check's. */
export function verdictOf(findings: readonly Finding[]): Level {
  const has = (level: Level) => findings.some((each) => each.level === level);
  if (has("fail")) return "fail";
  return has("warn") ? "warn" : "ok";
}

/** Failures that leave other backups to be made, or made by other ways: their own sentence says which. */
export const IN_PART = /_(?:OVERDUE|NEVER_DUE)$|^(?:ROOM_FOR_SOME|MISSING_SHARED_SECRET_CONFIG)$/;
/** Findings that the summary names first, the worst before all others. */
const WORST_FIRST = [
  /_OVERDUE$/,
  /_NEVER_DUE$/,
  /^ROOM_FOR_SOME$/,
  /^FORK_HANGS$/,
  /^CRON_OFF$/,
  /^COVERAGE$/,
];
/** Findings about facts that DatoCMS does not tell. */
const UNTOLD = ["ROLE_UNKNOWN", "ROOM_UNKNOWN"];
const OF_CADENCE = /^(?:DAILY|WEEKLY|BIWEEKLY|MONTHLY)_/;

/** The worst finding, or, where all is well, the sentence that backups will be made. */
export function summaryOf(findings: readonly Finding[]): string {
  const fails = findings.filter(({ level }) => level === "fail");
  const stop = fails.find(({ code }) => !IN_PART.test(code)) ?? noneEverDue(findings);
  if (stop !== undefined) {
    const more = fails.length === 1 ? "" : ` (and ${fails.length - 1} more, see below)`;
    return `Backups will NOT be made: ${stop.sentence}${more}`;
  }
  const warnings = findings.filter(({ level }) => level === "warn");
  const worst = worstOf(fails) ?? fails[0] ?? worstOf(warnings);
  if (worst !== undefined) {
    // The coverage would say of lateness what is said already.
    const others = [...fails, ...warnings].filter(
      (each) => each !== worst && !(each.code === "COVERAGE" && /_OVERDUE$/.test(worst.code)),
    ).length;
    return others === 0 ? worst.sentence : `${worst.sentence} ${things(others, " more")} to look at below.`;
  }
  const asFarAs = findings.some(({ code }) => UNTOLD.includes(code)) ? ", as far as DatoCMS tells" : "";
  const below = warnings.length === 0 ? "" : ` ${things(warnings.length, "")} to look at below.`;
  return `Backups will be made${asFarAs}.${below}`;
}

/** The finding that matters most of some that are not ok; undefined where none is known to matter more. */
export function worstOf(findings: readonly Finding[]): Finding | undefined {
  return WORST_FIRST.flatMap((code) => findings.filter((each) => code.test(each.code)))[0];
}

/** The finding that stands for all cadences where none will ever be due: then no backup is made at all. */
export function noneEverDue(findings: readonly Finding[]): Finding | undefined {
  const cadences = findings.filter(({ code }) => OF_CADENCE.test(code));
  return cadences.every(({ code }) => code.endsWith("_NEVER_DUE")) ? cadences[0] : undefined;
}

function things(count: number, more: string): string {
  return count === 1 ? `One${more} thing` : `${count}${more} things`;
}
