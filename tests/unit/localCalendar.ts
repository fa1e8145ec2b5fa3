import type { Due, DueQuery, NotDue } from "../../services/schedule/due.ts";
import type { Cadence } from "../../utils/config.ts";
import { dayOf, isAwakeByTheRules, type Known, type KnownCopy, takenAt } from "./calendar.ts";
import { DAY_MS, HOUR_MS } from "./environments.ts";

/** What the plugin's user has saved. */
export interface Saved {
  readonly cadences: readonly Cadence[];
  readonly timezone: string;
  readonly anchor: string;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Every day from 2000 to 2049 as `YYYY-MM-DD`, written down one after another without a clock. */
export const DAYS: readonly string[] = Array.from({ length: 50 }, (_, index) => 2_000 + index).flatMap(
  (year) =>
    MONTH_DAYS.flatMap((usual, month) => {
      const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
      const days = month === 1 && isLeap ? 29 : usual;
      return Array.from(
        { length: days },
        (_, day) => `${year}-${twoDigits(month + 1)}-${twoDigits(day + 1)}`,
      );
    }),
);
const PLACES = new Map(DAYS.map((day, place) => [day, place]));

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** A day's place in the table. */
export function placeOf(day: string): number {
  const place = PLACES.get(day);
  if (place === undefined) throw new Error(`${day} is not in the table`);
  return place;
}

const swedish = new Map<string, Intl.DateTimeFormat>();

/** The day that it is in a zone: Swedes write it as we do. */
export function dayIn(timezone: string, instant: number): string {
  const present = swedish.get(timezone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: timezone });
  swedish.set(timezone, present);
  return present.format(instant);
}

/** The days on which a cadence is due, from its anchor to a last day, found by looking at each day. */
export function dueDays(cadence: Cadence, anchor: string, last: string): string[] {
  const found: string[] = [];
  const anchorDay = Number(anchor.slice(8));
  let passed = 0;
  for (let place = placeOf(anchor); (DAYS[place] ?? "9999") <= last; place += 1, passed += 1) {
    const day = DAYS[place] ?? "";
    const isLastOfMonth = DAYS[place + 1]?.endsWith("-01") ?? true;
    const ofMonth = Number(day.slice(8));
    const isDue = {
      daily: true,
      weekly: passed % 7 === 0,
      biweekly: passed % 14 === 0,
      monthly: ofMonth === anchorDay || (isLastOfMonth && ofMonth < anchorDay),
    }[cadence];
    if (isDue) found.push(day);
  }
  return found;
}

/** The slot's latest opening, found by going back hour by hour; by date, the moment itself. */
export function openingOf({ cadence, mode, now, slots }: DueQuery): number {
  if (mode === "date") return now;
  const { hour } = cadence === "daily" ? slots.daily : slots.weekly;
  let opening = Math.floor(now / HOUR_MS) * HOUR_MS;
  while (new Date(opening).getUTCHours() !== hour) opening -= HOUR_MS;
  return opening;
}

/** The written rules of a saved schedule, worked out a second time; shares no code with the service. */
export function dueBySavedSchedule(query: DueQuery, saved: Saved, known: Known): Due | NotDue {
  const { cadence, mode, now } = query;
  if (mode === "slot" && !isAwakeByTheRules(query)) return inSlot("other_hour");
  const opening = openingOf(query);
  const today = dayIn(saved.timezone, opening);
  const date = dayOf(opening);
  const due = saved.cadences.includes(cadence) ? dueDays(cadence, saved.anchor, today).at(-1) : undefined;

  const isMade = isMadeBySavedSchedule(known.copies, cadence, date, due, saved.timezone);
  if (due === today && isMade) return inSlot("already_made");
  if (!known.enabled) return { due: false, reason: "SCHEDULER_DISABLED", because: "disconnected" };
  if (!saved.cadences.includes(cadence)) return inSchedule("not_enabled");
  if (due === undefined || isMade) return inSchedule("other_day");
  if (known.primary === `backup-plugin-${cadence}-${date}`)
    return { due: false, reason: "TARGET_IS_PRIMARY", because: "promoted" };
  const isLaterHour = mode === "slot" && now >= opening + HOUR_MS;
  // Nothing of the due day has the name, so whatever has it gives it up.
  const inTheWay = known.copies
    .filter((copy) => copy.cadence === cadence && copy.date === date && copy.status !== "destroying")
    .filter((copy) => isOfEarlierDay(copy, due, saved.timezone))
    .map(({ createdAt }) => createdAt);
  const replaces = inTheWay.length === 0 ? undefined : Math.max(...inTheWay);
  return { due: true, date, late: due < today || isLaterHour, replaces };
}

/** By a ready copy of the due day or of a later one, or by one that stands in its name. */
export function isMadeBySavedSchedule(
  copies: readonly KnownCopy[],
  cadence: Cadence,
  name: string,
  due: string | undefined,
  timezone: string,
): boolean {
  const ready = copies.filter((copy) => copy.cadence === cadence && copy.status === "ready");
  return ready.some(
    (copy) =>
      (due !== undefined && dayIn(timezone, takenAt(copy)) >= due) ||
      (copy.date === name && !isOfEarlierDay(copy, due, timezone)),
  );
}

/** A copy is of the local day on which it was taken; what is older than its own name was never of that day. */
function isOfEarlierDay(copy: KnownCopy, due: string | undefined, timezone: string): boolean {
  const isAsNamed = dayOf(copy.createdAt) >= copy.date;
  return isAsNamed && due !== undefined && dayIn(timezone, takenAt(copy)) < due;
}

/** The first tick of a host's cron at which a saved schedule makes a copy, found tick by tick. */
export function nextRunBySavedSchedule(
  query: DueQuery,
  cron: "hourly" | "daily",
  saved: Saved,
  known: Known,
  days: number,
): number | undefined {
  const minute = query.cadence === "daily" ? 5 : 35;
  const hour = Math.floor(query.now / HOUR_MS) * HOUR_MS;
  for (let now = hour + minute * 60_000; now <= query.now + days * DAY_MS; now += HOUR_MS) {
    if (now <= query.now) continue;
    if (cron === "daily" && new Date(now).getUTCHours() !== 2) continue;
    if (dueBySavedSchedule({ ...query, now }, saved, { ...known, enabled: true }).due) return now;
  }
  return undefined;
}

function inSlot(because: NotDue["because"]): NotDue {
  return { due: false, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because };
}

function inSchedule(because: NotDue["because"]): NotDue {
  return { due: false, reason: "NOT_DUE_IN_PLUGIN_SCHEDULE", because };
}
