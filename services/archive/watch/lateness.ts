import type { Cadence } from "../../../utils/config.ts";
import { madeUpTo, type Schedule, type ScheduleTimes } from "../schedules/schedule.ts";
import { roundDays } from "../verify/sample/plan.ts";
import { type ArchiveFacts, lastComplete } from "./facts.ts";

/** What is expected of a store's archives. */
export interface ArchiveWishes {
  /** Kinds of backup whose backups are archived; none: archives are made by hand. */
  readonly cadences: readonly Cadence[];
  /** Percent of the stored bytes that are read a day; undefined: none. */
  readonly samplePercent: number | undefined;
  /** When schedules of archives come; undefined: nobody knows here. */
  readonly times?: ScheduleTimes | undefined;
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** From one backup to the next, days, and the hours in which runs and archives of it may still be under way. */
const COMES: Readonly<Record<Cadence, { readonly days: number; readonly graceHours: number }>> = {
  daily: { days: 1, graceHours: 12 },
  weekly: { days: 7, graceHours: 48 },
  biweekly: { days: 14, graceHours: 48 },
  monthly: { days: 31, graceHours: 48 },
};
/** Something is to have been read within so many days, whatever is set. */
const PROOF_DAYS = 35;

/**
 * Since when the next complete archive is late, ms since the epoch; undefined where it is not. Whoever made the last
 * one: what counts is how much would be lost. Pure.
 */
export function lateSince(facts: ArchiveFacts, { cadences }: ArchiveWishes, now: number): number | undefined {
  const created = lastComplete(facts)?.createdAt;
  // The first one has as long as any other.
  const from = created === undefined ? facts.oldestWrittenAt : Date.parse(created);
  if (cadences.length === 0 || from === undefined) return undefined;
  const allowed = cadences.map(
    (cadence) => COMES[cadence].days * DAY_MS + COMES[cadence].graceHours * HOUR_MS,
  );
  const since = from + Math.min(...allowed);
  return since < now ? since : undefined;
}

/** A schedule of which an archive has not come. */
export interface LateSchedule {
  readonly schedule: Schedule;
  /** The time that it had named, ms since the epoch: the first one that is missing. */
  readonly since: number;
}

/** Its archive may wait for another one, be tried again, and take long. */
const SLOT_GRACE_MS = 6 * HOUR_MS;

/** The schedules that are late. Pure. */
export function lateSchedules(
  { schedules }: Pick<ArchiveFacts, "schedules">,
  { times }: ArchiveWishes,
  now: number,
): LateSchedule[] {
  if (times === undefined) return [];
  return schedules.flatMap((schedule) => {
    const expected = schedule.enabled ? times.slotBefore(schedule, now - SLOT_GRACE_MS) : undefined;
    const made = madeUpTo(schedule);
    if (expected === undefined || expected <= made) return [];
    return [{ schedule, since: times.nextAfter(schedule, made) ?? expected }];
  });
}

/** How old the last complete archive may be, ms: the kind of backup that comes most often decides. */
export function longestGap(cadences: readonly Cadence[]): number {
  return Math.min(
    ...cadences.map((cadence) => COMES[cadence].days * DAY_MS + COMES[cadence].graceHours * HOUR_MS),
  );
}

/**
 * When everything that is stored was read last, or an archive without finding anything: ms since the epoch; undefined
 * where neither was. Pure.
 */
export function provenAt({ verify: { last, sample } }: ArchiveFacts): number | undefined {
  const days = Object.values(sample?.readOn ?? {});
  const oldest = days.length === 0 ? undefined : Math.min(...days);
  // Before the first round is over, some of it was not read yet.
  const byRound = oldest !== undefined && oldest >= (sample?.since ?? 0) ? oldest * DAY_MS : undefined;
  const proofs = [last.full, last.deep].map((proof) => (proof?.problems === 0 ? proof.at : undefined));
  const times = [byRound, ...proofs].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Since when proof that archives can be read is too old, ms since the epoch; undefined where it is not. Pure. */
export function unprovenSince(
  facts: ArchiveFacts,
  { samplePercent }: ArchiveWishes,
  now: number,
): number | undefined {
  const from = provenAt(facts) ?? facts.oldestWrittenAt;
  if (from === undefined) return undefined;
  const round = samplePercent === undefined ? 0 : roundDays(samplePercent) + 1;
  const since = from + Math.max(PROOF_DAYS, round) * DAY_MS;
  return since < now ? since : undefined;
}
