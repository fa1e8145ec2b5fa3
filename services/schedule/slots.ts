import type { Cadence } from "../../utils/config.ts";
import { jobOf } from "../../utils/cron.ts";

/** The hour, or weekday and hour, of a project's scheduled backups, in UTC. */
export interface Slot {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 (Sunday) to 6 for weekly; null for daily. */
  readonly weekday: number | null;
}

export interface Slots {
  readonly daily: Slot;
  readonly weekly: Slot;
  /** Day of the month for monthly, 1 to 28: every month has it. */
  readonly monthlyDay: number;
}

/** Changing it moves every project's slot; it only keeps our hashes apart from others of the same token. */
const SALT = "datocms-automatic-environment-backups/slots/v1";

const HOURS_PER_DAY = 24;
const HOURS_PER_WEEK = 7 * HOURS_PER_DAY;
const DAYS_OF_EVERY_MONTH = 28;

/** A process serves one project, and each of its runs asks twice: three hashes were a fifth of a tick's own work. */
let latest: { readonly token: string; readonly slots: Slots } | undefined;

/**
 * The project's slots: one UTC hour for daily, one weekday and hour for weekly, one day of the month, spread
 * evenly over all projects and independent of each other.
 *
 * @param token the project's API token; nothing of it can be read back from a slot
 */
export async function slotsFor(token: string): Promise<Slots> {
  // Not the promise: on Workers one request may not wait for another's.
  if (latest?.token !== token) latest = { token, slots: await hashed(token) };
  return latest.slots;
}

async function hashed(token: string): Promise<Slots> {
  const [daily, weekly, monthly] = await Promise.all([
    evenly("daily", token, HOURS_PER_DAY),
    evenly("weekly", token, HOURS_PER_WEEK),
    evenly("monthly", token, DAYS_OF_EVERY_MONTH),
  ]);
  return {
    daily: { hour: daily, weekday: null },
    weekly: { hour: weekly % HOURS_PER_DAY, weekday: Math.floor(weekly / HOURS_PER_DAY) },
    monthlyDay: monthly + 1,
  };
}

/** The slot whose hour a cadence follows: all but daily share weekly's. */
export function slotOf(slots: Slots, cadence: Cadence): Slot {
  return slots[jobOf(cadence)];
}

/**
 * A number from 0 to `parts` − 1. Scaling the hash's first 48 bits (the most that a double multiplies
 * exactly by 168) is even to one part in 10^12, where a remainder of a few bits would favour the low hours.
 */
async function evenly(scope: string, token: string, parts: number): Promise<number> {
  const text = new TextEncoder().encode(`${SALT}:${scope}:${token}`);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", text));
  const bits48 = hash.getUint32(0) * 2 ** 16 + hash.getUint16(4);
  return Math.floor((bits48 / 2 ** 48) * parts);
}
