import { startOf, type UtcDate, utcDate } from "../catalog/names.ts";
import { latestDue, localDate } from "./cadences.ts";
import { type DueQuery, hoursSinceOpening, isAwake } from "./due.ts";
import type { Schedule } from "./schedule.ts";
import { slotOf } from "./slots.ts";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

/** A tick's place in the hours of its slot. */
export interface SlotWindow {
  /** The slot's own hour, or any run by date. */
  readonly isFirst: boolean;
  /** No later tick of these hours can make the backup. */
  readonly isLast: boolean;
  /** The slot's latest opening, or the run itself, ms since the epoch. */
  readonly opening: number;
  /** UTC day of the opening. */
  readonly date: UtcDate;
  /** The cadence is due on the opening's own day. */
  readonly isDueToday: boolean;
}

export function slotWindow(query: DueQuery, { anchors, timezone }: Schedule): SlotWindow {
  const { cadence, now, mode } = query;
  const opening = openingOf(query);
  const today = localDate(opening.opening, timezone);
  return {
    ...opening,
    isLast: mode === "date" || !isAwake({ ...query, now: now + HOUR_MS }),
    isDueToday: latestDue(cadence, anchors[cadence], today) === today,
  };
}

/** The part of a window that is known without a schedule. */
export function openingOf({
  cadence,
  now,
  mode,
  slots,
}: DueQuery): Pick<SlotWindow, "isFirst" | "opening" | "date"> {
  const hours = mode === "slot" ? hoursSinceOpening(slotOf(slots, cadence), now) : 0;
  const opening = mode === "slot" ? hourOf(now) - hours * HOUR_MS : now;
  return { isFirst: hours === 0, opening, date: utcDate(opening) };
}

/**
 * The time that this tick is the first to look back on, ms since the epoch, its end excluded: the hours since the
 * job's previous tick that was awake; by date, the day before. Whole hours and days, so that every instant belongs to
 * exactly one tick, whenever within its hour that tick comes.
 */
export function sincePreviousTick(query: DueQuery): { readonly from: number; readonly to: number } {
  const { now, mode } = query;
  if (mode === "date") return { from: startOf(utcDate(now)) - DAY_MS, to: startOf(utcDate(now)) };
  let hours = 1;
  while (hours < 24 && !isAwake({ ...query, now: now - hours * HOUR_MS })) hours += 1;
  return { from: hourOf(now) - hours * HOUR_MS, to: hourOf(now) };
}

/** The beginning of an instant's hour. */
export function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}
