import { startOf, type UtcDate, utcDate } from "../rotation/names.ts";
import { latestDue, localDate } from "../schedule/cadences.ts";
import { hoursSinceOpening, isAwake, type Question } from "../schedule/due.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { slotOf } from "../schedule/slots.ts";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

/** Where a tick stands in its slot's hours. */
export interface Turn {
  /** The slot's own hour, or any run by date. */
  readonly isFirst: boolean;
  /** No later tick of these hours can make the copy. */
  readonly isLast: boolean;
  /** The slot's latest opening, or the run itself, ms since the epoch. */
  readonly opening: number;
  /** UTC day of the opening. */
  readonly date: UtcDate;
  /** Whether the cadence is due on the opening's own day. */
  readonly isDueToday: boolean;
}

export function turnOf(question: Question, { anchors, timezone }: Schedule): Turn {
  const { cadence, now, mode } = question;
  const opening = openingOf(question);
  const today = localDate(opening.opening, timezone);
  return {
    ...opening,
    isLast: mode === "date" || !isAwake({ ...question, now: now + HOUR_MS }),
    isDueToday: latestDue(cadence, anchors[cadence], today) === today,
  };
}

/** As much of a turn as is known without a schedule. */
export function openingOf({
  cadence,
  now,
  mode,
  slots,
}: Question): Pick<Turn, "isFirst" | "opening" | "date"> {
  const hours = mode === "slot" ? hoursSinceOpening(slotOf(slots, cadence), now) : 0;
  const opening = mode === "slot" ? hourOf(now) - hours * HOUR_MS : now;
  return { isFirst: hours === 0, opening, date: utcDate(opening) };
}

/**
 * The time that this tick is the first to look back on, ms since the epoch, its end excluded: the hours since the
 * job's last tick that was awake, by date the day before. In whole hours and days, so that every instant is one
 * tick's, whenever within its hour that comes.
 */
export function lookedBackOn(question: Question): { readonly from: number; readonly to: number } {
  const { now, mode } = question;
  if (mode === "date") return { from: startOf(utcDate(now)) - DAY_MS, to: startOf(utcDate(now)) };
  let hours = 1;
  while (hours < 24 && !isAwake({ ...question, now: now - hours * HOUR_MS })) hours += 1;
  return { from: hourOf(now) - hours * HOUR_MS, to: hourOf(now) };
}

/** The beginning of an instant's hour. */
export function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}
