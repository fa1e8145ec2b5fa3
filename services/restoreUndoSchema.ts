import type { Clock } from "../utils/clock.ts";
import { mapped, type Result, succeeded } from "../utils/failures.ts";
import { versionsOf } from "./archive/restore/left.ts";
import type { KeptRun, RestoreRun } from "./archive/restore/runFile.ts";
import type { RestoredSchema } from "./archive/restore/schema/restoreSchema.ts";
import { undoShell } from "./archive/restore/schema/shellWrites.ts";
import { type SchemaUndo, undoSchemaAfter, undoSchemaBefore } from "./archive/restore/schema/undo.ts";
import { scopeFrom } from "./archive/restore/scope.ts";
import type { EnvironmentSide } from "./archive/restore/side.ts";
import { type Snapshot, schemaIn } from "./archive/restore/snapshot.ts";
import { wantedSchemaIn } from "./archive/restore/wantedSchema.ts";
import { schemaWishesFor, wideScopeOf } from "./archive/restore/wideScope.ts";
import type { JournalEntry, Refused, RestoreFailure } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import { sideOf } from "./restoreOpening.ts";
import type { Sides } from "./restoreSides.ts";
import type { ContentWrites } from "./sources/datocms/contentWrites.ts";
import type { Store } from "./stores/store.ts";

/** Takes back what a restore did to the schema, around the records: these need what was deleted, and go first. */
export interface SchemaUndoing {
  /** @param run it notes the versions that this makes of records */
  before(run: KeptRun): Promise<Result<RestoredSchema, RestoreFailure>>;
  after(): Promise<Result<RestoredSchema, RestoreFailure>>;
}

const NOTHING: RestoredSchema = { written: [], refused: [], warnings: [] };

/** Opens the undoing of a run's schema, which needs what the run had wanted. */
export async function schemaUndoing(
  run: RestoreRun,
  { sides, side, listed, store, writes, clock }: UndoParts,
  entries: readonly JournalEntry[],
): Promise<Result<SchemaUndoing, RestoreFailure>> {
  const nothing = async () => succeeded(NOTHING);
  if (entries.every(({ what }) => what === "record" || what === "upload"))
    return succeeded({ before: nothing, after: nothing });
  const wanted = await wantedBy(run, sides, listed, store);
  if (!wanted.ok) return wanted;
  const { mode, only, flags } = run;
  const wishes = {
    mode,
    only: only.flatMap((text) => scopeFrom(text) ?? []),
    isDraft: flags.draft,
    relinks: flags.relink,
    withShell: flags.shell,
  };
  const scope = wideScopeOf(wishes, wanted.value.schema);
  if (!scope.ok) return scope;
  const undo: SchemaUndo = {
    reader: side.reader,
    writes,
    clock,
    desired: wanted.value.documents,
    wishes: schemaWishesFor(wishes, scope.value),
    entries,
  };
  return succeeded({ before: (kept) => undoBefore(undo, kept), after: () => undoAfter(undo) });
}

/**
 * What the run had wanted of schema and project. Runs of older versions have not kept it: then its source tells.
 *
 * @param listed the environments that there are
 */
async function wantedBy(
  { id, source: { kind, name } }: RestoreRun,
  sides: Sides,
  listed: readonly Environment[],
  store: Store,
): Promise<Result<Pick<Snapshot, "documents" | "schema">, RestoreFailure>> {
  const kept = await wantedSchemaIn(store, id);
  if (!kept.ok) return kept;
  const schema = kept.value && schemaIn(kept.value);
  if (kept.value !== undefined && schema !== undefined) return succeeded({ documents: kept.value, schema });
  const from = await sideOf(sides, listed, kind === "archive" ? { kind, name } : { kind, id: name });
  return from.ok ? from.value.snapshot(new Set()) : from;
}

async function undoAfter(undo: SchemaUndo): Promise<Result<RestoredSchema, RestoreFailure>> {
  const schema = await undoSchemaAfter(undo);
  if (!schema.ok) return schema;
  const shell = await undoShell(undo, undo.entries, undo.desired);
  return mapped(shell, (refused) => ({ ...schema.value, refused: [...schema.value.refused, ...refused] }));
}

/**
 * Opens the taking back of what a run that had made a sandbox has created of the project: it does not go with the
 * sandbox. All that may be missing is read here, before anything is deleted.
 *
 * @param listed the environments that there are
 */
export async function projectUndoing(
  run: RestoreRun,
  sides: Sides,
  listed: readonly Environment[],
  store: Store,
  entries: readonly JournalEntry[],
): Promise<Result<() => Promise<Result<readonly Refused[], RestoreFailure>>, RestoreFailure>> {
  const primary = listed.find((each) => each.primary);
  if (!run.flags.shell || primary === undefined) return succeeded(async () => succeeded([]));
  const wanted = await wantedBy(run, sides, listed, store);
  if (!wanted.ok) return wanted;
  const side = await sides.environment(primary);
  if (!side.ok) return side;
  const effects = { reader: side.value.reader, writes: sides.writes(primary.id) };
  return succeeded(() => undoShell(effects, entries, wanted.value.documents));
}

/**
 * A schema that changes may make versions of records: those that nobody else has changed until then are noted anew. An
 * undo that was cut off meanwhile had noted which ones these are.
 */
async function undoBefore(undo: SchemaUndo, run: KeptRun): Promise<Result<RestoredSchema, RestoreFailure>> {
  const { left, undoing } = run.current();
  const now = await versionsOf(undo.reader, Object.keys(left.records));
  if (!now.ok) return now;
  const trusted = new Set(undoing.schema);
  const asLeft = [...now.value]
    .filter(([id, version]) => left.records[id] === version || trusted.has(id))
    .map(([id]) => id);
  const begun = await run.change({ undoing: { ...undoing, schema: asLeft } });
  if (!begun.ok) return begun;
  const done = await undoSchemaBefore(undo);
  if (!done.ok) return done;
  const isChanged = done.value.written.length + trusted.size > 0;
  const after = await versionsOf(undo.reader, isChanged ? asLeft : []);
  if (!after.ok) return after;
  const records = { ...left.records, ...Object.fromEntries(after.value) };
  const noted = await run.change({ left: { ...left, records }, undoing: { ...undoing, schema: [] } });
  return noted.ok ? done : noted;
}

export interface UndoParts {
  readonly sides: Sides;
  readonly side: EnvironmentSide;
  /** The environments that there are. */
  readonly listed: readonly Environment[];
  /** Where the run is kept. */
  readonly store: Store;
  readonly writes: ContentWrites;
  readonly clock: Clock;
}
