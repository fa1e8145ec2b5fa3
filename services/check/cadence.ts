import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import type { Coverage } from "../recovery/coverage.ts";
import type { Timeliness } from "../recovery/timeliness.ts";
import { fail, type Line, ok, warn } from "./line.ts";

/** A cadence's past and future; instants in ms since the epoch. */
export interface Turn {
  readonly cadence: Cadence;
  readonly timeliness: Timeliness;
  /** When its newest ready copy was taken. */
  readonly last: number | undefined;
  /** The tick that makes the next one. */
  readonly next: number | undefined;
  /** Why no run will come by itself; undefined where one will. */
  readonly stopped: string | undefined;
}

/** When a cadence's copy was last made, and when the next, or first, one will be. */
export function cadenceLine({ cadence, timeliness, last, next, stopped }: Turn): Line {
  const code = (what: string) => `${cadence.toUpperCase()}_${what}`;
  const made =
    last === undefined
      ? `There is no ${cadence} copy yet`
      : `The last ${cadence} copy is of ${utcMinute(last)}`;
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
      `The first ${cadence} copy will be made at ${utcMinute(next)}.`,
      cadence === "daily" || cadence === "weekly"
        ? "To have it now, call POST /api/jobs/initialize."
        : "To have it now, make one by hand: POST /api/datocms/backup-now.",
    );
  if (timeliness.kind !== "late")
    return ok(code("NEXT_RUN"), `${made}; the next will be made at ${utcMinute(next)}.`);
  return warn(
    code("OVERDUE"),
    `${made}, and one has been missing since ${utcMinute(timeliness.since)}; the next will be made at ${utcMinute(next)}.`,
    "Runs have been missed. See in the host's log whether its cron calls the service, and what came of it.",
  );
}

/** What can be returned to, and which cadences are late. */
export function coverageLine({ sentence }: Coverage, late: readonly Cadence[]): Line {
  return late.length === 0
    ? ok("COVERAGE", sentence)
    : warn("COVERAGE", `${sentence} Late: ${late.join(", ")}.`);
}
