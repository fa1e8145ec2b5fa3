import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import { formatJson } from "../utils/json.ts";
import type { RecordLine } from "./archive/capture/recordIndex.ts";
import { journalIn, type KeptJournal, SILENT } from "./archive/restore/journal.ts";
import { linkableFrom } from "./archive/restore/linkable.ts";
import { putAtPositions } from "./archive/restore/records/arrange.ts";
import type { Comparing } from "./archive/restore/records/canonical.ts";
import { recordLineFrom, versionOf } from "./archive/restore/records/line.ts";
import { removeRecords } from "./archive/restore/records/remove.ts";
import { restoreRecords } from "./archive/restore/records/restore.ts";
import { differenceOf } from "./archive/restore/records/step.ts";
import { type KeptRun, type RestoreRun, restoreRunsIn } from "./archive/restore/runFile.ts";
import type { EnvironmentSide } from "./archive/restore/side.ts";
import { filesOfStore } from "./archive/restore/uploads/files.ts";
import { uploadTargetOf } from "./archive/restore/uploads/line.ts";
import { undoUploads } from "./archive/restore/uploads/undo.ts";
import type { JournalEntry, Refused, RestoreFailure, Warning } from "./archive/restore/words.ts";
import type { Project } from "./project.ts";
import { type Held, restoreAlone } from "./restoreAlone.ts";
import {
  createSides,
  openRunsStore,
  type RestoreHost,
  readyEnvironment,
  type Sides,
} from "./restoreSides.ts";
import { environmentsFor } from "./restoreTarget.ts";
import { deleteMade, sandboxTaken } from "./restoreUndoSandbox.ts";
import { schemaUndoing } from "./restoreUndoSchema.ts";
import type { ContentWrites } from "./sources/datocms/contentWrites.ts";

/** What was taken back of a restore. */
export interface Undone {
  readonly id: string;
  readonly into: string;
  /** The sandbox that the restore had made, which is gone now. */
  readonly deletedEnvironment: string | undefined;
  /** How many records and uploads are as they were. */
  readonly applied: { readonly records: number; readonly uploads: number };
  /** What somebody has changed since, or DatoCMS does not take back. */
  readonly refused: readonly Refused[];
  /** What cannot come back. */
  readonly irreversible: readonly Warning[];
}

/**
 * Takes a restore back: deletes the sandbox that it made, or puts back what things were before in an environment that
 * was there. What somebody has changed since stays, and is told.
 *
 * @param id of the run
 */
export async function undoRestore(
  project: Project,
  host: RestoreHost,
  id: string,
  callsPerSecond: number,
): Promise<Result<Undone, RestoreFailure>> {
  const store = await openRunsStore(host);
  if (!store.ok) return store;
  const run = await restoreRunsIn(store.value).open(id);
  if (!run.ok) return run;
  const { into } = run.value.current();
  return restoreAlone(project, host, { verb: "undo", into, run: id }, (held) =>
    undoAlone(project, held, id, callsPerSecond),
  );
}

async function undoAlone(
  project: Project,
  { host, store, tell }: Held,
  id: string,
  callsPerSecond: number,
): Promise<Result<Undone, RestoreFailure>> {
  // Somebody else may have taken it back a moment ago.
  const run = await restoreRunsIn(store).open(id);
  if (!run.ok) return run;
  const { undoneAt, endedAt, target } = run.value.current();
  if (undoneAt !== null) return failed(undoneAlready(id));
  if (endedAt === null) return failed(unfinished(id));
  if (target === undefined) return failed(nothingWritten(id));
  const sides = createSides(project, host, callsPerSecond);
  if (!sides.ok) return sides;
  const undone = run.value.current().makesTarget
    ? await deleteMade(project, host, run.value.current())
    : await putBack(project, { host, tell, sides: sides.value }, run.value, journalIn(store, id));
  if (!undone.ok) return undone;
  const isWhole = undone.value.refused.length === 0;
  const noted = await run.value.change(isWhole ? { undoneAt: new Date(host.clock.now()).toISOString() } : {});
  return noted.ok ? undone : noted;
}

async function putBack(
  project: Project,
  { host, tell, sides }: Pick<Held, "host" | "tell"> & { readonly sides: Sides },
  run: KeptRun,
  journal: KeptJournal,
): Promise<Result<Undone, RestoreFailure>> {
  const { id, into, target, left } = run.current();
  const listed = await environmentsFor(project, host).list();
  if (!listed.ok) return listed;
  const environment = readyEnvironment(listed.value, into);
  if (!environment.ok) return environment;
  if (environment.value.createdAt !== Date.parse(target?.createdAt ?? ""))
    return failed(sandboxTaken(into, "It is another environment by now."));
  const told = await tell({ isPrimary: environment.value.primary, source: run.current().source });
  if (!told.ok) return told;
  const entries = await journal.entries();
  if (!entries.ok) return entries;
  const side = await sides.environment(environment.value);
  if (!side.ok) return side;
  const writes = sides.writes(into);
  const parts = { sides, side: side.value, listed: listed.value, writes, clock: host.clock };
  const undoing = await schemaUndoing(run.current(), parts, entries.value);
  if (!undoing.ok) return undoing;
  const before = await undoing.value.before();
  if (!before.ok) return before;
  const records = await undoRecords({ host, side: side.value, writes, left }, entries.value);
  if (!records.ok) return records;
  const store = await sides.store();
  const schema = await side.value.schema();
  if (!schema.ok) return schema;
  const uploads = await undoUploads(
    {
      reader: side.value.reader,
      writes,
      journal: SILENT,
      clock: host.clock,
      fetch: host.fetch,
      files: [...(store.ok ? [filesOfStore(store.value)] : []), side.value.files],
      target: uploadTargetOf(schema.value.site),
      withCreators: true,
    },
    entries.value,
    new Map(Object.entries(left).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))),
  );
  if (!uploads.ok) return uploads;
  const after = await undoing.value.after();
  if (!after.ok) return after;
  return succeeded({
    id,
    into,
    deletedEnvironment: undefined,
    applied: { records: records.value.undone, uploads: uploads.value.undone.length },
    refused: [...after.value.refused, ...records.value.refused, ...uploads.value.refused],
    irreversible: uploads.value.irreversible,
  });
}

interface RecordsUndo {
  readonly host: RestoreHost;
  readonly side: EnvironmentSide;
  readonly writes: ContentWrites;
  readonly left: RestoreRun["left"];
}

async function undoRecords(
  { host, side, writes, left }: RecordsUndo,
  entries: readonly JournalEntry[],
): Promise<Result<{ readonly undone: number; readonly refused: readonly Refused[] }, RestoreFailure>> {
  const own = entries.filter(({ what }) => what === "record");
  if (own.length === 0) return succeeded({ undone: 0, refused: [] });
  const now = await side.lines(own.map(({ id }) => id));
  if (!now.ok) return now;
  const schema = await side.schema();
  if (!schema.ok) return schema;
  const comparing: Comparing = { schema: schema.value, locales: undefined };
  const refused: Refused[] = [];
  const wanted = new Map<string, RecordLine>();
  const made: RecordLine[] = [];
  for (const { id, before } of own) {
    const line = now.value.get(id);
    const was = before === null ? undefined : recordLineFrom(formatJson(before));
    // What an earlier call has taken back already may still stand at another place of its list.
    if (!isAsBefore(was, line, comparing) && !isAsLeft(left[id], line))
      refused.push({ what: "record", id, ...CHANGED_SINCE });
    else if (was !== undefined) wanted.set(id, was);
    else if (line !== undefined) made.push(line);
  }
  const linkable = await linkableFrom(side, [...wanted.values()], schema.value);
  if (!linkable.ok) return linkable;
  const restored = await restoreRecords(
    {
      reader: side.reader,
      writes,
      journal: SILENT,
      clock: host.clock,
      schema: schema.value,
      comparing,
      ...linkable.value,
      loosen: undefined,
      onProgress: () => {},
    },
    wanted,
    new Map([...now.value].filter(([id]) => wanted.has(id))),
  );
  if (!restored.ok) return restored;
  const placed = await putAtPositions({ reader: side.reader, writes }, [...wanted.values()]);
  if (!placed.ok) return placed;
  const unlinked = await withoutLinked(side, made);
  if (!unlinked.ok) return unlinked;
  const removed = await removeRecords({ reader: side.reader, writes, journal: SILENT }, unlinked.value.free);
  if (!removed.ok) return removed;
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

const CHANGED_SINCE = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has changed the record since it was restored, so it was left alone.",
};

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

function undoneAlready(id: string) {
  return failure(
    "UNDONE_ALREADY",
    `The restore ${id} was taken back already.`,
    "Restore again where that was wrong.",
    {
      restore: id,
    },
  );
}

/** What a run that was cut off has left is not known well enough to tell it from what people wrote. */
function unfinished(id: string) {
  return failure(
    "RESTORE_UNFINISHED",
    `The restore ${id} has not ended yet.`,
    "Run the same command again, which goes on with it, and take it back then.",
    { restore: id },
  );
}

function nothingWritten(id: string) {
  return failure(
    "NOTHING_WRITTEN",
    `The restore ${id} has changed nothing.`,
    "There is nothing to take back.",
    {
      restore: id,
    },
  );
}
