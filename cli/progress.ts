import type { Clock } from "../utils/clock.ts";
import { visible } from "../utils/visible.ts";
import type { Io } from "./io.ts";
import { WIDTH } from "./layout.ts";

/** Shows on standard error how far something is. */
export interface Progress {
  /**
   * @param what is being done
   * @param percentage 0 to 100; undefined where nobody knows
   */
  show(what: string, percentage: number | undefined): void;
  /** Takes a bar away. */
  end(): void;
}

const BAR = 26;
/** Where nobody watches, a line comes so often at most. */
const LINE_MS = 10_000;

/**
 * A bar on a terminal, a line every ten seconds elsewhere.
 *
 * @param isQuiet nothing at all
 */
export function createProgress({ err, clock }: Pick<Io, "err" | "clock">, isQuiet: boolean): Progress {
  if (isQuiet) return { show: () => {}, end: () => {} };
  return err.isTerminal ? barOn(err, clock) : linesOn(err, clock);
}

function barOn({ write, columns = WIDTH }: Io["err"], clock: Clock): Progress {
  const seconds = stopwatch(clock);
  let isShown = false;
  return {
    show(what, percentage) {
      isShown = true;
      const line = `${visible(what)}  ${barOf(percentage)}  ${seconds(what)} s`;
      write(`\r\x1b[2K${line.slice(0, (columns || WIDTH) - 1)}`);
    },
    end() {
      if (isShown) write("\r\x1b[2K");
      isShown = false;
    },
  };
}

function linesOn({ write }: Io["err"], clock: Clock): Progress {
  const seconds = stopwatch(clock);
  let shown: { readonly what: string; readonly at: number } | undefined;
  return {
    show(what, percentage) {
      const at = clock.monotonic();
      if (shown?.what === what && at - shown.at < LINE_MS) return;
      shown = { what, at };
      write(`${visible(what)}: ${percentage === undefined ? "" : `${percentage} %, `}${seconds(what)} s\n`);
    },
    end: () => {},
  };
}

/** Counts the seconds since something was first shown. */
function stopwatch(clock: Clock): (what: string) => number {
  const began = new Map<string, number>();
  return (what) => {
    const now = clock.monotonic();
    if (!began.has(what)) began.set(what, now);
    return Math.round((now - (began.get(what) ?? now)) / 1_000);
  };
}

function barOf(percentage: number | undefined): string {
  const full = Math.round(((percentage ?? 0) / 100) * BAR);
  const number = percentage === undefined ? "  ?" : String(Math.floor(percentage)).padStart(3);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)}  ${number} %`;
}
