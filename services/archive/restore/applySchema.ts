import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { noteModels } from "./affected.ts";
import type { ApplyContext } from "./apply.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { restoreSchemaAfter, restoreSchemaBefore } from "./schema/restoreSchema.ts";
import type { Entity, Refused, RestoreFailure, Warning } from "./words.ts";

/** What was done to a schema. */
export interface SchemaDone {
  readonly written: readonly string[];
  readonly refused: readonly Refused[];
  readonly warnings: readonly Warning[];
}

const NOTHING_DONE: SchemaDone = { written: [], refused: [], warnings: [] };
const AT_ONCE = 4;

/** The first phase. Records that the schema rewrites, in this phase or the other, are noted before it. */
export async function schemaBefore(
  context: ApplyContext,
  { schema }: PlannedRestore,
): Promise<Result<SchemaDone, RestoreFailure>> {
  if (schema === undefined) return succeeded(NOTHING_DONE);
  const { into, journal } = context;
  if (schema.plan.touches.length > 0) {
    const is = await into.reader.schema();
    if (!is.ok) return is;
    const noted = await noteModels({ into, journal, schema: is.value }, schema.plan.touches);
    if (!noted.ok) return noted;
  }
  return restoreSchemaBefore({ ...effectsOf(context), ...schema });
}

/** The second phase. A model that has got records since the plan was made stays. */
export async function schemaAfter(
  context: ApplyContext,
  { schema }: PlannedRestore,
): Promise<Result<SchemaDone, RestoreFailure>> {
  if (schema === undefined) return succeeded(NOTHING_DONE);
  const models = schema.plan.delete.filter(({ kind }) => kind === "model");
  const used = await usedOf(context, models);
  if (!used.ok) return used;
  const inUse = new Set(used.value.map(({ id }) => id));
  const done = await restoreSchemaAfter({ ...effectsOf(context), ...schema, inUse });
  return mapped(done, (result) => ({ ...result, refused: [...result.refused, ...used.value.map(isUsed)] }));
}

function effectsOf({ into, writes, journal, earlier, clock }: ApplyContext) {
  return { reader: into.reader, writes, journal, earlier, clock };
}

/** Which models have records. Blocks go with their records. */
async function usedOf(
  { into: { reader } }: ApplyContext,
  models: readonly Entity[],
): Promise<Result<Entity[], RestoreFailure>> {
  if (models.length === 0) return succeeded([]);
  const schema = await reader.schema();
  if (!schema.ok) return schema;
  const holding = models.filter(({ id }) => schema.value.models.get(id)?.isBlock === false);
  const used = await sideBySide(holding, AT_ONCE, async (model) =>
    mapped(await reader.count(model.id), (records) => (records > 0 ? [model] : [])),
  );
  return mapped(used, (lists) => lists.flat());
}

function isUsed({ kind, id, name }: Entity): Refused {
  const sentence = `The model ${name} was not deleted: it has records that the plan did not delete.`;
  return { what: kind, id, code: "CHANGED_SINCE", sentence };
}
