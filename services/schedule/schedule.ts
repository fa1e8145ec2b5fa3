import * as z from "zod/mini";
import { byCadence, CADENCES, type Cadence } from "../../utils/config.ts";
import { isCalendarDate } from "../catalog/names.ts";
import { addDays, isTimezone, type LocalDate, localDate } from "./cadences.ts";
import type { Slots } from "./slots.ts";

/** On which days each cadence is due. */
export interface Schedule {
  /** Saved by the plugin's user, or the project's slots where nothing is saved. */
  readonly kind: "plugin" | "slots";
  /** IANA name of the zone whose days count. */
  readonly timezone: string;
  /** In the order of `CADENCES`; at least one. */
  readonly enabledCadences: readonly Cadence[];
  /** The day from which each cadence counts. */
  readonly anchors: Readonly<Record<Cadence, LocalDate>>;
  /** The anchor that was saved; null where the slots stand in for one. */
  readonly anchorLocalDate: LocalDate | null;
  /** Mistakes in the saved one, and what is taken instead. */
  readonly problems: readonly ScheduleProblem[];
}

export interface ScheduleProblem {
  readonly code: "SCHEDULE_INVALID_TIMEZONE" | "SCHEDULE_INVALID_ANCHOR" | "SCHEDULE_INVALID_CADENCES";
  readonly sentence: string;
}

/** Values that stand in where nothing usable is saved. */
export interface Fallback {
  readonly slots: Slots;
  /** Cadences that run where no schedule is saved. */
  readonly cadences: readonly Cadence[];
  /** The project's own time zone, where it was read. */
  readonly projectTimezone: string | undefined;
}

/** 2024 began with a Monday: from there the weeks of all projects are counted. */
const FIRST_MONDAY = "2024-01-01";
const MONDAY = 1;

/** The cadences that a schedule without a readable list stands for. */
const UNREADABLE_MEANS = ["daily", "weekly"] as const;

const Saved = z.object({
  backupSchedule: z.object({
    enabledCadences: z.optional(z.unknown()),
    timezone: z.optional(z.unknown()),
    anchorLocalDate: z.optional(z.unknown()),
    updatedAt: z.optional(z.unknown()),
  }),
});
const Instant = z.iso.datetime({ offset: true });

/** The schedule of a project whose plugin has saved none: every cadence on its slot's days, in UTC. */
export function scheduleBySlots(slots: Slots, cadences: readonly Cadence[]): Schedule {
  return {
    kind: "slots",
    timezone: "UTC",
    enabledCadences: inOrder(cadences),
    anchors: anchorsOf(slots),
    anchorLocalDate: null,
    problems: [],
  };
}

/** A schedule is saved whose time zone means nothing, so that the project's own is needed. */
export function needsProjectTimezone(parameters: unknown): boolean {
  const saved = Saved.safeParse(parameters).data?.backupSchedule;
  return saved !== undefined && !isTimezone(saved.timezone);
}

/**
 * Reads the schedule out of the plugin's parameters. What is invalid in it is replaced and reported, never
 * stored: the document is the user's.
 *
 * @param parameters the plugin's; undefined where it is not installed
 */
export function scheduleOf(parameters: unknown, fallback: Fallback): Schedule {
  const saved = Saved.safeParse(parameters).data?.backupSchedule;
  if (saved === undefined) return scheduleBySlots(fallback.slots, fallback.cadences);
  const zone = timezoneOf(saved.timezone, fallback);
  const cadences = cadencesOf(saved.enabledCadences);
  const anchor = anchorOf(saved, zone.value, fallback.slots);
  const problems = [zone, cadences, anchor].flatMap(({ problem }) => problem ?? []);
  return {
    kind: "plugin",
    timezone: zone.value,
    enabledCadences: cadences.value,
    anchors: anchorsFrom(anchor.value, fallback.slots),
    anchorLocalDate: anchor.value,
    problems,
  };
}

/** A value, and what was wrong with the one that it replaces. */
interface Read<T> {
  readonly value: T;
  readonly problem?: ScheduleProblem;
}

function timezoneOf(saved: unknown, { projectTimezone }: Fallback): Read<string> {
  if (isTimezone(saved)) return { value: saved };
  const value = isTimezone(projectTimezone) ? projectTimezone : "UTC";
  const sentence = `The time zone of the plugin's schedule is not known; the days are counted in ${value}.`;
  return { value, problem: { code: "SCHEDULE_INVALID_TIMEZONE", sentence } };
}

function cadencesOf(saved: unknown): Read<readonly Cadence[]> {
  const listed: readonly unknown[] = Array.isArray(saved) ? saved : [];
  const known = CADENCES.filter((cadence) => listed.includes(cadence));
  const isValid = known.length > 0 && listed.every((each) => CADENCES.some((cadence) => cadence === each));
  if (isValid) return { value: known };
  const sentence = `The cadences of the plugin's schedule cannot be read; ${UNREADABLE_MEANS.join(" and ")} backups are made.`;
  return { value: UNREADABLE_MEANS, problem: { code: "SCHEDULE_INVALID_CADENCES", sentence } };
}

/** Never "today": each cadence would then be due every day. */
function anchorOf(
  saved: { anchorLocalDate?: unknown; updatedAt?: unknown },
  timezone: string,
  slots: Slots,
): Read<LocalDate | null> {
  const { anchorLocalDate: anchor } = saved;
  if (typeof anchor === "string" && isCalendarDate(anchor)) return { value: anchor };
  const updatedAt = Instant.safeParse(saved.updatedAt).data;
  const savedOn = updatedAt === undefined ? "" : localDate(Date.parse(updatedAt), timezone);
  // At the ends of what ISO can tell, the zone's day has a year of five digits, and none can be counted from it.
  const value = isCalendarDate(savedOn) ? savedOn : null;
  const sentence =
    value === null
      ? `The anchor date of the plugin's schedule cannot be read; weeks are counted from ${anchorsOf(slots).weekly}.`
      : `The anchor date of the plugin's schedule cannot be read; ${value}, when it was saved, is taken.`;
  return { value, problem: { code: "SCHEDULE_INVALID_ANCHOR", sentence } };
}

/** @param saved the anchor of all cadences; null where the slots stand in for one */
function anchorsFrom(saved: LocalDate | null, slots: Slots): Schedule["anchors"] {
  return saved === null ? anchorsOf(slots) : byCadence(() => saved);
}

function anchorsOf({ weekly, monthlyDay }: Slots): Schedule["anchors"] {
  const week = addDays(FIRST_MONDAY, ((weekly.weekday ?? MONDAY) - MONDAY + 7) % 7);
  const month = addDays(FIRST_MONDAY, monthlyDay - 1);
  return { daily: FIRST_MONDAY, weekly: week, biweekly: week, monthly: month };
}

function inOrder(cadences: readonly Cadence[]): readonly Cadence[] {
  return CADENCES.filter((cadence) => cadences.includes(cadence));
}
