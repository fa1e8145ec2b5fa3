import type { Cadence } from "../../utils/config.ts";
import type { Backup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { backupId, endOf, startOf, type UtcDate, utcDate } from "../catalog/names.ts";
import { type LocalDate, latestDue, localDate } from "./cadences.ts";
import type { ScheduleMode } from "./mode.ts";
import type { Schedule } from "./schedule.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Slot, type Slots, slotOf } from "./slots.ts";

/** Why a scheduled run does nothing. */
export type SkipReason =
  | "NOT_DUE_IN_DISTRIBUTED_SLOT"
  | "SCHEDULER_DISABLED"
  | "NOT_DUE_IN_PLUGIN_SCHEDULE"
  | "TARGET_IS_PRIMARY";
/** The same more closely, for people. */
export type SkipDetail =
  | "other_hour"
  | "other_day"
  | "not_enabled"
  | "already_made"
  | "no_room"
  | "first_copy_waits_for_its_slot"
  | "restore_under_way"
  | "disconnected"
  | "paused"
  | "promoted";

/** The project's slot beside the present moment, as every scheduled answer shows it. */
export interface ScheduleFacts {
  readonly slotHourUtc: number;
  readonly slotWeekdayUtc: number | null;
  readonly currentHourUtc: number;
  readonly currentWeekdayUtc: number;
}

/** The question whether a cadence is due at a moment. */
export interface DueQuery {
  readonly cadence: Cadence;
  /** Ms since the epoch. */
  readonly now: number;
  readonly mode: ScheduleMode;
  readonly slots: Slots;
  /** A missed slot is made up for in the hours after it. */
  readonly catchUp: boolean;
}

/** A cadence that is due: the date that names its backup; `late`: after its slot's own hour. */
export interface Due {
  readonly due: true;
  readonly date: UtcDate;
  readonly late: boolean;
  /**
   * When the newest backup was begun that has this name and is of an earlier local day than the due one, ms since the
   * epoch: a newer one is to take its place. Undefined where the name is free.
   */
  readonly replaces?: number | undefined;
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
 * A tick in slot mode has something to look at. Asleep, it must make no DatoCMS call: most ticks of most projects
 * sleep, and the platform bills their cost.
 */
export function isAwake({ cadence, now, slots, catchUp }: DueQuery): boolean {
  return hoursSinceOpening(slotOf(slots, cadence), now) < (catchUp ? AWAKE_HOURS : 1);
}

/**
 * A tick has something to look at, and another one will have an hour later: what somebody else's work is in the way of
 * may wait.
 */
export function mayWait(query: DueQuery): boolean {
  return query.mode === "slot" && isAwake({ ...query, now: query.now + HOUR_MS });
}

/** The slot and the moment, as answers show them. */
export function scheduleFacts({ cadence, now, slots }: DueQuery): ScheduleFacts {
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
 * @param schedule on which days the cadence is due
 * @param catalog what exists: held backups do not count, and their names are taken all the same
 * @param scheduler whether the owner lets scheduled runs happen
 * @param restorePoints the cadence's, the newest first, where they are not those of the catalog
 */
export function isDue(
  query: DueQuery,
  schedule: Schedule,
  catalog: Catalog,
  scheduler: Scheduler,
  restorePoints: readonly Backup[] = catalog.of(query.cadence).restorePoints,
): Due | NotDue {
  const existing = { cadence: query.cadence, catalog, restorePoints };
  if (query.mode === "slot" && !isAwake(query)) return notDue("other_hour");
  const occurrence = occurrenceOf(query, schedule, existing);
  if (occurrence.kind === "open" && isMade(occurrence, schedule, existing)) return notDue("already_made");
  if (occurrence.kind === "none" && schedule.kind === "slots") return notDue(occurrence.because);
  const isFirst = schedule.kind === "slots" && catalog.backups.length === 0 && query.mode === "slot";
  if (occurrence.kind === "open" && occurrence.late && isFirst)
    return notDue("first_copy_waits_for_its_slot");
  if (!scheduler.enabled) return disabled(scheduler);
  if (occurrence.kind === "none")
    return { due: false, reason: "NOT_DUE_IN_PLUGIN_SCHEDULE", because: occurrence.because };
  const { date, late } = occurrence;
  if (catalog.find(backupId(query.cadence, date))?.primary)
    return { due: false, reason: "TARGET_IS_PRIMARY", because: "promoted" };
  const outdated = bearersOf(occurrence, existing).filter((each) => isOutdated(each, occurrence, schedule));
  const replaces = outdated.length > 0 ? newestOf(outdated) : undefined;
  return { due: true, date, late, replaces };
}

/** The verdict of a scheduler that is off, whatever else may be due. */
export function disabled(scheduler: Extract<Scheduler, { enabled: false }>): NotDue {
  const because = "pausedBy" in scheduler ? "paused" : "disconnected";
  return { due: false, reason: "SCHEDULER_DISABLED", because };
}

/** All that a verdict rests on. */
interface Existing {
  readonly cadence: Cadence;
  readonly catalog: Catalog;
  readonly restorePoints: readonly Backup[];
}

/** A due date whose backup can be made now. */
interface Occurrence {
  readonly kind: "open";
  /** The due date: a backup of this day or a later one has made it. */
  readonly since: LocalDate;
  /** The date in its backup's name. */
  readonly date: UtcDate;
  readonly late: boolean;
}
interface NoOccurrence {
  readonly kind: "none";
  readonly because: "other_day" | "not_enabled";
}

const OTHER_DAY: NoOccurrence = { kind: "none", because: "other_day" };

/**
 * The latest due date up to today, where today is the day of the slot's latest opening, or in date mode the
 * present one. In slot mode the backup bears the date of the opening, also after midnight.
 */
function occurrenceOf(query: DueQuery, schedule: Schedule, existing: Existing): Occurrence | NoOccurrence {
  const { cadence, mode, now } = query;
  if (!schedule.enabledCadences.includes(cadence)) return { kind: "none", because: "not_enabled" };
  const hours = mode === "slot" ? hoursSinceOpening(slotOf(query.slots, cadence), now) : 0;
  const opening = mode === "slot" ? Math.floor(now / HOUR_MS) * HOUR_MS - hours * HOUR_MS : now;
  const today = localDate(opening, schedule.timezone);
  const since = latestDue(cadence, schedule.anchors[cadence], today);
  if (since === undefined) return OTHER_DAY;
  const late = since < today || hours > 0;
  const occurrence: Occurrence = { kind: "open", since, date: utcDate(opening), late };
  if (schedule.kind === "slots") return bySlots(query, occurrence, existing);
  // A date of the past that was not missed is over; today's is told to be made.
  return since < today && isMade(occurrence, schedule, existing) ? OTHER_DAY : occurrence;
}

/**
 * Without a saved schedule nobody counts on a certain day, so a missed date is made up for only to the end of the
 * next day; by date, only where an older backup shows that it was missed.
 */
function bySlots(
  { mode, now, catchUp }: DueQuery,
  occurrence: Occurrence,
  { cadence, catalog }: Existing,
): Occurrence | NoOccurrence {
  const { since, late } = occurrence;
  if (!late) return occurrence;
  if (!catchUp || now > endOf(since) + DAY_MS) return OTHER_DAY;
  if (mode === "slot") return { ...occurrence, date: since };
  return catalog.of(cadence).backups.some(isReady) ? occurrence : OTHER_DAY;
}

/**
 * Made by a ready backup of the due date or of a later one. A name is not made twice by schedule either, whatever bears
 * it, unless that is of an earlier local day.
 */
function isMade(occurrence: Occurrence, schedule: Schedule, existing: Existing): boolean {
  return (
    isCovered(occurrence.since, schedule, existing) ||
    bearersOf(occurrence, existing).some((each) => isReady(each) && !isOutdated(each, occurrence, schedule))
  );
}

/** Local days begin and end within a UTC day of the same date: what is older than that needs no look. */
function isCovered(since: LocalDate, { timezone }: Schedule, { restorePoints }: Existing): boolean {
  const oldest = startOf(since) - DAY_MS;
  for (const { takenAt } of restorePoints) {
    if (takenAt < oldest) return false;
    if (localDate(takenAt, timezone) >= since) return true;
  }
  return false;
}

/** Backups that have the occurrence's name, or had it before they were set aside; held or not. */
function bearersOf({ date }: Occurrence, { cadence, catalog }: Existing): readonly Backup[] {
  return catalog.madeAs(backupId(cadence, date)).filter(({ state }) => state !== "removing");
}

/** Held or not. */
function isReady({ environment }: Backup): boolean {
  return environment.status === "ready";
}

/**
 * A backup of an earlier local day than the due one. A backup that DatoCMS dates before its name's UTC day was made
 * by a host whose clock is ahead, or renamed by somebody: its successor would be as old, at each tick anew, so the
 * backup stands.
 */
function isOutdated(
  { takenAt, date, environment }: Backup,
  { since }: Occurrence,
  { timezone }: Schedule,
): boolean {
  return environment.createdAt >= startOf(date) && localDate(takenAt, timezone) < since;
}

function newestOf(backups: readonly Backup[]): number {
  return Math.max(...backups.map(({ environment }) => environment.createdAt));
}

/** Full hours since a slot's hour last began, 0 to 23; `now` in ms since the epoch. */
export function hoursSinceOpening(slot: Slot, now: number): number {
  return (new Date(now).getUTCHours() - slot.hour + 24) % 24;
}

function notDue(because: SkipDetail): NotDue {
  return { due: false, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because };
}
