import { isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";

/** What a field's validators say of models and of other fields, and how strict they are. */

/** Validators that allow links to records: they also say what becomes of a link. */
const LINKS = ["item_item_type", "items_item_type", "structured_text_links"];
/** Validators that allow blocks: a block that a field allows no longer goes. */
const BLOCKS = [
  "rich_text_blocks",
  "single_block_blocks",
  "structured_text_blocks",
  "structured_text_inline_blocks",
];
/** Validators that hold a list of models. */
const LISTS = [...LINKS, ...BLOCKS];
const TITLE_FIELD = "slug_title_field";
const PUBLISHING = "on_publish_with_unpublished_references_strategy";
/** Strategies that a validator has which names none (`@datocms/cma-client` 5.8.1). */
const DEFAULT_STRATEGIES: Readonly<Record<string, (validator: string) => string>> = {
  [PUBLISHING]: () => "fail",
  on_reference_unpublish_strategy: (validator) =>
    validator === "structured_text_links" ? "delete_references" : "fail",
  on_reference_delete_strategy: () => "delete_references",
};

/** The validators of a field; none where it has none. */
export function validatorsOf({ attributes: { validators } }: Resource): JsonObject {
  return isJsonObject(validators) ? validators : {};
}

/** The models that validators name, each once. */
export function modelsNamed(validators: JsonObject): string[] {
  return [...new Set(LISTS.flatMap((name) => modelsIn(validators[name])))];
}

/** The block models that validators allow, each as `validator model`. */
export function blocksAllowed(validators: JsonObject): string[] {
  return BLOCKS.flatMap((name) => modelsIn(validators[name]).map((id) => `${name} ${id}`));
}

/** The field that a slug is made from; undefined where validators name none. */
export function titleFieldIn(validators: JsonObject): string | undefined {
  const validator = validators[TITLE_FIELD];
  const id = isJsonObject(validator) ? validator.title_field_id : undefined;
  return typeof id === "string" ? id : undefined;
}

/** Validators without the models, and without the field, that are not there. */
export function validatorsWith(
  validators: JsonObject,
  isModel: (id: string) => boolean,
  isField: (id: string) => boolean,
): JsonObject {
  const kept = Object.entries(validators).filter(
    ([name]) => name !== TITLE_FIELD || isField(titleFieldIn(validators) ?? ""),
  );
  return Object.fromEntries(
    kept.map(([name, value]): [string, Json] => {
      if (!LISTS.includes(name) || !isJsonObject(value)) return [name, value];
      return [name, { ...value, item_types: modelsIn(value).filter(isModel) }];
    }),
  );
}

/** Only the validators that name models or fields: without them a field of its type cannot be. */
export function structural(validators: JsonObject): JsonObject {
  const kept = Object.entries(validators).filter(([name]) => LISTS.includes(name) || name === TITLE_FIELD);
  return Object.fromEntries(kept);
}

/**
 * Validators under which every archived body can be written, whatever it breaks, and records that need each other can
 * be published: the publication of one publishes the other.
 */
export function loosened(validators: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(structural(validators)).map(([name, value]): [string, Json] => {
      if (!LINKS.includes(name) || !isJsonObject(value)) return [name, value];
      return [name, { ...value, [PUBLISHING]: "publish_references" }];
    }),
  );
}

/**
 * What a field's validators become before content is written: those that are not wanted go, lists of models hold those
 * of both sides, and what is only wanted waits until content is there. They are never looser than both sides are.
 */
export function widened(found: JsonObject, wanted: JsonObject): JsonObject {
  const kept = Object.entries(found).flatMap(([name, value]): [string, Json][] => {
    const other = wanted[name];
    if (LISTS.includes(name)) return [[name, joined(value, other)]];
    return other === undefined ? [] : [[name, other]];
  });
  const added = Object.entries(structural(wanted)).filter(([name]) => found[name] === undefined);
  return Object.fromEntries([...kept, ...added]);
}

/** The validators of a field that is there, with those of some models in its lists that were wanted there. */
export function rejoined(
  found: JsonObject,
  wanted: JsonObject,
  isBack: (modelId: string) => boolean,
): JsonObject {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]): [string, Json] => {
      const back = LISTS.includes(name) ? modelsIn(wanted[name]).filter(isBack) : [];
      if (!isJsonObject(value) || back.length === 0) return [name, value];
      return [name, { ...value, item_types: [...new Set([...modelsIn(value), ...back])] }];
    }),
  );
}

/** Validators in the one form in which equal ones are equal. */
export function canonicalValidators(validators: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(validators).map(([name, value]): [string, Json] => {
      if (!LISTS.includes(name) || !isJsonObject(value)) return [name, value];
      const members = Object.entries(value).filter(
        ([member, set]) => DEFAULT_STRATEGIES[member]?.(name) !== set,
      );
      return [name, { ...Object.fromEntries(members), item_types: modelsIn(value).toSorted() }];
    }),
  );
}

function joined(found: Json, wanted: Json | undefined): Json {
  if (!isJsonObject(found)) return wanted ?? found;
  if (!isJsonObject(wanted)) return found;
  return { ...wanted, item_types: [...new Set([...modelsIn(found), ...modelsIn(wanted)])] };
}

function modelsIn(validator: Json | undefined): string[] {
  const ids = isJsonObject(validator) ? validator.item_types : undefined;
  return isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}
