import fc from "fast-check";
import { expect } from "vitest";
import { type Schedule, scheduleOf } from "../../services/schedule/schedule.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import { dayOf } from "./calendar.ts";
import { at, DAY_MS, HOUR_MS } from "./environments.ts";
import { DAYS, type Saved } from "./localCalendar.ts";
import { hour } from "./situations.ts";

/** Offsets from −11 to +14, halves and quarters, daylight saving of both halves of the world, and none. */
export const ZONES = [
  "UTC",
  "Pacific/Pago_Pago",
  "Pacific/Honolulu",
  "Pacific/Marquesas",
  "America/Anchorage",
  "America/Los_Angeles",
  "America/Phoenix",
  "America/Chicago",
  "America/New_York",
  "America/Havana",
  "America/Santiago",
  "America/Asuncion",
  "America/Sao_Paulo",
  "America/St_Johns",
  "America/Miquelon",
  "America/Nuuk",
  "Atlantic/Azores",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Europe/London",
  "Europe/Rome",
  "Europe/Istanbul",
  "Asia/Beirut",
  "Asia/Gaza",
  "Asia/Tehran",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "Australia/Adelaide",
  "Australia/Eucla",
  "Australia/Lord_Howe",
  "Pacific/Norfolk",
  "Pacific/Auckland",
  "Pacific/Chatham",
  "Pacific/Apia",
  "Pacific/Kiritimati",
];

const FIRST = at("2010-01-01 00:00");
const LAST = at("2036-01-01 00:00");
/** Where a project may be. */
export const timezone = fc.constantFrom(...ZONES);
/** The first moment of a UTC day. */
export const startOfDay = fc
  .integer({ min: FIRST / DAY_MS, max: LAST / DAY_MS })
  .map((days) => days * DAY_MS);
/** Any moment, the edges of hours more often. */
export const moment = fc
  .tuple(startOfDay, hour, fc.oneof(fc.constantFrom(0, 1, HOUR_MS - 1), fc.nat(HOUR_MS - 1)))
  .map(([day, hours, rest]) => day + hours * HOUR_MS + rest);
/** A day some days before or after another, on the last days of a month as often as on all others. */
export const dayNear = (instant: number, before: number, after: number) =>
  fc
    .tuple(fc.integer({ min: -before, max: after }), fc.boolean(), fc.integer({ min: 28, max: 31 }))
    .map(([days, isLate, day]) => {
      const near = dayOf(instant + days * DAY_MS);
      const late = `${near.slice(0, 8)}${day}`;
      return isLate && DAYS.includes(late) ? late : near;
    });

/** What the service reads out of parameters that hold such a schedule. */
export function scheduleFor({ cadences, timezone: zone, anchor }: Saved, present: Slots): Schedule {
  const backupSchedule = { enabledCadences: cadences, timezone: zone, anchorLocalDate: anchor };
  const schedule = scheduleOf(
    { backupSchedule },
    { slots: present, cadences: [], projectTimezone: undefined },
  );
  expect(schedule.problems).toEqual([]);
  return schedule;
}
