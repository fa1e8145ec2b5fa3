import { type Slot, type Slots, slotsFor } from "../../services/schedule/slots.ts";
import { hashAtOnce } from "../support/hashAtOnce.ts";

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

let tried = 0;

/**
 * Finds a token whose slots fit, because a host's clock cannot be set. Never gives the same one twice: a token
 * is a project. One in 4,032 fits where hours and a weekday are wanted, so the search hashes without threads.
 */
export async function tokenWhere(fits: (slots: Slots) => boolean = () => true): Promise<string> {
  const hashAsEver = hashAtOnce();
  try {
    for (;;) {
      const token = `token-of-the-contract-${++tried}`;
      if (fits(await slotsFor(token))) return token;
    }
  } finally {
    hashAsEver();
  }
}

/**
 * A moment two hours ago. A slot that opened then is still open, and stays so long enough that no hour's end
 * changes what a check expects.
 */
function twoHoursAgo(): Date {
  return new Date(Date.now() - 2 * HOUR_MS);
}

/** Both jobs have work to do now: their slots opened two hours ago. */
export function tokenAwake(): Promise<string> {
  const then = twoHoursAgo();
  return tokenWhere(
    ({ daily, weekly }) =>
      daily.hour === then.getUTCHours() &&
      weekly.hour === then.getUTCHours() &&
      weekly.weekday === then.getUTCDay(),
  );
}

/** Both slots are half a day away. */
export function tokenAsleep(): Promise<string> {
  const hour = new Date(Date.now() - 12 * HOUR_MS).getUTCHours();
  return tokenWhere(({ daily, weekly }) => daily.hour === hour && weekly.hour === hour);
}

/** Weekly's hour has come, but on another day of the week. */
export function tokenOnAnotherDay(): Promise<string> {
  const then = twoHoursAgo();
  const day = (then.getUTCDay() + 3) % 7;
  return tokenWhere(({ weekly }) => weekly.hour === then.getUTCHours() && weekly.weekday === day);
}

/** Weekly's day of the week is as many days ago as given; the hour does not matter. */
export function tokenWithWeeklyDay(daysAgo: number, now = Date.now()): Promise<string> {
  const day = new Date(now - daysAgo * DAY_MS).getUTCDay();
  return tokenWhere(({ weekly }) => weekly.weekday === day);
}

/** The latest opening of a slot, ms since the epoch. */
export function openingOf({ hour, weekday }: Slot, now = Date.now()): number {
  let opening = Math.floor(now / HOUR_MS) * HOUR_MS;
  const fits = (at: Date) => at.getUTCHours() === hour && (weekday === null || at.getUTCDay() === weekday);
  while (!fits(new Date(opening))) opening -= HOUR_MS;
  return opening;
}

/** A UTC date, by default today's. */
export function dateOf(instant = Date.now()): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** The name of a copy, by default today's. */
export function idOf(cadence: string, instant = Date.now()): string {
  return `backup-plugin-${cadence}-${dateOf(instant)}`;
}
