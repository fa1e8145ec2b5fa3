import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import type { Scheduler } from "../datocms/pluginSettings.ts";
import { backupId, type Copy, copiesIn, endOf, startOf, type UtcDate, utcDate } from "../rotation/names.ts";
import { type Slot, type Slots, slotOf } from "./slots.ts";

/**
 * `slot`: hourly ticks, of which the project's slot picks one. `date`: one tick a day or a person's call,
 * where the hour does not matter.
 */
export type ScheduleMode = "slot" | "date";

/** Which cadences run where the plugin has saved no schedule. */
export const SCHEDULED_CADENCES = ["daily", "weekly"] as const;

/** Why a scheduled run does nothing. */
export type SkipReason = "NOT_DUE_IN_DISTRIBUTED_SLOT" | "SCHEDULER_DISABLED" | "TARGET_IS_PRIMARY";
/** The same more closely, for people. */
export type SkipDetail =
  | "other_hour"
  | "other_day"
  | "already_made"
  | "first_copy_waits_for_its_slot"
  | "disconnected"
  | "promoted";

/** The project's turn beside the present moment, as every scheduled answer shows it. */
export interface ScheduleFacts {
  readonly slotHourUtc: number;
  readonly slotWeekdayUtc: number | null;
  readonly currentHourUtc: number;
  readonly currentWeekdayUtc: number;
}

/** What is asked: is this cadence due now? */
export interface Question {
  readonly cadence: Cadence;
  /** Ms since the epoch. */
  readonly now: number;
  readonly mode: ScheduleMode;
  readonly slots: Slots;
  /** Whether a missed slot is made up for in the hours after it. */
  readonly catchUp: boolean;
}

/** What a due cadence's copy is named by, and whether it comes after its slot's own hour. */
export interface Due {
  readonly due: true;
  readonly date: UtcDate;
  readonly late: boolean;
}
export interface NotDue {
  readonly due: false;
  readonly reason: SkipReason;
  readonly because: SkipDetail;
}

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** A slot that was missed can be made up for in this many hours, its own included. */
const AWAKE_HOURS = 6;

/**
 * Whether a tick in slot mode has anything to look at. Asleep, it must make no DatoCMS call: most ticks of
 * most projects are, and their cost is what the platform bills.
 */
export function isAwake({ cadence, now, slots, catchUp }: Question): boolean {
  return hoursSinceOpening(slotOf(slots, cadence), now) < (catchUp ? AWAKE_HOURS : 1);
}

/** The slot and the moment, as answers show them. */
export function scheduleFacts({ cadence, now, slots }: Question): ScheduleFacts {
  const slot = slotOf(slots, cadence);
  const moment = new Date(now);
  return {
    slotHourUtc: slot.hour,
    slotWeekdayUtc: slot.weekday,
    currentHourUtc: moment.getUTCHours(),
    currentWeekdayUtc: moment.getUTCDay(),
  };
}

/**
 * Decides whether a cadence is due, from what exists. Pure: the same world gives the same answer on every
 * host and however often a tick is delivered.
 *
 * @param environments everything that DatoCMS lists
 * @param scheduler whether the owner lets scheduled runs happen
 */
export function decide(
  question: Question,
  environments: readonly Environment[],
  scheduler: Scheduler,
): Due | NotDue {
  if (question.mode === "slot" && !isAwake(question)) return notDue("other_hour");
  const copies = copiesIn(environments);
  const occurrence = occurrenceOf(question, copies);
  if (occurrence === undefined) return notDue("other_day");
  const { cadence } = question;
  const id = backupId(cadence, occurrence.date);
  const isMade = copies.some(
    (copy) =>
      copy.cadence === cadence &&
      copy.environment.status === "ready" &&
      (utcDate(copy.takenAt) >= occurrence.since || copy.originalId === id),
  );
  if (isMade) return notDue("already_made");
  if (copies.length === 0 && question.mode === "slot" && occurrence.late)
    return notDue("first_copy_waits_for_its_slot");
  if (!scheduler.enabled) return { due: false, reason: "SCHEDULER_DISABLED", because: "disconnected" };
  if (environments.some((environment) => environment.primary && environment.id === id))
    return { due: false, reason: "TARGET_IS_PRIMARY", because: "promoted" };
  return { due: true, date: occurrence.date, late: occurrence.late };
}

/** One opening of a slot: what its copy is called, and from which day on a copy counts as this one. */
interface Occurrence {
  readonly date: UtcDate;
  readonly since: UtcDate;
  readonly late: boolean;
}

function occurrenceOf(question: Question, copies: readonly Copy[]): Occurrence | undefined {
  const slot = slotOf(question.slots, question.cadence);
  return question.mode === "slot" ? inSlotMode(question, slot) : inDateMode(question, slot, copies);
}

/**
 * The latest opening of the slot, for a tick that is awake: so daily's can be made for 6 hours, weekly's in
 * the same hours until the end of the next UTC day.
 */
function inSlotMode(question: Question, slot: Slot): Occurrence | undefined {
  const { now, catchUp } = question;
  const latestHour = Math.floor(now / HOUR_MS) * HOUR_MS - hoursSinceOpening(slot, now) * HOUR_MS;
  const opening = latestHour - daysSince(slot, latestHour) * DAY_MS;
  const late = now >= opening + HOUR_MS;
  const date = utcDate(opening);
  if (now > endOf(date) + DAY_MS || (late && !catchUp)) return undefined;
  return { date, since: date, late };
}

/** The present day; weekly's slot day, or the day after it when that was missed and an older copy exists. */
function inDateMode(question: Question, slot: Slot, copies: readonly Copy[]): Occurrence | undefined {
  const date = utcDate(question.now);
  const missed = daysSince(slot, question.now);
  if (missed === 0) return { date, since: date, late: false };
  const hasOlder = copies.some(
    (copy) => copy.cadence === question.cadence && copy.environment.status === "ready",
  );
  if (missed > 1 || !hasOlder || !question.catchUp) return undefined;
  return { date, since: utcDate(startOf(date) - DAY_MS), late: true };
}

function hoursSinceOpening(slot: Slot, now: number): number {
  return (new Date(now).getUTCHours() - slot.hour + 24) % 24;
}

/** Days since the slot's weekday came round; 0 for a slot of every day. */
function daysSince(slot: Slot, now: number): number {
  return slot.weekday === null ? 0 : (new Date(now).getUTCDay() - slot.weekday + 7) % 7;
}

function notDue(because: SkipDetail): NotDue {
  return { due: false, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because };
}
