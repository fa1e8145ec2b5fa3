import type { Cadence } from "../../utils/config.ts";
import { fail, type Line, ok, warn } from "./line.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A last copy older than this means that runs have been missed, catching up included. */
const LATEST_DAYS: Readonly<Record<Cadence, number>> = { daily: 2, weekly: 9, biweekly: 16, monthly: 33 };

/** A cadence's past and future; instants in ms since the epoch. */
export interface Turn {
  readonly cadence: Cadence;
  readonly now: number;
  /** When its newest ready copy was taken. */
  readonly last: number | undefined;
  /** The tick that makes the next one. */
  readonly next: number | undefined;
  /** Why no run will come by itself; undefined where one will. */
  readonly stopped: string | undefined;
}

/** When a cadence's copy was last made, and when the next, or first, one will be. */
export function cadenceLine({ cadence, now, last, next, stopped }: Turn): Line {
  const code = (what: string) => `${cadence.toUpperCase()}_${what}`;
  const made =
    last === undefined ? `There is no ${cadence} copy yet` : `The last ${cadence} copy is of ${utc(last)}`;
  if (stopped !== undefined) return warn(code("STOPPED"), `${made}; ${stopped}.`);
  if (next === undefined)
    return fail(
      code("NEVER_DUE"),
      `${made}, and no run in sight will make one.`,
      "If the primary environment has a copy's name, rename it in DatoCMS.",
    );
  if (last === undefined)
    return ok(
      code("FIRST_RUN"),
      `The first ${cadence} copy will be made at ${utc(next)}.`,
      cadence === "daily" || cadence === "weekly"
        ? "To have it now, call POST /api/jobs/initialize."
        : "To have it now, make one by hand: POST /api/datocms/backup-now.",
    );
  const sentence = `${made}; the next will be made at ${utc(next)}.`;
  return now - last <= LATEST_DAYS[cadence] * DAY_MS
    ? ok(code("NEXT_RUN"), sentence)
    : warn(
        code("OVERDUE"),
        sentence,
        "Runs have been missed. See in the host's log whether its cron calls the service, and what came of it.",
      );
}

/** To the minute, as crons go. */
function utc(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
