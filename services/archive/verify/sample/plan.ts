/**
 * Which part of a store is read again today. The store's objects are dealt into a few hundred shelves by the first two
 * digits of the hash in their names, so that the memory of what was read when has one size whatever the store's.
 */

/** What the beginning of a shelf's keys is: `objects/a7` or `assets/md5-a7`. */
export type Shelf = string;

const SHELF = /^(?:objects\/[0-9a-f]{2}|assets\/md5-[0-9a-f]{2})/;

/** Undefined for keys that say nothing of what they hold. */
export function shelfOf(key: string): Shelf | undefined {
  return SHELF.exec(key)?.[0];
}

/** Whether a text is a shelf's name. */
export const SHELF_NAME = /^(?:objects\/[0-9a-f]{2}|assets\/md5-[0-9a-f]{2})$/;

/** What is known of earlier readings. */
export interface Reading {
  /**
   * When each shelf was read last: days since 1970-01-01. One that is new counts as read the day before it is seen: its
   * bytes were checked when they were written.
   */
  readonly readOn: Readonly<Record<Shelf, number>>;
  /** Bytes that may be read before any more are due; below zero where a large shelf was read ahead. */
  readonly credit: number;
  /** The day for which credit was given last. */
  readonly creditedOn?: number | undefined;
}

export interface SamplePlan {
  /** In the order in which they are to be read. */
  readonly shelves: readonly Shelf[];
  /** As it stands before anything is read today; what is read is taken from it. */
  readonly reading: Reading;
}

/** A service that was down makes up for it within days, and not in one go. */
const MOST_OF_STORE = 0.2;

/**
 * Chooses the shelves that were read longest ago: as many bytes as the percentage allows, and whatever would else wait
 * for longer than a whole round. Pure.
 *
 * @param sizes of all shelves that hold something, in bytes
 * @param percent of all bytes a day, above 0
 * @param today days since 1970-01-01
 */
export function planSample(
  { readOn: before, credit, creditedOn }: Reading,
  sizes: ReadonlyMap<Shelf, number>,
  percent: number,
  today: number,
): SamplePlan {
  const total = sum([...sizes.values()]);
  const days = creditedOn === undefined ? 1 : Math.max(0, today - creditedOn);
  const most = total * Math.max(MOST_OF_STORE, percent / 100);
  const allowed = Math.min(most, credit + (days * total * percent) / 100);
  const readOn = Object.fromEntries(
    [...sizes.keys()].map((shelf) => [shelf, Math.min(before[shelf] ?? today - 1, today)]),
  );
  const shelves: Shelf[] = [];
  let bytes = 0;
  for (const shelf of oldestFirst(sizes, readOn)) {
    const isDue = today - (readOn[shelf] ?? today) >= roundDays(percent) - 1;
    if (bytes >= allowed && !(isDue && bytes < most)) break;
    shelves.push(shelf);
    bytes += sizes.get(shelf) ?? 0;
  }
  return { shelves, reading: { readOn, credit: allowed, creditedOn: today } };
}

/** The same where somebody asks for a share of an archive: nothing is carried over, and something is read always. Pure. */
export function planShare(
  readOn: Reading["readOn"],
  sizes: ReadonlyMap<Shelf, number>,
  percent: number,
): Shelf[] {
  const wanted = (sum([...sizes.values()]) * percent) / 100;
  const shelves: Shelf[] = [];
  let bytes = 0;
  for (const shelf of oldestFirst(sizes, readOn)) {
    if (bytes >= wanted) break;
    shelves.push(shelf);
    bytes += sizes.get(shelf) ?? 0;
  }
  return shelves;
}

/** Within so many days everything is read once; 34 for 3 %. */
export function roundDays(percent: number): number {
  return Math.ceil(100 / percent);
}

function oldestFirst(sizes: ReadonlyMap<Shelf, number>, readOn: Reading["readOn"]): Shelf[] {
  const ageOf = (shelf: Shelf) => readOn[shelf] ?? -1;
  return [...sizes.keys()].toSorted((one, other) => ageOf(one) - ageOf(other) || (one < other ? -1 : 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
