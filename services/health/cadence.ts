import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import { spanOf } from "../../utils/spans.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import type { Timeliness } from "../recovery/timeliness.ts";
import type { Hold } from "../rotation/held.ts";
import type { Copy } from "../rotation/names.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** A cadence's past and future; instants in ms since the epoch. */
export interface CadenceView {
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
  /** Backups of it that DatoCMS is making. */
  readonly creating: readonly Copy[];
  /** The part of that which hangs. */
  readonly hanging: readonly Copy[];
  /** Backups of it that do not count. */
  readonly held: readonly Hold[];
}

const MISSED =
  "Runs have been missed or have failed. See in the host's log whether its cron calls the service, and what came of it.";

/** The time of a cadence's last backup, and of the next, or first, one. */
export function cadenceFinding(view: CadenceView): Finding {
  const { cadence, last, next, stopped, uncalled } = view;
  const code = (what: string) => `${cadence.toUpperCase()}_${what}`;
  const made = madeOf(view);
  const without = stopped ?? uncalled;
  if (without === undefined && next === undefined)
    return fail(
      code("NEVER_DUE"),
      `${made}, and no run in sight will make one.`,
      "If the primary environment has a backup's name, rename it in DatoCMS.",
    );
  const future = without ?? `the next will be made at ${utcMinute(next ?? 0)}`;
  const overdue = overdueOf(view, future);
  if (stopped !== undefined) return warn(code("STOPPED"), overdue ?? `${made}; ${stopped}.`);
  if (overdue !== undefined) {
    const advice = view.hanging.length > 0 ? DELETE_HANGING : MISSED;
    return (last === undefined ? fail : warn)(code("OVERDUE"), overdue, advice);
  }
  if (uncalled !== undefined) return warn(code("STOPPED"), `${made}; ${uncalled}.`);
  if (last !== undefined) return ok(code("NEXT_RUN"), `${made}; ${future}.`);
  if (view.held.length > 0) return warn(code("NEXT_RUN"), `${made}; ${future}.`);
  if (view.creating.length > 0) return ok(code("FIRST_RUN"), `${made}; ${future}.`);
  return ok(
    code("FIRST_RUN"),
    `${made}; ${future.replace("the next", "one")}.`,
    cadence === "daily" || cadence === "weekly"
      ? "To have it now, call POST /api/jobs/initialize."
      : "To have it now, make one by hand: POST /api/datocms/backup-now.",
  );
}

function madeOf({ cadence, last, creating, held }: CadenceView): string {
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

/** The sentence for a backup that is missing, or for a cadence without one whose fork hangs. */
function overdueOf(
  { cadence, timeliness, now, last, hanging }: CadenceView,
  future: string,
): string | undefined {
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
