import { type UtcDate, utcDate } from "../rotation/names.ts";
import { latestDue, localDate } from "../schedule/cadences.ts";
import { hoursSinceOpening, isAwake, type Question } from "../schedule/due.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { slotOf } from "../schedule/slots.ts";

const HOUR_MS = 60 * 60 * 1_000;

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
  const { cadence, now, mode, slots } = question;
  const isSlot = mode === "slot";
  const hours = isSlot ? hoursSinceOpening(slotOf(slots, cadence), now) : 0;
  const opening = isSlot ? hourOf(now) - hours * HOUR_MS : now;
  const today = localDate(opening, timezone);
  return {
    isFirst: hours === 0,
    isLast: !isSlot || !isAwake({ ...question, now: now + HOUR_MS }),
    opening,
    date: utcDate(opening),
    isDueToday: latestDue(cadence, anchors[cadence], today) === today,
  };
}

/** The beginning of an instant's hour. */
export function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}
