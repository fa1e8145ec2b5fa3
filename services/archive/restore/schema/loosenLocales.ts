import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Refused, RestoreFailure } from "../words.ts";
import { converge, type SchemaEffects } from "./converge.ts";
import { readDocuments } from "./documents.ts";
import { byId } from "./kinds.ts";
import { change, keyOf, type Step } from "./requests.ts";

/**
 * Lets records of models be without some locales, as they may have been when they were archived. Only for sandboxes.
 *
 * @param models ids
 * @param keep resolves once the ids are in the run's file: nothing is changed before, and nothing where it fails
 * @returns ids of the models that demanded all locales and do not by now
 */
export async function loosenLocales(
  effects: SchemaEffects,
  models: ReadonlySet<string>,
  keep: (ids: readonly string[]) => Promise<Result<unknown, RestoreFailure>>,
): Promise<Result<readonly string[], RestoreFailure>> {
  const read = await readDocuments(effects.reader);
  if (!read.ok) return read;
  const ids = demanding(read.value, models, true).map(({ id }) => id);
  if (ids.length === 0) return succeeded([]);
  const kept = await keep(ids);
  if (!kept.ok) return kept;
  const loosening = await converge(effects, (observed) => [
    demanding(observed, models, true).map((model) => setting(model, false)),
  ]);
  return mapped(loosening, ({ written }) => ids.filter((id) => written.has(keyOf({ kind: "model", id }))));
}

/**
 * Lets models demand all locales again, once all records are written. Called again it does what is left.
 *
 * @param models ids that `loosenLocales` kept
 * @returns those that do not demand them, seen in a last reading
 */
export async function tightenLocales(
  effects: SchemaEffects,
  models: readonly string[],
): Promise<Result<readonly Refused[], RestoreFailure>> {
  if (models.length === 0) return succeeded([]);
  const done = await converge(effects, (observed) => [
    demanding(observed, new Set(models), false).map((model) => setting(model, true)),
  ]);
  return mapped(done, ({ left, refusals }) =>
    left.map((step) => refusals.get(keyOf(step)) ?? stillLoose(step)),
  );
}

function demanding(documents: Documents, ids: ReadonlySet<string>, isDemanding: boolean): Resource[] {
  const models = [...byId(documents, "model").values()].filter(({ id }) => ids.has(id));
  return models.filter(({ attributes }) => (attributes.all_locales_required === true) === isDemanding);
}

function setting(model: Resource, isDemanding: boolean): Step {
  return change("model", model, { all_locales_required: isDemanding });
}

function stillLoose({ id, name }: Step): Refused {
  const sentence = `The model ${name} does not demand all locales again, as it did.`;
  return { what: "model", id, code: "NOT_EQUAL", sentence };
}
