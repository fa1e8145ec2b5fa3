import type { Due, DueQuery, NotDue } from "../../services/schedule/due.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import type { Cadence } from "../../utils/config.ts";
import { DAY_MS, HOUR_MS } from "./environments.ts";

/** A copy as the written rules speak of it. */
export interface KnownCopy {
  readonly cadence: Cadence;
  readonly date: string;
  readonly superseded: boolean;
  readonly status: "creating" | "ready" | "destroying";
  readonly createdAt: number;
}

/** What the rules look at. */
export interface Known {
  readonly copies: readonly KnownCopy[];
  /** Name of the primary environment. */
  readonly primary: string;
  readonly enabled: boolean;
  /** Cadences that run. */
  readonly cadences: readonly Cadence[];
}

/**
 * The written rules of when a copy is due, worked out a second time by going through the hours one by one.
 * It shares no code with the service and is slow.
 */
export function dueByTheRules(query: DueQuery, known: Known): Due | NotDue {
  const { cadence, mode } = query;
  if (mode === "slot" && !isAwakeByTheRules(query)) return skip("other_hour");
  if (!known.cadences.includes(cadence)) return skip("not_enabled");
  const occurrence = mode === "slot" ? openInSlotMode(query) : openInDateMode(query, known);
  if (occurrence === undefined) return skip("other_day");
  const { date, since, late } = occurrence;

  const isMade = known.copies
    .filter((copy) => copy.cadence === cadence && copy.status === "ready")
    .some((copy) => copy.date === date || dayOf(takenAt(copy)) >= since);
  if (isMade) return skip("already_made");
  const isFirst = known.copies.length === 0;
  if (isFirst && mode === "slot" && late) return skip("first_copy_waits_for_its_slot");
  if (!known.enabled) return { due: false, reason: "SCHEDULER_DISABLED", because: "disconnected" };
  if (known.primary === `backup-plugin-${cadence}-${date}`)
    return { due: false, reason: "TARGET_IS_PRIMARY", because: "promoted" };
  return { due: true, date, late };
}

/** Whether a tick may look at anything: its hour is one of the six that begin with the slot's. */
export function isAwakeByTheRules({ cadence, now, slots, catchUp }: DueQuery): boolean {
  const { hour } = cadence === "daily" ? slots.daily : slots.weekly;
  const awake = (catchUp ? [0, 1, 2, 3, 4, 5] : [0]).map((after) => (hour + after) % 24);
  return awake.includes(new Date(now).getUTCHours());
}

/**
 * Whether the slot opens on the UTC day of an instant: weekly on its weekday, biweekly on that of every
 * second week since the one that began on Monday, 2024-01-01, monthly on the project's day of the month.
 */
export function isSlotDay({ weekly, monthlyDay }: Slots, cadence: Cadence, instant: number): boolean {
  const day = new Date(instant);
  if (cadence === "daily") return true;
  if (cadence === "monthly") return day.getUTCDate() === monthlyDay;
  if (day.getUTCDay() !== weekly.weekday) return false;
  // A Sunday is the first day of its week as `getUTCDay` counts, and the last one here.
  const week = Math.floor((instant - Date.parse("2024-01-01T00:00:00Z")) / (7 * DAY_MS));
  return cadence === "weekly" || week % 2 === 0;
}

/** The first tick of a host's cron at which the rules make a copy, found hour by hour in so many days. */
export function nextRunByTheRules(
  query: DueQuery,
  cron: "hourly" | "daily",
  known: Known,
  days: number,
): number | undefined {
  const minute = query.cadence === "daily" ? 5 : 35;
  const hour = Math.floor(query.now / HOUR_MS) * HOUR_MS;
  for (let now = hour + minute * 60_000; now <= query.now + days * DAY_MS; now += HOUR_MS) {
    if (now <= query.now) continue;
    if (cron === "daily" && new Date(now).getUTCHours() !== 2) continue;
    if (dueByTheRules({ ...query, now }, { ...known, enabled: true }).due) return now;
  }
  return undefined;
}

interface Occurrence {
  readonly date: string;
  readonly since: string;
  readonly late: boolean;
}

/** Goes back hour by hour to the slot's latest opening, then forth through the hours in which it can be made. */
function openInSlotMode({ cadence, now, slots, catchUp }: DueQuery): Occurrence | undefined {
  const slot = cadence === "daily" ? slots.daily : slots.weekly;
  let opening = Math.floor(now / HOUR_MS) * HOUR_MS;
  const opens = (instant: number) =>
    new Date(instant).getUTCHours() === slot.hour && isSlotDay(slots, cadence, instant);
  while (!opens(opening)) opening -= HOUR_MS;

  const date = dayOf(opening);
  const dayAfter = dayOf(opening + DAY_MS);
  for (let hour = opening, passed = 0; ; hour += HOUR_MS, passed += 1) {
    const isOver = cadence === "daily" ? passed >= 6 : dayOf(hour) > dayAfter;
    if (isOver || (!catchUp && passed >= 1)) return undefined;
    if (now >= hour && now < hour + HOUR_MS) return { date, since: date, late: passed > 0 };
  }
}

function openInDateMode({ cadence, now, slots, catchUp }: DueQuery, known: Known): Occurrence | undefined {
  const today = dayOf(now);
  if (isSlotDay(slots, cadence, now)) return { date: today, since: today, late: false };
  const isDayAfter = isSlotDay(slots, cadence, now - DAY_MS);
  const hasOlder = known.copies.some((copy) => copy.cadence === cadence && copy.status === "ready");
  if (!isDayAfter || !hasOlder || !catchUp) return undefined;
  return { date: today, since: dayOf(now - DAY_MS), late: true };
}

/** When a copy counts as taken: never later than its name's UTC day. */
export function takenAt({ date, createdAt }: Pick<KnownCopy, "date" | "createdAt">): number {
  return Math.min(createdAt, Date.parse(`${date}T23:59:59.999Z`));
}

/** The UTC day of an instant. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function skip(because: NotDue["because"]): NotDue {
  return { due: false, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because };
}
