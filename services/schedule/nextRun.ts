import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { startOf, utcDate } from "../rotation/names.ts";
import { decideAmong, type Question } from "./due.ts";
import { existingOf } from "./existing.ts";
import type { Schedule } from "./schedule.ts";
import { slotOf } from "./slots.ts";

/** How often the host's cron comes round: every hour, or once a day where its plan allows no more. */
export type CronCadence = "hourly" | "daily";

/** Minutes past the hour at which the crons fire; the same figures stand in each platform's configuration. */
const CRON_MINUTE = { daily: 5, weekly: 35 } as const;
/** UTC hour of crons that fire once a day. */
export const DAILY_CRON_HOUR = 2;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Monthly comes round within 31 days; as much again for a copy that was made early. */
const HORIZON_DAYS = 64;
const HOURS_PER_DAY = 24;

/** Minute past the hour at which a cadence's cron fires. */
export function cronMinute(cadence: Cadence): number {
  return CRON_MINUTE[cadence === "daily" ? "daily" : "weekly"];
}

/**
 * When the host's cron will really make the next copy: the first tick to come at which the cadence is due,
 * judged by the very rule that the tick will use.
 *
 * @param question as asked now; its `now` and the copies of today decide
 * @param held as `decide` takes it
 * @returns ms since the epoch, always later than now; undefined when no tick in sight will make one
 */
export function nextRun(
  question: Question,
  schedule: Schedule,
  cron: CronCadence,
  environments: readonly Environment[],
  held?: ReadonlySet<string>,
): number | undefined {
  const { cadence, now, slots } = question;
  if (!schedule.enabledCadences.includes(cadence)) return undefined;
  // Each tick in sight looks at the same.
  const existing = existingOf(cadence, environments, held);
  const minute = cronMinute(cadence) * MINUTE_MS;
  const hour = cron === "hourly" ? slotOf(slots, cadence).hour : DAILY_CRON_HOUR;
  const isDue = (tick: number) =>
    tick > now && decideAmong({ ...question, now: tick }, schedule, existing, { enabled: true }).due;

  // Of today's turn, and of one that began yesterday, any hour may be the first to come; of later ones the first.
  const first = startOf(utcDate(now)) - DAY_MS + hour * HOUR_MS + minute;
  const hoursToTry = cron === "hourly" ? 2 * HOURS_PER_DAY : 1;
  for (let hours = 0; hours < hoursToTry; hours += 1)
    if (isDue(first + hours * HOUR_MS)) return first + hours * HOUR_MS;
  const anchor = startOf(schedule.anchors[cadence]) - 2 * DAY_MS;
  const start = anchor > now ? first + Math.floor((anchor - first) / DAY_MS) * DAY_MS : first;
  for (let days = 1; days <= HORIZON_DAYS; days += 1)
    if (isDue(start + days * DAY_MS)) return start + days * DAY_MS;
  return undefined;
}
