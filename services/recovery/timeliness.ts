import * as z from "zod/mini";
import type { Cadence } from "../../utils/config.ts";
import { CRON_TIMES, type CronFrequency, jobOf } from "../../utils/cron.ts";
import { type Catalog, isHanging } from "../catalog/catalog.ts";
import { startOf, utcDate } from "../catalog/names.ts";
import { addDays, latestDue, localDate } from "../schedule/cadences.ts";
import { type DueQuery, isAwake, isDue } from "../schedule/due.ts";
import { modeOf } from "../schedule/mode.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { slotOf } from "../schedule/slots.ts";

/** Tells whether a cadence's backups come when they should. */
export type Timeliness =
  | { readonly kind: "on time" }
  /** `since`: the end of the time in which the first backup that is missed would have been made; ms since the epoch. */
  | { readonly kind: "late"; readonly since: number }
  /** No backup counts, and as far as can be known none was due before now. */
  | { readonly kind: "missing" };

/** What lateness is judged by. */
export interface Judged {
  readonly schedule: Schedule;
  readonly catalog: Catalog;
  readonly cron: CronFrequency;
  /** The plugin's parameters: what was due before its schedule was saved was nobody's to make. */
  readonly parameters: unknown;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** Hosts with daily crons fire them within the hour. */
const CRON_DRIFT_MS = HOUR_MS;
/** These run from the first day on where nothing else is configured; the others may have been enabled today. */
const BY_DEFAULT: readonly Cadence[] = ["daily", "weekly"];

const Saved = z.object({ backupSchedule: z.object({ updatedAt: z.iso.datetime({ offset: true }) }) });

/**
 * Tells whether a cadence has the backup of its latest due date whose time is over. Judged by the very rule that the
 * ticks use, asked once for each day since the newest backup: so nothing is late while every tick comes and
 * succeeds. Pure.
 *
 * @param query as asked now; `cadence` is taken to be enabled
 */
export function timelinessOf(query: Omit<DueQuery, "mode">, judged: Judged): Timeliness {
  const { cadence, now } = query;
  const { schedule, catalog, cron } = judged;
  const mode = modeOf("cron", cron);
  const { opens, lasts } = windowOf(query, cron);
  const from = watchedFrom(query, judged, lasts);
  if (from === undefined) return MISSING;

  const none = catalog.newest(cadence) === undefined ? MISSING : ON_TIME;
  const own = catalog.of(cadence).backups;
  const ready = own.filter(({ environment }) => environment.status === "ready");
  // A backup that somebody has changed since then was a restore point at that time.
  const restorePointsAt = (instant: number) =>
    ready.filter(({ hold }) => hold === undefined || hold.since > instant);
  // Without a backup of its own, a cadence's first one may be what anybody has begun.
  const known = own.length > 0 ? own.map(({ environment }) => environment) : catalog.environments;
  const wasDue = (opening: number, since: number) => {
    const asked = { ...query, mode, now: opening } as const;
    return isDue(asked, schedule, catalog, { enabled: true }, restorePointsAt(since)).due;
  };
  for (let opening = startOf(utcDate(from)) + opens; opening + lasts <= now; opening += DAY_MS) {
    const since = opening + lasts;
    if (opening < from || !wasDue(opening, since)) continue;
    const isInTheMaking = known.some(
      (each) => each.status === "creating" && each.createdAt < since && !isHanging(each, now),
    );
    return isInTheMaking ? none : { kind: "late", since };
  }
  return none;
}

/**
 * From when on a missed due date is known to be one, ms since the epoch. The environments are the only memory: where
 * none of ours shows that the service has been at work, and no schedule is saved, the first run may be still to come.
 *
 * @param lasts how long the ticks of one day come, ms
 * @returns undefined where nothing shows that a backup was ever due
 */
function watchedFrom(
  { cadence, now }: Omit<DueQuery, "mode">,
  { schedule, catalog, parameters }: Judged,
  lasts: number,
): number | undefined {
  const saved = savedAt(parameters, now);
  const scheduled = Math.max(startOf(schedule.anchors[cadence]) - DAY_MS, saved);
  const own = catalog.of(cadence).backups;
  // One that is held, or on its way out, was a restore point in its time.
  const newest = catalog.newest(cadence) ?? own.find(({ state }) => state !== "creating");
  if (newest !== undefined) return Math.max(newest.takenAt, scheduled);

  const isSaved = schedule.kind === "plugin" && (schedule.anchorLocalDate !== null || Number.isFinite(saved));
  if (isSaved) return scheduled;
  const isLeft = catalog.restorePoints.length > 0;
  const speaksForAll = BY_DEFAULT.includes(cadence) || !isLeft;
  const oldest = (own.length === 0 && speaksForAll ? catalog.backups : own).at(-1);
  // The tick that may have made it, or should have made this one beside it, came in the hours around.
  return oldest && Math.max(oldest.environment.createdAt - lasts + 1, scheduled);
}

/**
 * From one due date to the next, in ms; for monthly from the latest one.
 *
 * @param now ms since the epoch
 */
export function expectedInterval(cadence: Cadence, { anchors, timezone }: Schedule, now: number): number {
  const anchor = anchors[cadence];
  const latest = latestDue(cadence, anchor, localDate(now, timezone)) ?? anchor;
  for (let days = 1; days < LONGEST_MONTH; days += 1) {
    const date = addDays(latest, days);
    if (latestDue(cadence, anchor, date) === date) return days * DAY_MS;
  }
  return LONGEST_MONTH * DAY_MS;
}

const LONGEST_MONTH = 31;
const ON_TIME: Timeliness = { kind: "on time" };
const MISSING: Timeliness = { kind: "missing" };

/** The part of each UTC day in which its ticks come, ms after its start; it may reach into the next day. */
function windowOf(query: Omit<DueQuery, "mode">, cron: CronFrequency): { opens: number; lasts: number } {
  const { cadence, slots } = query;
  if (cron === "none") return { opens: 0, lasts: DAY_MS + HOUR_MS };
  if (cron === "daily")
    return {
      opens: CRON_TIMES.hour * HOUR_MS + CRON_TIMES.minutes[jobOf(cadence)] * 60_000,
      lasts: CRON_DRIFT_MS,
    };
  const opens = slotOf(slots, cadence).hour * HOUR_MS;
  let lasts = HOUR_MS;
  while (lasts < DAY_MS && isAwake({ ...query, mode: "slot", now: opens + lasts })) lasts += HOUR_MS;
  return { opens, lasts };
}

/** A browser's clock may be wrong: what was saved in the future says nothing. */
function savedAt(parameters: unknown, now: number): number {
  const updatedAt = Date.parse(Saved.safeParse(parameters).data?.backupSchedule.updatedAt ?? "");
  return updatedAt <= now ? updatedAt : Number.NEGATIVE_INFINITY;
}
