export type Level = "ok" | "warn" | "fail";

/** One thing that was looked at. `fail`: no backups are made like this; `warn`: something to know or to do. */
export interface Line {
  readonly level: Level;
  /** Stable, for machines; a run that fails for this reason says the same. */
  readonly code: string;
  readonly sentence: string;
  /** What to do. */
  readonly advice?: string;
}

export function ok(code: string, sentence: string, advice?: string): Line {
  return line("ok", code, sentence, advice);
}

export function warn(code: string, sentence: string, advice?: string): Line {
  return line("warn", code, sentence, advice);
}

export function fail(code: string, sentence: string, advice?: string): Line {
  return line("fail", code, sentence, advice);
}

function line(level: Level, code: string, sentence: string, advice: string | undefined): Line {
  return { level, code, sentence, ...(advice !== undefined && { advice }) };
}

/** The worst level, which is the whole check's. */
export function verdictOf(lines: readonly Line[]): Level {
  const has = (level: Level) => lines.some((each) => each.level === level);
  if (has("fail")) return "fail";
  return has("warn") ? "warn" : "ok";
}

/** Failures that leave other backups to be made, or made by other ways: their own sentence says which. */
const IN_PART = /_(?:OVERDUE|NEVER_DUE)$|^(?:ROOM_FOR_SOME|MISSING_SHARED_SECRET_CONFIG)$/;
/** What is said first, the worst before all others. */
const WORST_FIRST = [
  /_OVERDUE$/,
  /_NEVER_DUE$/,
  /^ROOM_FOR_SOME$/,
  /^FORK_HANGS$/,
  /^CRON_OFF$/,
  /^COVERAGE$/,
];
/** Where it is DatoCMS that does not tell whether anything is in the way. */
const UNTOLD = ["ROLE_UNKNOWN", "ROOM_UNKNOWN"];
const OF_CADENCE = /^(?:DAILY|WEEKLY|BIWEEKLY|MONTHLY)_/;

/** The answer to the one question, will backups be made, or the worst finding where there is one. */
export function summaryOf(lines: readonly Line[]): string {
  const fails = lines.filter(({ level }) => level === "fail");
  const stop = fails.find(({ code }) => !IN_PART.test(code)) ?? noneEverDue(lines);
  if (stop !== undefined) {
    const more = fails.length === 1 ? "" : ` (and ${fails.length - 1} more, see below)`;
    return `Backups will NOT be made: ${stop.sentence}${more}`;
  }
  const warnings = lines.filter(({ level }) => level === "warn");
  const worst = worstOf(fails) ?? fails[0] ?? worstOf(warnings);
  if (worst !== undefined) {
    // What the coverage says of lateness is then said already.
    const others = [...fails, ...warnings].filter(
      (each) => each !== worst && !(each.code === "COVERAGE" && /_OVERDUE$/.test(worst.code)),
    ).length;
    return others === 0 ? worst.sentence : `${worst.sentence} ${things(others, " more")} to look at below.`;
  }
  const asFarAs = lines.some(({ code }) => UNTOLD.includes(code)) ? ", as far as DatoCMS tells" : "";
  const below = warnings.length === 0 ? "" : ` ${things(warnings.length, "")} to look at below.`;
  return `Backups will be made${asFarAs}.${below}`;
}

function worstOf(lines: readonly Line[]): Line | undefined {
  return WORST_FIRST.flatMap((code) => lines.filter((each) => code.test(each.code)))[0];
}

/** Where no cadence will ever be due, nothing at all is made. */
function noneEverDue(lines: readonly Line[]): Line | undefined {
  const cadences = lines.filter(({ code }) => OF_CADENCE.test(code));
  return cadences.every(({ code }) => code.endsWith("_NEVER_DUE")) ? cadences[0] : undefined;
}

function things(count: number, more: string): string {
  return count === 1 ? `One${more} thing` : `${count}${more} things`;
}
