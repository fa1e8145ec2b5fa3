import { failed, failure, mapped, type Result, succeeded } from "../utils/failures.ts";
import { FORGOTTEN, withoutForgotten } from "./archive/restore/forgotten.ts";
import { journalIn, SILENT } from "./archive/restore/journal.ts";
import { undoRecords } from "./archive/restore/records/undo.ts";
import { isTargetOf, type KeptRun, type RestoreRun, restoreRunsIn } from "./archive/restore/runFile.ts";
import { filesOfStore } from "./archive/restore/uploads/files.ts";
import { uploadTargetOf } from "./archive/restore/uploads/line.ts";
import { undoUploads } from "./archive/restore/uploads/undo.ts";
import type { Refused, RestoreFailure, Warning } from "./archive/restore/words.ts";
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
import { projectUndoing, schemaUndoing } from "./restoreUndoSchema.ts";

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
    ? await takeBack(project, { host, store, sides: sides.value }, run.value.current())
    : await putBack(project, { host, store, tell, sides: sides.value }, run.value);
  if (!undone.ok) return undone;
  // What was forgotten never comes back, so nothing is left to do for it.
  const isWhole = undone.value.refused.every(({ code }) => code === FORGOTTEN);
  const noted = await run.value.change(isWhole ? { undoneAt: new Date(host.clock.now()).toISOString() } : {});
  return noted.ok ? undone : noted;
}

/** The sandbox goes, and what was created of the project with it. */
async function takeBack(
  project: Project,
  { host, store, sides }: Pick<Held, "host" | "store"> & { readonly sides: Sides },
  run: RestoreRun,
): Promise<Result<Undone, RestoreFailure>> {
  const listed = await environmentsFor(project, host).list();
  if (!listed.ok) return listed;
  const entries = await journalIn(store, run.id).entries();
  if (!entries.ok) return entries;
  const undoProject = await projectUndoing(run, sides, listed.value, store, entries.value);
  if (!undoProject.ok) return undoProject;
  const deleted = await deleteMade(project, host, run);
  if (!deleted.ok) return deleted;
  const refused = await undoProject.value();
  return mapped(refused, (left) => ({ ...deleted.value, refused: [...deleted.value.refused, ...left] }));
}

async function putBack(
  project: Project,
  { host, store, tell, sides }: Pick<Held, "host" | "store" | "tell"> & { readonly sides: Sides },
  run: KeptRun,
): Promise<Result<Undone, RestoreFailure>> {
  const { id, into } = run.current();
  const listed = await environmentsFor(project, host).list();
  if (!listed.ok) return listed;
  const environment = readyEnvironment(listed.value, into);
  if (!environment.ok) return environment;
  if (!isTargetOf(run.current(), environment.value))
    return failed(sandboxTaken(into, "It is another environment by now, or was promoted."));
  const told = await tell({ isPrimary: environment.value.primary, source: run.current().source });
  if (!told.ok) return told;
  const all = await journalIn(store, id).entries();
  if (!all.ok) return all;
  const hidden = await sides.hidden();
  if (!hidden.ok) return hidden;
  const { entries, refused } = withoutForgotten(all.value, hidden.value);
  const side = await sides.environment(environment.value);
  if (!side.ok) return side;
  const writes = sides.writes(into);
  const parts = { sides, side: side.value, listed: listed.value, store, writes, clock: host.clock };
  const undoing = await schemaUndoing(run.current(), parts, entries);
  if (!undoing.ok) return undoing;
  const before = await undoing.value.before(run);
  if (!before.ok) return before;
  const records = await undoRecords({ side: side.value, writes, clock: host.clock, run }, entries);
  if (!records.ok) return records;
  const archives = await sides.store();
  const schema = await side.value.schema();
  if (!schema.ok) return schema;
  const uploads = await undoUploads(
    {
      reader: side.value.reader,
      writes,
      journal: SILENT,
      clock: host.clock,
      fetch: host.fetch,
      files: [...(archives.ok ? [filesOfStore(archives.value)] : []), side.value.files],
      target: uploadTargetOf(schema.value.site),
      withCreators: true,
    },
    entries,
    new Map(Object.entries(run.current().left.uploads)),
  );
  if (!uploads.ok) return uploads;
  const after = await undoing.value.after();
  if (!after.ok) return after;
  return succeeded({
    id,
    into,
    deletedEnvironment: undefined,
    applied: { records: records.value.undone, uploads: uploads.value.undone.length },
    refused: [...refused, ...after.value.refused, ...records.value.refused, ...uploads.value.refused],
    irreversible: uploads.value.irreversible,
  });
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
