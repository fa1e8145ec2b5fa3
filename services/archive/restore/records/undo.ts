import type { Clock } from "../../../../utils/clock.ts";
import { type Result, succeeded } from "../../../../utils/failures.ts";
import { formatJson } from "../../../../utils/json.ts";
import type { ContentWrites } from "../../../sources/datocms/contentWrites.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import { SILENT } from "../journal.ts";
import { linkableFrom } from "../linkable.ts";
import { isAlike } from "../resume.ts";
import type { KeptRun } from "../runFile.ts";
import type { EnvironmentSide } from "../side.ts";
import type { JournalEntry, Refused, RestoreFailure } from "../words.ts";
import { putAtPositions } from "./arrange.ts";
import type { Comparing } from "./canonical.ts";
import { bodiesOf, parentOf, recordLineFrom, versionOf } from "./line.ts";
import { CHANGED_SINCE } from "./reasons.ts";
import { removeRecords } from "./remove.ts";
import { restoreRecords } from "./restore.ts";
import { differenceOf } from "./step.ts";

/** What is needed to take back what a restore did to records. */
export interface RecordsUndo {
  readonly side: EnvironmentSide;
  readonly writes: ContentWrites;
  readonly clock: Clock;
  /** It knows the version that the restore left each record with, and is told those that undoing leaves. */
  readonly run: KeptRun;
}

/**
 * Puts records back as they were before a restore, once the schema is what it was: what it changed or took values from
 * gets its former body, what it made is deleted unless something links to it. What somebody changed since is refused.
 *
 * @param entries of the restore's journal; those that are of no record are passed over
 */
export async function undoRecords(
  { side, writes, clock, run }: RecordsUndo,
  entries: readonly JournalEntry[],
): Promise<Result<{ readonly undone: number; readonly refused: readonly Refused[] }, RestoreFailure>> {
  const own = entries.filter(({ what }) => what === "record");
  if (own.length === 0) return succeeded({ undone: 0, refused: [] });
  const now = await side.lines(own.map(({ id }) => id));
  if (!now.ok) return now;
  const schema = await side.schema();
  if (!schema.ok) return schema;
  const comparing: Comparing = { schema: schema.value, locales: undefined };
  const { left, moved, undoing } = run.current();
  const begun = new Set(undoing.records);
  const refused: Refused[] = [];
  const wanted = new Map<string, RecordLine>();
  const asBefore: RecordLine[] = [];
  const made: RecordLine[] = [];
  for (const { id, before } of own) {
    const line = now.value.get(id);
    const was = before === null ? undefined : recordLineFrom(formatJson(before));
    if (isAsBefore(was, line, comparing)) asBefore.push(...(was ? [was] : []));
    else if (!isAsLeft(left.records[id], line) && !(begun.has(id) && isHalfBack(was, line, comparing)))
      refused.push({ what: "record", id, ...CHANGED_SINCE });
    else if (was !== undefined) wanted.set(id, was);
    else if (line !== undefined) made.push(line);
  }
  const placeless = [...wanted.values()].filter((was) => isPlaceless(was, now.value.get(was.id)));
  const placed = new Set([...moved, ...placeless.map(({ id }) => id)]);
  const noted = await run.change({
    moved: [...placed],
    undoing: { ...undoing, records: [...wanted.keys()] },
  });
  if (!noted.ok) return noted;
  const linkable = await linkableFrom(side, [...wanted.values()], schema.value);
  if (!linkable.ok) return linkable;
  const restored = await restoreRecords(
    {
      reader: side.reader,
      writes,
      journal: SILENT,
      clock,
      schema: schema.value,
      comparing,
      ...linkable.value,
      loosen: undefined,
      onRead: run.noteLeft,
      onProgress: () => {},
    },
    wanted,
    new Map([...now.value].filter(([id]) => wanted.has(id))),
  );
  if (!restored.ok) return restored;
  const unlinked = await withoutLinked(side, made);
  if (!unlinked.ok) return unlinked;
  const free = unlinked.value.free.map(({ id }) => id);
  const removed = await removeRecords({ reader: side.reader, writes }, free);
  if (!removed.ok) return removed;
  // What an earlier call has taken back already may still stand at another place of its list.
  const astray = [...asBefore, ...wanted.values()].filter(({ id }) => placed.has(id));
  const arranged = await putAtPositions({ reader: side.reader, writes }, astray);
  if (!arranged.ok) return arranged;
  const ended = await run.change({ undoing: { ...undoing, records: [] } });
  if (!ended.ok) return ended;
  const all = [...refused, ...restored.value.refused, ...unlinked.value.refused, ...removed.value.refused];
  return succeeded({ undone: own.length - new Set(all.map(({ id }) => id)).size, refused: all });
}

/** Whether a record is what it was before the restore; both undefined: it is not there. */
function isAsBefore(was: RecordLine | undefined, now: RecordLine | undefined, comparing: Comparing): boolean {
  if (was === undefined || now === undefined) return was === now;
  return differenceOf(was, now, comparing) === undefined;
}

/** @param left the version that the restore left; null: it deleted the record; undefined: it did not write it */
function isAsLeft(left: string | null | undefined, line: RecordLine | undefined): boolean {
  if (left === undefined) return false;
  return left === null ? line === undefined : line !== undefined && versionOf(line) === left;
}

/** Whether a record comes back to a list, or to another one, and so to its end. */
function isPlaceless(was: RecordLine, now: RecordLine | undefined): boolean {
  return now === undefined || parentOf(was) !== parentOf(now);
}

/** Whether an undo that was cut off has written one of the bodies that a record had, and not come to note it. */
function isHalfBack(
  was: RecordLine | undefined,
  line: RecordLine | undefined,
  comparing: Comparing,
): boolean {
  if (was === undefined || line === undefined) return false;
  return bodiesOf(was).some((body) => isAlike(line.current, body, comparing));
}

/** A record that something links to by now is no longer only the restore's. */
async function withoutLinked(
  side: EnvironmentSide,
  made: readonly RecordLine[],
): Promise<
  Result<{ readonly free: readonly RecordLine[]; readonly refused: readonly Refused[] }, RestoreFailure>
> {
  const own = new Set(made.map(({ id }) => id));
  const free: RecordLine[] = [];
  const refused: Refused[] = [];
  for (const line of made) {
    const referrers = await side.reader.referrers(line.id);
    if (!referrers.ok) return referrers;
    const [other] = referrers.value.filter((id) => !own.has(id));
    if (other === undefined) free.push(line);
    else refused.push({ what: "record", id: line.id, code: "LINKED_SINCE", sentence: linkedText(other) });
  }
  return succeeded({ free, refused });
}

function linkedText(id: string): string {
  return `The record ${id} links to it by now, so it was left.`;
}
