import type { Clock } from "../utils/clock.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import { versionsOf } from "./archive/restore/left.ts";
import type { KeptRun, RestoreRun } from "./archive/restore/runFile.ts";
import type { RestoredSchema } from "./archive/restore/schema/restoreSchema.ts";
import { type SchemaUndo, undoSchemaAfter, undoSchemaBefore } from "./archive/restore/schema/undo.ts";
import { scopeFrom } from "./archive/restore/scope.ts";
import type { EnvironmentSide } from "./archive/restore/side.ts";
import { schemaWishesFor, wideScopeOf } from "./archive/restore/wideScope.ts";
import type { JournalEntry, RestoreFailure } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import { sideOf } from "./restoreOpening.ts";
import type { Sides } from "./restoreSides.ts";
import type { ContentWrites } from "./sources/datocms/contentWrites.ts";

/** Takes back what a restore did to the schema, around the records: these need what was deleted, and go first. */
export interface SchemaUndoing {
  /** @param run it notes the versions that this makes of records */
  before(run: KeptRun): Promise<Result<RestoredSchema, RestoreFailure>>;
  after(): Promise<Result<RestoredSchema, RestoreFailure>>;
}

const NOTHING: RestoredSchema = { written: [], refused: [], warnings: [] };

/**
 * Opens the undoing of a run's schema. It needs the source once more, which tells what the run had wanted.
 *
 * @param listed the environments that there are
 */
export async function schemaUndoing(
  run: RestoreRun,
  { sides, side, listed, writes, clock }: UndoParts,
  entries: readonly JournalEntry[],
): Promise<Result<SchemaUndoing, RestoreFailure>> {
  const nothing = async () => succeeded(NOTHING);
  if (entries.every(({ what }) => what === "record" || what === "upload"))
    return succeeded({ before: nothing, after: nothing });
  const { kind, name } = run.source;
  const source = kind === "archive" ? ({ kind, name } as const) : ({ kind, id: name } as const);
  const from = await sideOf(sides, listed, source);
  if (!from.ok) return from;
  const snapshot = await from.value.snapshot(new Set());
  if (!snapshot.ok) return snapshot;
  const { mode, only, flags } = run;
  const wishes = {
    mode,
    only: only.flatMap((text) => scopeFrom(text) ?? []),
    isDraft: flags.draft,
    relinks: flags.relink,
    withShell: flags.shell,
  };
  const scope = wideScopeOf(wishes, snapshot.value.schema);
  if (!scope.ok) return scope;
  const undo: SchemaUndo = {
    reader: side.reader,
    writes,
    clock,
    desired: snapshot.value.documents,
    wishes: schemaWishesFor(wishes, scope.value),
    entries,
  };
  return succeeded({ before: (kept) => undoBefore(undo, kept), after: () => undoSchemaAfter(undo) });
}

/** A schema that changes may make versions of records: those that nobody else has changed until then are noted anew. */
async function undoBefore(undo: SchemaUndo, run: KeptRun): Promise<Result<RestoredSchema, RestoreFailure>> {
  const { left } = run.current();
  const now = await versionsOf(undo.reader, Object.keys(left.records));
  if (!now.ok) return now;
  const done = await undoSchemaBefore(undo);
  if (!done.ok || done.value.written.length === 0) return done;
  const asLeft = [...now.value].filter(([id, version]) => left.records[id] === version).map(([id]) => id);
  const after = await versionsOf(undo.reader, asLeft);
  if (!after.ok) return after;
  const records = { ...left.records, ...Object.fromEntries(after.value) };
  const noted = await run.change({ left: { ...left, records } });
  return noted.ok ? done : noted;
}

export interface UndoParts {
  readonly sides: Sides;
  readonly side: EnvironmentSide;
  readonly listed: readonly Environment[];
  readonly writes: ContentWrites;
  readonly clock: Clock;
}
