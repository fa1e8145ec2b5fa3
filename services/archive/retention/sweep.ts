import type { Clock } from "../../../utils/clock.ts";
import { type Result, succeeded } from "../../../utils/failures.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import type { Listed, Store } from "../../stores/store.ts";
import type { ArchiveFailure } from "../failures.ts";
import { takeSweepTurn } from "../turns.ts";
import { type Marks, readMarks, writeMarks } from "./marks.ts";
import { type Names, namesIn } from "./names.ts";

/** What came of a sweep. */
export interface Sweep {
  /**
   * `waiting`: somebody writes an archive or sweeps, and the next sweep goes on. `refused`: what is due is more than a
   * fifth of all.
   */
  readonly state: "swept" | "waiting" | "refused";
  /** All objects and assets that there were. */
  readonly objects: number;
  /** Named by no archive for less than seven days. */
  readonly marked: number;
  /** Named by no archive for longer. */
  readonly due: number;
  readonly deleted: number;
  readonly deletedBytes: number;
}

export interface SweepOptions {
  /** The store's time, ms since the epoch. */
  readonly now: number;
  /** Nothing is written or deleted. */
  readonly isDryRun: boolean;
  /** What is due is deleted however much it is. */
  readonly isForced: boolean;
}

const FOLDERS = ["objects/", "assets/"];
/** Objects go so long after they were first found to be named by nothing. */
const GRACE_MS = 7 * 24 * 60 * 60 * 1_000;
/** The others are marked by a later sweep. */
const MOST_MARKS = 200_000;
/** To delete more than one of so many is rather a mistake than the work of a day. */
const MOST_SHARE = 5;
/** Deleted between two looks: as many as a store does at once. */
const AT_ONCE = 8;

/**
 * Deletes objects and assets that no archive has named for seven days, those in the trash included. What is found for
 * the first time is only marked; what is named again loses its mark.
 *
 * @returns `ARCHIVE_DAMAGED` or `ARCHIVE_TOO_NEW` where an archive cannot be read: then nothing is deleted or marked
 */
export async function sweep(
  store: Store,
  clock: Clock,
  { now, isDryRun, isForced }: SweepOptions,
): Promise<Result<Sweep, ArchiveFailure>> {
  const names = namesIn(store);
  const read = await names.read();
  if (!read.ok) return read;
  const before = await readMarks(store);
  if (!before.ok) return before;
  const unnamed = await findUnnamed(store, names, before.value.marks, now);
  if (!unnamed.ok) return unnamed;
  const { objects, marks, due } = unnamed.value;
  const found = { objects, marked: marks.size - due.length, due: due.length };
  const isRefused = due.length * MOST_SHARE > objects && !isForced;
  const nothing = succeeded({ isWhole: true, deleted: [] });
  const went = isDryRun || isRefused ? nothing : await deleteDue(store, clock, names, due);
  if (!went.ok) return went;
  const { deleted, isWhole } = went.value;
  for (const { key } of deleted) marks.delete(key);
  if (!isDryRun) {
    // Where another sweep was faster, its marks are as good.
    const written = await writeMarks(store, before.value.etag, marks);
    if (!written.ok) return written;
  }
  return succeeded({
    state: isRefused ? "refused" : isWhole ? "swept" : "waiting",
    ...found,
    deleted: deleted.length,
    deletedBytes: deleted.reduce((sum, { size }) => sum + size, 0),
  });
}

interface Unnamed {
  /** How many objects there are, named or not. */
  readonly objects: number;
  readonly marks: Map<string, number>;
  /** What has been marked for so long that it may go. */
  readonly due: readonly Listed[];
}

async function findUnnamed(
  store: Store,
  names: Names,
  before: Marks,
  now: number,
): Promise<Result<Unnamed, StoreFailure>> {
  const marks = new Map<string, number>();
  const due: Listed[] = [];
  let objects = 0;
  for (const prefix of FOLDERS) {
    let cursor: string | undefined;
    do {
      const page = await store.list({ prefix, cursor });
      if (!page.ok) return page;
      objects += page.value.objects.length;
      for (const object of page.value.objects) {
        if (names.has(object.key) || marks.size >= MOST_MARKS) continue;
        const since = markOf(object, before.get(object.key), now);
        marks.set(object.key, since);
        if (now - since >= GRACE_MS) due.push(object);
      }
      cursor = page.value.cursor;
    } while (cursor !== undefined);
  }
  return succeeded({ objects, marks, due });
}

/** A mark counts that was made after the object was written, by a clock that has not been set back since. */
function markOf({ modifiedAt }: Listed, mark: number | undefined, now: number): number {
  return mark !== undefined && modifiedAt <= mark && mark <= now ? mark : now;
}

interface Deleted {
  /** Nothing that is due was left. */
  readonly isWhole: boolean;
  readonly deleted: readonly Listed[];
}

async function deleteDue(
  store: Store,
  clock: Clock,
  names: Names,
  due: readonly Listed[],
): Promise<Result<Deleted, ArchiveFailure>> {
  const deleted: Listed[] = [];
  if (due.length === 0) return succeeded({ isWhole: true, deleted });
  const taken = await takeSweepTurn(store, clock);
  if (!taken.ok) return taken;
  const turn = taken.value;
  if (turn === undefined) return succeeded({ isWhole: false, deleted });
  try {
    // Archives that were finished since the first look; from now on nobody finishes one.
    const read = await names.read();
    if (!read.ok) return read;
    const unnamed = due.filter(({ key }) => !names.has(key));
    for (let at = 0; at < unnamed.length; at += AT_ONCE) {
      const may = await turn.mayDelete();
      if (!may.ok) return may;
      if (!may.value) return succeeded({ isWhole: false, deleted });
      const batch = unnamed.slice(at, at + AT_ONCE);
      const gone = await store.delete(batch.map(({ key }) => key));
      if (!gone.ok) return gone;
      deleted.push(...batch);
    }
    return succeeded({ isWhole: true, deleted });
  } finally {
    await turn.end();
  }
}
