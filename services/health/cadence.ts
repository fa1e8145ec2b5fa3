import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import { spanOf } from "../../utils/spans.ts";
import type { Coverage } from "../recovery/coverage.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import type { Timeliness } from "../recovery/timeliness.ts";
import type { Hold } from "../rotation/held.ts";
import type { Copy } from "../rotation/names.ts";
import { fail, type Line, ok, warn } from "./finding.ts";

/** A cadence's past and future; instants in ms since the epoch. */
export interface Turn {
  readonly cadence: Cadence;
  readonly timeliness: Timeliness;
  readonly now: number;
  /** When its newest ready copy was taken. */
  readonly last: number | undefined;
  /** The tick that makes the next one. */
  readonly next: number | undefined;
  /** Why the owner lets no run come; undefined where one may. */
  readonly stopped: string | undefined;
  /** Why the host's cron calls for none. */
  readonly uncalled?: string | undefined;
  /** What DatoCMS is making of it. */
  readonly creating: readonly Copy[];
  /** The part of that which hangs. */
  readonly hanging: readonly Copy[];
  /** What exists of it and does not count. */
  readonly held: readonly Hold[];
}

const MISSED =
  "Runs have been missed or have failed. See in the host's log whether its cron calls the service, and what came of it.";

/** When a cadence's copy was last made, and when the next, or first, one will be. */
export function cadenceLine(turn: Turn): Line {
  const { cadence, last, next, stopped, uncalled } = turn;
  const code = (what: string) => `${cadence.toUpperCase()}_${what}`;
  const made = madeOf(turn);
  const without = stopped ?? uncalled;
  if (without === undefined && next === undefined)
    return fail(
      code("NEVER_DUE"),
      `${made}, and no run in sight will make one.`,
      "If the primary environment has a backup's name, rename it in DatoCMS.",
    );
  const future = without ?? `the next will be made at ${utcMinute(next ?? 0)}`;
  const overdue = overdueOf(turn, future);
  if (stopped !== undefined) return warn(code("STOPPED"), overdue ?? `${made}; ${stopped}.`);
  if (overdue !== undefined) {
    const advice = turn.hanging.length > 0 ? DELETE_HANGING : MISSED;
    return (last === undefined ? fail : warn)(code("OVERDUE"), overdue, advice);
  }
  if (uncalled !== undefined) return warn(code("STOPPED"), `${made}; ${uncalled}.`);
  if (last !== undefined) return ok(code("NEXT_RUN"), `${made}; ${future}.`);
  if (turn.held.length > 0) return warn(code("NEXT_RUN"), `${made}; ${future}.`);
  if (turn.creating.length > 0) return ok(code("FIRST_RUN"), `${made}; ${future}.`);
  return ok(
    code("FIRST_RUN"),
    `${made}; ${future.replace("the next", "one")}.`,
    cadence === "daily" || cadence === "weekly"
      ? "To have it now, call POST /api/jobs/initialize."
      : "To have it now, make one by hand: POST /api/datocms/backup-now.",
  );
}

/** What can be returned to, and which cadences are late. */
export function coverageLine(
  { sentence, points }: Coverage,
  holds: readonly Hold[],
  late: readonly Cadence[],
): Line {
  if (late.length > 0) return warn("COVERAGE", `${sentence} Late: ${late.join(", ")}.`);
  return points === 0 && holds.length > 0 ? warn("COVERAGE", sentence) : ok("COVERAGE", sentence);
}

function madeOf({ cadence, last, creating, held }: Turn): string {
  if (last !== undefined) return `The last ${cadence} backup is of ${utcMinute(last)}`;
  const [making] = creating;
  if (making !== undefined)
    return `There is no ${cadence} backup yet; DatoCMS has been making ${making.environment.id} since ${utcMinute(making.environment.createdAt)}`;
  const [hold] = held;
  if (hold === undefined) return `There is no ${cadence} backup`;
  const id = hold.copy.environment.id;
  return hold.because === "changed"
    ? `No ${cadence} backup counts: somebody worked in ${id}`
    : `No ${cadence} backup counts: somebody forked an environment from ${id}`;
}

/** That a copy is missing, or that there is none and none will come of what is in the making. */
function overdueOf({ cadence, timeliness, now, last, hanging }: Turn, future: string): string | undefined {
  const isHung = last === undefined && hanging.length > 0;
  if (timeliness.kind !== "late" && !isHung) return undefined;
  const hangs = hanging.length === 0 ? "" : ` ${hangingSentence(hanging)}`;
  if (timeliness.kind !== "late") return `There is no ${cadence} backup to return to; ${future}.${hangs}`;
  const since = utcMinute(timeliness.since);
  if (last === undefined)
    return `There is no ${cadence} backup to return to, and one has been due since ${since}; ${future}.${hangs}`;
  const span = spanOf(now - timeliness.since);
  return `The ${cadence} backup is ${span} late: the last is of ${utcMinute(last)}, and one has been missing since ${since}; ${future}.${hangs}`;
}
