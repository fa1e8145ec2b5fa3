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

/** The answer to the one question: will backups be made? */
export function summaryOf(lines: readonly Line[]): string {
  const [first, ...others] = lines.filter(({ level }) => level === "fail");
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more, see below)`;
    return `Backups will NOT be made: ${first.sentence}${more}`;
  }
  const warnings = lines.filter(({ level }) => level === "warn").length;
  if (warnings === 0) return "Backups will be made.";
  return `Backups will be made. ${warnings === 1 ? "One thing" : `${warnings} things`} to look at below.`;
}
