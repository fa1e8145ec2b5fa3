import { isOwnWord } from "./ownWords.ts";
import { visible } from "./visible.ts";

/** A value that may stand in a log line: plain, so that no error object with a token can slip in. */
export type LogValue = string | number | boolean | null | undefined | readonly string[];
export type LogFields = Readonly<Record<string, LogValue>>;
export type LogLevel = "info" | "warn" | "error";

/** Writes one line per event. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same logger with fields (such as a run's id) added to every line. */
  with(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Takes one line without its line break. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Readable text for a terminal instead of JSON. */
  readonly readable?: boolean;
  /**
   * Values that must never be written. Nothing should hold one; this is the last net under it, not the rule.
   */
  readonly secrets?: readonly string[];
}

/** Makes a logger that writes JSON lines, or text for a terminal. */
export function createLogger(options: LoggerOptions, bound: LogFields = {}): Logger {
  const log = (level: LogLevel, event: string, fields: LogFields = {}) => {
    const time = new Date(options.now()).toISOString();
    const all = { ...bound, ...fields };
    const line = options.readable
      ? readableLine(time, level, event, all)
      : JSON.stringify({ time, level, event, ...all });
    // Ids of environments and the like are somebody else's text, and logs end up in terminals.
    options.write(visible(scrub(line, options.secrets ?? [])));
  };
  return {
    info: (event, fields) => log("info", event, fields),
    warn: (event, fields) => log("warn", event, fields),
    error: (event, fields) => log("error", event, fields),
    with: (fields) => createLogger(options, { ...bound, ...fields }),
  };
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => silentLogger,
};

/**
 * Replaces every occurrence of the given secrets, as they are and as JSON writes them.
 *
 * @param secrets values of 4 characters or more; shorter ones would tear ordinary words apart. What is part of
 * our own ids and paths is no secret (`readAccess` refuses it), and is left alone
 */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest first: one secret may begin with another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length < 4 || isOwnWord(secret)) continue;
    // As JSON writes it first, so that what is left of a line stays JSON.
    for (const form of [JSON.stringify(secret).slice(1, -1), secret])
      clean = clean.replaceAll(form, "[redacted]");
  }
  return clean;
}

function readableLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  const mark = level === "info" ? " " : level === "warn" ? "!" : "✗";
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === "string" && /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)}`,
    );
  return [time.slice(11, 19), mark, event, ...rest].join(" ");
}
