import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import { isSameJson, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity, Refused, RestoreFailure } from "../words.ts";
import { converge, type SchemaEffects } from "./converge.ts";
import { readDocuments } from "./documents.ts";
import { relatedTo } from "./form.ts";
import { byId, entityOf, listOf } from "./kinds.ts";
import { change, keyOf, type Step } from "./requests.ts";
import { canonicalValidators, loosened, structural, validatorsOf, validatorsWith } from "./validators.ts";
import { withBlockModels } from "./wishes.ts";

/** The validators that a field had before they were loosened. JSON: a run's file holds it. */
export interface OriginalValidators {
  /** The field's id. */
  readonly id: string;
  readonly validators: JsonObject;
}

/**
 * Loosens the validators of models, and of the block models that their records can hold, so that every archived body
 * can be written and published. Only for sandboxes. Called again it loosens what is still strict.
 *
 * @param models ids
 * @param keep resolves once the originals are in the run's file, beside those that are there: of a field that is in it
 *   already, the first counts. Nothing is loosened before, and nothing where it fails
 * @returns the originals of what was loosened now: none where nothing was strict, or DatoCMS refuses it
 */
export async function loosenValidators(
  effects: SchemaEffects,
  models: ReadonlySet<string>,
  keep: (originals: readonly OriginalValidators[]) => Promise<Result<unknown, RestoreFailure>>,
): Promise<Result<readonly OriginalValidators[], RestoreFailure>> {
  const read = await readDocuments(effects.reader);
  if (!read.ok) return read;
  const originals = strictFields(read.value, models).map((field) => ({
    id: field.id,
    validators: validatorsOf(field),
  }));
  if (originals.length === 0) return succeeded([]);
  const kept = await keep(originals);
  if (!kept.ok) return kept;
  const loosening = await converge(effects, (observed) => [
    strictFields(observed, models).map((field) => validating(field, loosened(validatorsOf(field)))),
  ]);
  return mapped(loosening, ({ written }) =>
    originals.filter(({ id }) => written.has(keyOf({ kind: "field", id }))),
  );
}

/**
 * Puts validators back that were loosened, once all records are written and before the schema's second phase. Called
 * again it does what is left; a field that is strict again is left as it is, and so is one that is gone.
 *
 * @returns the fields that stay loose, seen in a last reading: with DatoCMS's code, `NOT_EQUAL`, or `CHANGED_SINCE`
 *   where somebody else has changed the validators meanwhile
 */
export async function tightenValidators(
  effects: SchemaEffects,
  originals: readonly OriginalValidators[],
): Promise<Result<readonly Refused[], RestoreFailure>> {
  if (originals.length === 0) return succeeded([]);
  const done = await converge(effects, (observed) => [
    looseFields(observed, originals)
      .filter(({ isOurs }) => isOurs)
      .map(({ field, wanted }) => validating(field, wanted)),
  ]);
  return mapped(done, ({ observed, left, refusals }) => [
    ...left.map((step) => refusals.get(keyOf(step)) ?? stillLoose(step, "NOT_EQUAL")),
    ...looseFields(observed, originals)
      .filter(({ isOurs }) => !isOurs)
      .map(({ field }) => stillLoose(entityOf("field", field), "CHANGED_SINCE")),
  ]);
}

function strictFields(documents: Documents, models: ReadonlySet<string>): Resource[] {
  const reached = withBlockModels(documents, [...models]);
  return (listOf(documents, "field") ?? []).filter((field) => {
    const validators = validatorsOf(field);
    return reached.has(relatedTo(field, "item_type") ?? "") && !areSame(validators, loosened(validators));
  });
}

interface LooseField {
  readonly field: Resource;
  readonly wanted: JsonObject;
  /** Whether its validators are those that loosening leaves. */
  readonly isOurs: boolean;
}

/** Fields that have none of the validators that only restrict, and had some. */
function looseFields(observed: Documents, originals: readonly OriginalValidators[]): LooseField[] {
  const [models, fields] = [byId(observed, "model"), byId(observed, "field")];
  return originals.flatMap(({ id, validators }) => {
    const field = fields.get(id);
    if (field === undefined) return [];
    // Models of a list may have been deleted since.
    const isModel = (model: string) => models.has(model);
    const wanted = validatorsWith(validators, isModel, (title) => fields.has(title));
    const now = validatorsOf(field);
    if (areSame(now, wanted) || !areSame(now, structural(now))) return [];
    const isOurs = areSame(now, loosened(wanted)) || areSame(now, structural(wanted));
    const wasStricter = !areSame(wanted, structural(wanted));
    return isOurs || wasStricter ? [{ field, wanted, isOurs }] : [];
  });
}

function validating(field: Resource, validators: JsonObject): Step {
  return change("field", field, { validators });
}

function areSame(one: JsonObject, other: JsonObject): boolean {
  return isSameJson(canonicalValidators(one), canonicalValidators(other));
}

function stillLoose({ id, name }: Entity, code: string): Refused {
  const sentence = `The field ${name} has not got all of its validators back (${code}).`;
  return { what: "field", id, code, sentence };
}
