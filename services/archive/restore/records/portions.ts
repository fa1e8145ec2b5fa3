import { type Result, succeeded } from "../../../../utils/failures.ts";
import { portionsOf } from "../../../../utils/portions.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { Refused, RestoreFailure } from "../words.ts";
import type { RecordRestore } from "./context.ts";
import { versionOf } from "./line.ts";
import { CHANGED_SINCE } from "./reasons.ts";
import { restoreRecords } from "./restore.ts";

/** So many records are in memory at a time, as they are and as they are to be: some ten KB each. */
export const MOST_AT_ONCE = 1_000;
/** DatoCMS may change what it is sent, so that it never becomes equal. */
const MOST_PASSES = 5;

type Linkable = Pick<RecordRestore, "records" | "drafts" | "uploads">;
type Lines = Result<ReadonlyMap<string, RecordLine>, RestoreFailure>;

/** What records are restored with that are too many for the memory. */
export interface PortionedRestore {
  readonly restore: Omit<RecordRestore, keyof Linkable>;
  /** What some records may link to, beside each other. */
  linkable(lines: readonly RecordLine[]): Promise<Result<Linkable, RestoreFailure>>;
  /** What records are to be, what they were when the plan was made, and what they are. */
  wanted(ids: readonly string[]): Promise<Lines>;
  seen(ids: readonly string[]): Promise<Lines>;
  now(ids: readonly string[]): Promise<Lines>;
  readonly mostAtOnce: number;
}

/** What came of records, without what is in them. */
export interface PortionsDone {
  readonly equal: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, Refused>;
  /** The version that each record which was written was left with; null where DatoCMS does not tell. */
  readonly left: ReadonlyMap<string, string | null>;
  /** The version that each record must still have to be written again; null: whatever it has. */
  readonly known: ReadonlyMap<string, string | null>;
}

export const NOTHING_RESTORED: PortionsDone = {
  equal: new Set(),
  refused: new Map(),
  left: new Map(),
  known: new Map(),
};

/**
 * Restores records portion by portion. What links to a record of a later portion lacks that link at first, and may be
 * refused for it: such records are restored once more, as long as they become fewer.
 *
 * @param ids those that others link to should come before these
 * @param earlier what came of records before: the ids are what was refused then
 */
export async function restorePortions(
  portioned: PortionedRestore,
  ids: readonly string[],
  earlier = NOTHING_RESTORED,
): Promise<Result<PortionsDone, RestoreFailure>> {
  const done: OpenDone = {
    equal: new Set(earlier.equal),
    refused: new Map(earlier.refused),
    left: new Map(earlier.left),
    known: new Map(earlier.known),
  };
  let open = ids;
  for (let pass = 1; ; pass += 1) {
    let hasMoved = false;
    for (const portion of portionsOf(open, portioned.mostAtOnce)) {
      const restored = await restorePortion(portioned, portion, done, ids.length);
      if (!restored.ok) return restored;
      hasMoved ||= restored.value.hasMoved;
    }
    const refused = retriable(done.refused);
    // One portion sees to itself until nothing moves any more.
    const isEnd = open.length <= portioned.mostAtOnce || !hasMoved || pass === MOST_PASSES;
    if (isEnd || refused.length === 0) return succeeded(done);
    open = refused;
  }
}

/** Ids of what may be tried again: what somebody has changed meanwhile stays. */
export function retriable(refused: PortionsDone["refused"]): string[] {
  return [...refused.values()].flatMap(({ id, code }) => (code === "CHANGED_SINCE" ? [] : id));
}

interface OpenDone {
  readonly equal: Set<string>;
  readonly refused: Map<string, Refused>;
  readonly left: Map<string, string | null>;
  readonly known: Map<string, string | null>;
}

async function restorePortion(
  { restore, linkable, ...lines }: PortionedRestore,
  ids: readonly string[],
  done: OpenDone,
  total: number,
): Promise<Result<{ readonly hasMoved: boolean }, RestoreFailure>> {
  const again = ids.filter((id) => done.known.has(id));
  const wanted = await lines.wanted(ids);
  if (!wanted.ok) return wanted;
  const planned = await lines.seen(ids.filter((id) => !done.known.has(id)));
  if (!planned.ok) return planned;
  const now = await lines.now(again);
  if (!now.ok) return now;
  const open = new Map<string, RecordLine>();
  for (const id of ids) {
    const [line, version] = [wanted.value.get(id), done.known.get(id) ?? null];
    const found = now.value.get(id);
    const isOthers = found !== undefined && version !== null && versionOf(found) !== version;
    if (isOthers) done.refused.set(id, { what: "record", id, ...CHANGED_SINCE });
    else if (line !== undefined) open.set(id, line);
  }
  const links = await linkable([...open.values()]);
  if (!links.ok) return links;
  const before = done.equal.size;
  const restored = await restoreRecords(
    { ...restore, ...links.value, onProgress: (each) => restore.onProgress(before + each, total) },
    open,
    new Map([...planned.value, ...now.value]),
  );
  if (!restored.ok) return restored;
  for (const id of restored.value.equal) {
    done.equal.add(id);
    done.refused.delete(id);
  }
  for (const refused of restored.value.refused) done.refused.set(refused.id, refused);
  const { equal, left, seen } = restored.value;
  const hasMoved = equal.length > 0 || [...left].some(([id, version]) => version !== done.known.get(id));
  for (const [id, line] of seen) done.known.set(id, versionOf(line) ?? null);
  for (const [id, version] of left) {
    done.left.set(id, version);
    done.known.set(id, version);
  }
  return succeeded({ hasMoved });
}
