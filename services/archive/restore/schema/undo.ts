import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import { SILENT } from "../journal.ts";
import type { Documents, Entity, JournalEntry, RestoreFailure } from "../words.ts";
import { readDocuments } from "./documents.ts";
import { byId, isKind, KINDS, type Kind } from "./kinds.ts";
import { keyOf } from "./requests.ts";
import { phaseAfter, phaseBefore, type RestoredSchema, type SchemaRestore } from "./restoreSchema.ts";
import { targetFor } from "./target.ts";
import { asBefore, type Undoing, undoing } from "./undoing.ts";

/** A restore that is to be undone, with what it was given: that tells what is its own. Its journal is not written to. */
export type SchemaUndo = Omit<SchemaRestore, "journal" | "plan" | "earlier"> & {
  /** All that the restore noted; what is no part of a schema is passed over. */
  readonly entries: readonly JournalEntry[];
};

const AT_ONCE = 4;

/**
 * Puts back what a restore changed of a schema, as far as records need it: deleted things are created again, changed
 * ones let in what they let in before. Then the records are put back, then comes `undoSchemaAfter`.
 *
 * @returns refused with `CHANGED_SINCE`: what somebody changed since the restore; it stays as it is
 */
export function undoSchemaBefore(undo: SchemaUndo): Promise<Result<RestoredSchema, RestoreFailure>> {
  return undone(undo, phaseBefore, () => Promise.resolve(succeeded(new Set())));
}

/**
 * Ends the undoing of a schema: rules, orders, and what the restore created goes. A model that has records stays, and is
 * refused with `CHANGED_SINCE`: those of the restore are gone by now.
 */
export function undoSchemaAfter(undo: SchemaUndo): Promise<Result<RestoredSchema, RestoreFailure>> {
  return undone(undo, phaseAfter, (observed) => modelsInUse(undo, observed));
}

async function undone(
  undo: SchemaUndo,
  phase: typeof phaseAfter,
  usedIn: (observed: Documents) => Promise<Result<ReadonlySet<string>, RestoreFailure>>,
): Promise<Result<RestoredSchema, RestoreFailure>> {
  const { entries, wishes, desired } = undo;
  const read = await readDocuments(undo.reader);
  if (!read.ok) return read;
  const used = await usedIn(read.value);
  if (!used.ok) return used;
  const created = new Set(entries.filter(({ before }) => before === null).map(nameOf));
  const deleted = deletedBy(undo);
  const isNew = (kind: Kind, id: string) => created.has(keyOf({ kind, id }));
  const inverse = (observed: Documents): Undoing => {
    const made = targetFor(desired, asBefore(entries, observed), wishes, isNew);
    return undoing({ entries, made, deleted, inUse: used.value }, observed);
  };
  const first = inverse(read.value);
  const restore = {
    ...undo,
    journal: SILENT,
    wishes: { mode: "mirror" as const, kinds: KINDS, allowPluginHost: true },
    plan: { create: [], delete: first.delete },
  };
  const done = await phase(restore, (observed) => inverse(observed).desired);
  return mapped(done, (result) => ({ ...result, refused: [...first.refused, ...result.refused] }));
}

/** Things that a mirror was to delete: it noted them, and its source does not have them. */
function deletedBy({ entries, desired, wishes }: SchemaUndo): Entity[] {
  if (wishes.mode !== "mirror") return [];
  return entries.flatMap((entry) => {
    const { what, id, before } = entry;
    const isOurs = isKind(what) && wishes.kinds.includes(what) && before !== null;
    return isOurs && !byId(desired, what).has(id) ? [{ kind: what, id, name: id }] : [];
  });
}

function nameOf({ what, id }: JournalEntry): string {
  return keyOf({ kind: what, id });
}

/** Models that the restore created and that have records. */
async function modelsInUse(
  { reader, entries }: SchemaUndo,
  observed: Documents,
): Promise<Result<ReadonlySet<string>, RestoreFailure>> {
  const models = byId(observed, "model");
  const created = entries
    .filter(({ what, id, before }) => what === "model" && before === null && models.has(id))
    .filter(({ id }) => models.get(id)?.attributes.modular_block !== true);
  const counts = await sideBySide(created, AT_ONCE, async ({ id }) =>
    mapped(await reader.count(id), (records) => (records > 0 ? [id] : [])),
  );
  return mapped(counts, (ids) => new Set(ids.flat()));
}
