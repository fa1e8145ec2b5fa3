import type { Environment } from "../datocms/environments.ts";
import { decide, type Question } from "./due.ts";

/** How often the host's cron comes round: every hour, or once a day where its plan allows no more. */
export type CronCadence = "hourly" | "daily";

/** Minutes past the hour at which the crons fire; the same figures stand in each platform's configuration. */
const CRON_MINUTE = { daily: 5, weekly: 35 } as const;
/** UTC hour of crons that fire once a day. */
const DAILY_CRON_HOUR = 2;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Weekly comes round within 7 days; one more for a copy that was made early. */
const HORIZON_HOURS = 8 * 24;

/**
 * When the host's cron will really make the next copy: the first tick to come at which the cadence is due,
 * judged by the very rule that the tick will use.
 *
 * @param question as asked now; its `now` and the copies of today decide
 * @returns ms since the epoch, always later than now; undefined when no tick in sight will make one
 */
export function nextRun(
  question: Question,
  cron: CronCadence,
  environments: readonly Environment[],
): number | undefined {
  const minute = CRON_MINUTE[question.cadence === "daily" ? "daily" : "weekly"] * MINUTE_MS;
  const thisHour = Math.floor(question.now / HOUR_MS) * HOUR_MS;
  for (let hours = 0; hours <= HORIZON_HOURS; hours += 1) {
    const tick = thisHour + hours * HOUR_MS + minute;
    const fires = cron === "hourly" || new Date(tick).getUTCHours() === DAILY_CRON_HOUR;
    if (tick <= question.now || !fires) continue;
    if (decide({ ...question, now: tick }, environments, { enabled: true }).due) return tick;
  }
  return undefined;
}
