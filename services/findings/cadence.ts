import { utcMinute } from "../../utils/instants.ts";
import { spanOf } from "../../utils/spans.ts";
import type { CadenceFigures } from "../recovery/figures.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Beside a cadence's figures, what lets a next backup come. */
export interface Future {
  /** Ms since the epoch. */
  readonly now: number;
  /** Why the owner lets no run come; undefined where one may. */
  readonly stopped: string | undefined;
  /** Why the host's cron calls for none. */
  readonly uncalled?: string | undefined;
}

const MISSED =
  "Runs have been missed or have failed. See in the host's log whether its cron calls the service, and what came of it.";

/** The time of a cadence's last backup, and of the next, or first, one. */
export function cadenceFinding(figures: CadenceFigures, { now, stopped, uncalled }: Future): Finding {
  const { cadence, newest, nextAt, held, creating, hanging } = figures;
  const code = (what: string) => `${cadence.toUpperCase()}_${what}`;
  const made = madeOf(figures);
  const without = stopped ?? uncalled;
  if (without === undefined && nextAt === undefined)
    return fail(
      code("NEVER_DUE"),
      `${made}, and no run in sight will make one.`,
      "If the primary environment has a backup's name, rename it in DatoCMS.",
    );
  const future = without ?? `the next will be made at ${utcMinute(nextAt ?? 0)}`;
  const overdue = overdueOf(figures, future, now);
  if (stopped !== undefined) return warn(code("STOPPED"), overdue ?? `${made}; ${stopped}.`);
  if (overdue !== undefined) {
    const advice = hanging.length > 0 ? DELETE_HANGING : MISSED;
    return (newest === undefined ? fail : warn)(code("OVERDUE"), overdue, advice);
  }
  if (uncalled !== undefined) return warn(code("STOPPED"), `${made}; ${uncalled}.`);
  if (newest !== undefined) return ok(code("NEXT_RUN"), `${made}; ${future}.`);
  if (held.length > 0) return warn(code("NEXT_RUN"), `${made}; ${future}.`);
  if (creating.length > 0) return ok(code("FIRST_RUN"), `${made}; ${future}.`);
  return ok(
    code("FIRST_RUN"),
    `${made}; ${future.replace("the next", "one")}.`,
    cadence === "daily" || cadence === "weekly"
      ? "To have it now, call POST /api/jobs/initialize."
      : "To have it now, make one by hand: POST /api/datocms/backup-now.",
  );
}

function madeOf({ cadence, newest, creating, held }: CadenceFigures): string {
  if (newest !== undefined) return `The last ${cadence} backup is of ${utcMinute(newest.takenAt)}`;
  const [making] = creating;
  if (making !== undefined)
    return `There is no ${cadence} backup yet; DatoCMS has been making ${making.id} since ${utcMinute(making.environment.createdAt)}`;
  const [first] = held;
  if (first === undefined) return `There is no ${cadence} backup`;
  return first.hold.because === "changed"
    ? `No ${cadence} backup counts: somebody worked in ${first.id}`
    : `No ${cadence} backup counts: somebody forked an environment from ${first.id}`;
}

/** The sentence for a backup that is missing, or for a cadence without one whose fork hangs. */
function overdueOf(
  { cadence, timeliness, newest, hanging }: CadenceFigures,
  future: string,
  now: number,
): string | undefined {
  const isHung = newest === undefined && hanging.length > 0;
  if (timeliness?.kind !== "late" && !isHung) return undefined;
  const hangs = hanging.length === 0 ? "" : ` ${hangingSentence(hanging)}`;
  if (timeliness?.kind !== "late") return `There is no ${cadence} backup to return to; ${future}.${hangs}`;
  const since = utcMinute(timeliness.since);
  if (newest === undefined)
    return `There is no ${cadence} backup to return to, and one has been due since ${since}; ${future}.${hangs}`;
  const span = spanOf(now - timeliness.since);
  return `The ${cadence} backup is ${span} late: the last is of ${utcMinute(newest.takenAt)}, and one has been missing since ${since}; ${future}.${hangs}`;
}
