import { CADENCES, type Cadence } from "../../utils/config.ts";
import { remembering } from "../../utils/remembering.ts";

/** A day in UTC, `YYYY-MM-DD`; these compare as text. */
export type UtcDate = string;

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Years of five digits come back from a Date as they went in, but with their months only. */
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const NAME = new RegExp(
  `^backup-plugin-(${CADENCES.join("|")})-(\\d{4}-\\d{2}-\\d{2})(-superseded-\\d{9})?$`,
);

/** The name of a backup, taken apart. */
export interface BackupName {
  readonly cadence: Cadence;
  /** It only names: a backup is as old as DatoCMS says. */
  readonly date: UtcDate;
  /** The name without the mark. */
  readonly originalId: string;
  /** The last millisecond of that day. */
  readonly endsAt: number;
  /** The name ends in `-superseded-<nine digits>`: the backup has moved out of the way of a newer one. */
  readonly isMarked: boolean;
}

/** By a day's number since 1970: decisions ask for the same few again and again. */
const dateOfDay = remembering(2_000, (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10));

/** The UTC day of an instant (ms since the epoch). */
export function utcDate(instant: number): UtcDate {
  return dateOfDay(Math.floor(instant / DAY_MS));
}

/** The first millisecond of a UTC day. */
export const startOf = remembering(2_000, (date: UtcDate) => Date.parse(`${date}T00:00:00.000Z`));

/** The last millisecond of a UTC day. */
export function endOf(date: UtcDate): number {
  return startOf(date) + DAY_MS - 1;
}

/** The name of a cadence's backup of a date. The plugin computes the same name for its links. */
export function backupId(cadence: Cadence, date: UtcDate): string {
  return `backup-plugin-${cadence}-${date}`;
}

/**
 * The name that a backup gets when a newer one of the same date takes its place. The digits are hhmmssmmm of
 * its creation, so that no name is ever used for two backups.
 *
 * @param createdAt ms since the epoch
 */
export function supersededId(originalId: string, createdAt: number): string {
  const time = new Date(createdAt).toISOString().slice(11, 23).replace(/\D/g, "");
  return `${originalId}-superseded-${time}`;
}

/**
 * Takes a backup's name apart. Nothing else in a project is ours, whatever it begins with.
 *
 * @returns undefined for a name that is not ours
 */
export function parseName(id: string): BackupName | undefined {
  const [, name, date, mark] = NAME.exec(id) ?? [];
  const cadence = CADENCES.find((each) => each === name);
  if (cadence === undefined || date === undefined || !isDay(date)) return undefined;
  const isMarked = mark !== undefined;
  return { cadence, date, originalId: backupId(cadence, date), endsAt: endOf(date), isMarked };
}

/** DatoCMS takes these characters, and gives no length; a dash in front would be read as a flag on a command line. */
const SANDBOX_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Whatever lies under such a name could be taken for one of this service's own sandboxes. */
const RESERVED = /^(?:backup-plugin|restore-drill|restore-safety)-/;

/** Tells whether an environment may be given this name: lower-case letters, digits and dashes, at most 63. */
export function isSandboxName(id: string): boolean {
  return SANDBOX_NAME.test(id);
}

/** Tells whether a name is one of those that this service gives to its own sandboxes. */
export function isReservedName(id: string): boolean {
  return RESERVED.test(id);
}

/** Tells whether a text is a day that there is, as `YYYY-MM-DD`. */
export function isCalendarDate(date: string): boolean {
  return DATE.test(date) && isDay(date);
}

/** A day that a month lacks is read as one of the next month. */
function isDay(date: UtcDate): boolean {
  const start = startOf(date);
  return Number.isFinite(start) && new Date(start).getUTCDate() === Number(date.slice(8));
}
