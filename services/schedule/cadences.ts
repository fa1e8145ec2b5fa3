import type { Cadence } from "../../utils/config.ts";
import { remembering } from "../../utils/remembering.ts";
import { startOf, utcDate } from "../catalog/names.ts";

/** A day in some time zone, `YYYY-MM-DD`; these compare as text. */
export type LocalDate = string;

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Days from one due date to the next, where a cadence counts days. */
const INTERVAL_DAYS = { daily: 1, weekly: 7, biweekly: 14 } as const;

/** The named zones of the tz database; offsets like `+02:00` are known to some runtimes only. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+\-/]*$/;
const LONGEST_ZONE_NAME = 64;

/**
 * The days of a time zone, by instants: every cadence and every tick asks for the same ones. Making a formatter costs
 * more than using it a thousand times.
 */
const zoneOf = remembering(16, (timeZone: string) => {
  const formatter = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return remembering(2_000, (instant: number): LocalDate => {
    // Americans write 03/02/2026. Its parts one by one would take twice the time.
    const [month = "", day = "", year = ""] = formatter.format(instant).split("/");
    return `${year.padStart(4, "0")}-${month}-${day}`;
  });
});

/** This runtime knows a time zone of that name. */
export function isTimezone(name: unknown): name is string {
  if (typeof name !== "string" || name.length > LONGEST_ZONE_NAME || !ZONE_NAME.test(name)) return false;
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * The day that it is somewhere.
 *
 * @param instant ms since the epoch
 * @param timezone a name that `isTimezone` accepts
 */
export function localDate(instant: number, timezone: string): LocalDate {
  if (timezone === "UTC") return utcDate(instant);
  return zoneOf(timezone)(instant);
}

/**
 * The latest day, up to a given one, on which a cadence is due: daily on each day from the anchor on, weekly
 * and biweekly every 7 and 14 days from it, monthly on its day of the month, or on the last day of a month
 * that is shorter. Days have no hours here, so daylight saving cannot shift them.
 *
 * @returns undefined when `upTo` lies before the anchor
 */
export function latestDue(cadence: Cadence, anchor: LocalDate, upTo: LocalDate): LocalDate | undefined {
  if (upTo < anchor) return undefined;
  if (cadence === "monthly") return latestMonthly(anchor, upTo);
  const interval = INTERVAL_DAYS[cadence];
  const days = Math.round((startOf(upTo) - startOf(anchor)) / DAY_MS);
  return addDays(anchor, Math.floor(days / interval) * interval);
}

/** A day so many days after another, or before it. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return utcDate(startOf(date) + days * DAY_MS);
}

function latestMonthly(anchor: LocalDate, upTo: LocalDate): LocalDate {
  const day = Number(anchor.slice(8));
  const year = Number(upTo.slice(0, 4));
  const month = Number(upTo.slice(5, 7)) - 1;
  const ofThisMonth = clamped(year, month, day);
  return ofThisMonth <= upTo ? ofThisMonth : clamped(year, month - 1, day);
}

/** @param month 0 to 11, or −1 for the last December */
function clamped(year: number, month: number, day: number): LocalDate {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return utcDate(Date.UTC(year, month, Math.min(day, lastDay)));
}
