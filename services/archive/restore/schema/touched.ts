import type { Documents, Entity } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, listOf, siteOf, type Thing } from "./kinds.ts";
import { localesOf } from "./locales.ts";
import { blocksAllowed, modelsNamed, validatorsOf } from "./validators.ts";
import { modelOf, withBlockModels } from "./wishes.ts";

/** Members of a field that decide under which key and in which form its values stand. */
const FORM_OF_VALUES = ["api_key", "field_type", "localized"];
/** Members of a model that decide where its records stand. */
const PLACE_OF_RECORDS = ["tree", "sortable", "workflow"];

interface Change extends Entity {
  readonly members: readonly string[];
}

/**
 * Ids of the models whose records a change of the schema rewrites, or takes values from: their own fields, those of their
 * blocks, locales, stages. Pure.
 *
 * @param wanted the schema as it becomes
 * @param observed the schema as it is
 * @param deleted what goes of it
 * @param changes what changes in it
 */
export function touchedModels(
  wanted: Documents,
  observed: Documents,
  deleted: readonly Thing[],
  changes: readonly Change[],
): string[] {
  const touched = new Set([
    ...deleted.flatMap((thing) => modelsLosing(thing, observed)),
    ...changes.flatMap((change) => modelsRewritten(change, wanted, observed)),
  ]);
  return [...byId(observed, "model").values()]
    .filter(({ attributes }) => attributes.modular_block !== true)
    .filter(({ id }) => [...withBlockModels(observed, [id])].some((each) => touched.has(each)))
    .map(({ id }) => id)
    .toSorted();
}

/** Ids of the models whose records can link to records of some models, their blocks included. Pure. */
export function modelsLinkingTo(observed: Documents, modelIds: ReadonlySet<string>): string[] {
  const fields = listOf(observed, "field") ?? [];
  const linking = new Set(
    fields
      .filter((field) => modelsNamed(validatorsOf(field)).some((id) => modelIds.has(id)))
      .map((field) => modelOf("field", field)),
  );
  return [...byId(observed, "model").values()]
    .filter(({ attributes }) => attributes.modular_block !== true)
    .filter(({ id }) => [...withBlockModels(observed, [id])].some((each) => linking.has(each)))
    .map(({ id }) => id);
}

function modelsLosing({ kind, resource }: Thing, observed: Documents): readonly string[] {
  if (kind === "workflow") return modelsWith(resource.id, observed);
  const model = kind === "model" || kind === "field" ? modelOf(kind, resource) : undefined;
  return model === undefined ? [] : [model];
}

function modelsRewritten(
  { kind, id, members }: Change,
  wanted: Documents,
  observed: Documents,
): readonly string[] {
  if (kind === "model") return members.some((member) => PLACE_OF_RECORDS.includes(member)) ? [id] : [];
  if (kind === "workflow") return members.includes("stages") ? modelsWith(id, observed) : [];
  if (kind === "site")
    return members.includes("locales") && losesLocale(wanted, observed) ? localizedModels(observed) : [];
  const [becomes, is] = [byId(wanted, "field").get(id), byId(observed, "field").get(id)];
  if (kind !== "field" || becomes === undefined || is === undefined) return [];
  const allowed = blocksAllowed(validatorsOf(becomes));
  const isNarrower = blocksAllowed(validatorsOf(is)).some((each) => !allowed.includes(each));
  const isRewritten = isNarrower || members.some((member) => FORM_OF_VALUES.includes(member));
  return isRewritten ? [modelOf("field", is) ?? ""] : [];
}

function modelsWith(workflowId: string, observed: Documents): string[] {
  const models = [...byId(observed, "model").values()];
  return models.filter((model) => relatedTo(model, "workflow") === workflowId).map(({ id }) => id);
}

function losesLocale(wanted: Documents, observed: Documents): boolean {
  const [becomes, is] = [siteOf(wanted), siteOf(observed)];
  if (becomes === undefined || is === undefined) return false;
  const kept = localesOf(becomes);
  return localesOf(is).some((locale) => !kept.includes(locale));
}

function localizedModels(observed: Documents): string[] {
  return (listOf(observed, "field") ?? [])
    .filter(({ attributes }) => attributes.localized === true)
    .map((field) => modelOf("field", field) ?? "");
}
