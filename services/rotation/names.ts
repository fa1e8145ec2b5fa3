import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";

/** A day in UTC, `YYYY-MM-DD`; these compare as text. */
export type UtcDate = string;

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Years of five digits come back from a Date as they went in, but with their months only. */
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const NAME = new RegExp(
  `^backup-plugin-(${CADENCES.join("|")})-(\\d{4}-\\d{2}-\\d{2})(-superseded-\\d{9})?$`,
);

/** One of our copies, taken apart. */
export interface Copy {
  readonly environment: Environment;
  readonly cadence: Cadence;
  /** The date in its name; it only names. */
  readonly date: UtcDate;
  /** Its name without the mark of a superseded copy. */
  readonly originalId: string;
  /** Moved out of the way of a newer copy of the same date. */
  readonly superseded: boolean;
  /**
   * When it was taken, ms since the epoch: its creation by DatoCMS's clock, but never later than the last
   * millisecond of its name's day. Order, retention and "made" go by this and nothing else.
   */
  readonly takenAt: number;
}

/** The UTC day of an instant (ms since the epoch). */
export function utcDate(instant: number): UtcDate {
  return new Date(instant).toISOString().slice(0, 10);
}

/** The first millisecond of a UTC day. */
export function startOf(date: UtcDate): number {
  return Date.parse(`${date}T00:00:00.000Z`);
}

/** The last millisecond of a UTC day. */
export function endOf(date: UtcDate): number {
  return startOf(date) + DAY_MS - 1;
}

/** The name of a cadence's copy of a date. The plugin computes the same name for its links. */
export function backupId(cadence: Cadence, date: UtcDate): string {
  return `backup-plugin-${cadence}-${date}`;
}

/**
 * The name that a copy gets when a newer one of the same date takes its place. The digits are hhmmssmmm of
 * its creation, so that no name is ever used for two copies.
 */
export function supersededId(copy: Copy): string {
  const time = new Date(copy.environment.createdAt).toISOString().slice(11, 23).replace(/\D/g, "");
  return `${copy.originalId}-superseded-${time}`;
}

/**
 * Takes a copy's name apart. Nothing else in a project is ours, whatever it begins with, and the primary
 * never is.
 *
 * @returns undefined for an environment that is not ours
 */
export function asCopy(environment: Environment): Copy | undefined {
  if (environment.primary) return undefined;
  const [, name, date, mark] = NAME.exec(environment.id) ?? [];
  const cadence = CADENCES.find((each) => each === name);
  if (cadence === undefined || date === undefined) return undefined;
  const start = startOf(date);
  if (!isDay(start, date)) return undefined;
  return {
    environment,
    cadence,
    date,
    originalId: backupId(cadence, date),
    superseded: mark !== undefined,
    takenAt: Math.min(environment.createdAt, start + DAY_MS - 1),
  };
}

/** Tells an environment from another that has had its name since. */
export function identityOf({ id, createdAt }: Environment): string {
  return `${id} ${createdAt}`;
}

/**
 * All our copies, in whatever state, the newest first. No two of them are equally new, whoever looks: or else of two
 * runs each could keep another one and destroy the other's.
 */
export const copiesIn: (environments: readonly Environment[]) => readonly Copy[] = oncePerListing(
  (environments) => environments.flatMap((environment) => asCopy(environment) ?? []).sort(newestFirst),
);

/**
 * Works something out of a listing once, however often it is asked for: one run asks a hundred times, and copies may be
 * thousands. No listing is ever changed in place; it is forgotten with its last reader.
 */
export function oncePerListing<T>(
  work: (environments: readonly Environment[]) => T,
): (environments: readonly Environment[]) => T {
  const known = new WeakMap<readonly Environment[], { readonly of: T }>();
  return (environments) => {
    const present = known.get(environments) ?? { of: work(environments) };
    known.set(environments, present);
    return present.of;
  };
}

function newestFirst(a: Copy, b: Copy): number {
  const younger = b.takenAt - a.takenAt || b.environment.createdAt - a.environment.createdAt;
  return younger || (rankOf(a) < rankOf(b) ? 1 : -1);
}

/** By name, and of one name its bearer first: so that a copy keeps its place when it is set aside. */
function rankOf({ originalId, superseded, environment }: Copy): string {
  return `${originalId} ${superseded ? 0 : 1} ${environment.id}`;
}

/** Whether a text is a day that there is, as `YYYY-MM-DD`. */
export function isCalendarDate(date: string): boolean {
  return DATE.test(date) && isDay(startOf(date), date);
}

/** @param start the day's first millisecond, NaN where there is no such day */
function isDay(start: number, date: string): boolean {
  return Number.isFinite(start) && utcDate(start) === date;
}
