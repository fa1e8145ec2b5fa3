import * as z from "zod/mini";
import { documentIn } from "../../stores/document.ts";

/** A schedule of archives as it lies in the store, and when it has come. */

/** Where all schedules lie. */
export const SCHEDULES = "schedules/";

const text = z.string();
const whole = z.number().check(z.gte(0));

/** Which archives of a schedule stay: those that any of it names. Without any, `BACKUP_ARCHIVE_KEEP` decides. */
const Keep = z.object({
  /** So many of the newest. */
  count: z.optional(whole),
  /** All that are not older. */
  days: z.optional(whole),
});
export type ScheduleKeep = z.infer<typeof Keep>;

const Run = z.object({
  /** The time that the schedule had named, ms since the epoch. */
  slot: whole,
  endedAt: whole,
  /** Undefined where it failed. */
  archive: z.optional(z.object({ id: text, partial: z.boolean() })),
  failure: z.optional(z.object({ cause: text, sentence: text })),
});
export type ScheduleRun = z.infer<typeof Run>;

export const Schedule = z.object({
  format: z.literal(1),
  id: text,
  name: text,
  /** `hourly`, `daily`, `weekly`, `monthly`, or a cron expression of five fields. */
  every: text,
  /** An IANA time zone. */
  zone: text,
  keep: Keep,
  /** An archive that would fetch more bytes of files is not begun; undefined: any. */
  maxBytes: z.optional(whole),
  enabled: z.boolean(),
  createdAt: whole,
  changedAt: whole,
  /** Only later slots count, ms since the epoch: when it began to name the times that it names. */
  since: whole,
  lastRun: z.optional(Run),
  /** The last time that it has named of which there is an archive, ms since the epoch; earlier versions noted none. */
  madeSlot: z.optional(whole),
});
export type Schedule = z.infer<typeof Schedule>;

/** What people say of a schedule. */
export type ScheduleWishes = Pick<Schedule, "name" | "every" | "zone" | "keep" | "maxBytes" | "enabled">;

export type Timing = Pick<Schedule, "every" | "zone">;

/** Tells when schedules come, ms since the epoch; undefined: never. */
export interface ScheduleTimes {
  /** The latest time at or before a moment. */
  slotBefore(timing: Timing, at: number): number | undefined;
  /** The first time after a moment. */
  nextAfter(timing: Timing, at: number): number | undefined;
  /** The member that cannot be used; undefined where both can. */
  wrongMember(timing: Timing): "every" | "zone" | undefined;
}

const ID = /^schedule_[a-z\d-]{1,64}$/;

/** Undefined where no schedule can have this id. */
export function scheduleKey(id: string): string | undefined {
  return ID.test(id) ? `${SCHEDULES}${id}.json` : undefined;
}

/** Undefined where the object is damaged, or of a newer format. */
export function scheduleIn(bytes: Uint8Array): Schedule | undefined {
  return Schedule.safeParse(documentIn(bytes)).data;
}

/** What failed is not tried again before, ms: in the next hour's tick. */
const AGAIN_MS = 50 * 60_000;
/** Another try would find the same, unless somebody changes the schedule: the next slot may do better. */
const FINAL = ["ARCHIVE_TOO_LARGE", "PLAN_SHARE_TOO_LARGE"];

/**
 * The slot whose archive is to be made now; undefined where there is none. Of several that were missed it is the
 * newest, and the others are not made up for. Pure.
 *
 * @param now ms since the epoch
 */
export function dueSlot(schedule: Schedule, now: number, times: ScheduleTimes): number | undefined {
  const { enabled, since, lastRun, changedAt } = schedule;
  const slot = enabled ? times.slotBefore(schedule, now) : undefined;
  if (slot === undefined || slot <= since) return undefined;
  if (lastRun === undefined || lastRun.slot < slot) return slot;
  const { failure, endedAt } = lastRun;
  if (lastRun.slot !== slot || failure === undefined) return undefined;
  const isFinal = FINAL.includes(failure.cause) && changedAt <= endedAt;
  return isFinal || now - endedAt < AGAIN_MS ? undefined : slot;
}

/** What comes later is still to be made, ms since the epoch. Pure. */
export function madeUpTo({ since, madeSlot, lastRun }: Schedule): number {
  const lastMade = lastRun?.archive === undefined ? since : lastRun.slot;
  return Math.max(since, madeSlot ?? lastMade);
}

/**
 * A schedule as somebody has changed it. What names other times, or is switched on again, counts from now on. Pure.
 *
 * @param now ms since the epoch
 */
export function changedSchedule(before: Schedule, wishes: ScheduleWishes, now: number): Schedule {
  const { every, zone, enabled } = wishes;
  const isOfOtherTimes = every !== before.every || zone !== before.zone || (enabled && !before.enabled);
  return {
    ...before,
    maxBytes: undefined,
    ...wishes,
    changedAt: now,
    since: isOfOtherTimes ? now : before.since,
  };
}
