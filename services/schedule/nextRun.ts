import { CRON_TIMES, type CronFrequency, jobOf, shownFrequency } from "../../utils/cron.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { startOf, utcDate } from "../catalog/names.ts";
import { type DueQuery, isDue } from "./due.ts";
import { modeOf } from "./mode.ts";
import type { Schedule } from "./schedule.ts";
import { slotOf } from "./slots.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Monthly comes round within 31 days; as much again for a backup that was made early. */
const HORIZON_DAYS = 64;
const HOURS_PER_DAY = 24;

/**
 * When the host's cron will really make the next backup: the first tick to come at which the cadence is due,
 * judged by the very rule that the tick will use.
 *
 * @param query as asked now; its `now` and the backups of today decide
 * @param cron how often the host's cron comes round; `none` is taken for the cron that is off
 * @returns ms since the epoch, always later than now; undefined when no tick in sight will make one
 */
export function nextRun(
  query: Omit<DueQuery, "mode">,
  schedule: Schedule,
  cron: CronFrequency,
  catalog: Catalog,
): number | undefined {
  const { cadence, now, slots } = query;
  if (!schedule.enabledCadences.includes(cadence)) return undefined;
  const mode = modeOf("cron", shownFrequency(cron));
  const minute = CRON_TIMES.minutes[jobOf(cadence)] * MINUTE_MS;
  const hour = mode === "slot" ? slotOf(slots, cadence).hour : CRON_TIMES.hour;
  const makesOne = (tick: number) =>
    tick > now && isDue({ ...query, mode, now: tick }, schedule, catalog, { enabled: true }).due;

  // Of today's slot, and of yesterday's, any hour may be the first to come; of later ones the first.
  const first = startOf(utcDate(now)) - DAY_MS + hour * HOUR_MS + minute;
  const hoursToTry = mode === "slot" ? 2 * HOURS_PER_DAY : 1;
  for (let hours = 0; hours < hoursToTry; hours += 1)
    if (makesOne(first + hours * HOUR_MS)) return first + hours * HOUR_MS;
  const anchor = startOf(schedule.anchors[cadence]) - 2 * DAY_MS;
  const start = anchor > now ? first + Math.floor((anchor - first) / DAY_MS) * DAY_MS : first;
  for (let days = 1; days <= HORIZON_DAYS; days += 1)
    if (makesOne(start + days * DAY_MS)) return start + days * DAY_MS;
  return undefined;
}
