import { isArray, isJsonObject, type Json, type JsonObject } from "../../../utils/json.ts";
import { type Resource, relatedId, textOf } from "./resource.ts";

/** A field, as far as values have to be understood. */
export interface Field {
  readonly apiKey: string;
  /** DatoCMS's `field_type`. */
  readonly type: string;
  readonly isLocalized: boolean;
}

/** A model or block model. */
export interface Model {
  readonly id: string;
  readonly apiKey: string;
  readonly name: string;
  readonly isBlock: boolean;
  readonly fields: readonly Field[];
  /** Whether its records can hold blocks, whose content only a nested reading shows. */
  readonly holdsBlocks: boolean;
  /**
   * Its own definition and that of every block model that its records can hold: what is stored of a record under
   * another definition says nothing of what it is now.
   */
  readonly definition: JsonObject;
}

/** A project's schema as one environment has it. */
export interface Schema {
  readonly site: Resource;
  /** Resources as they were sent. */
  readonly itemTypes: readonly Resource[];
  readonly fields: readonly Resource[];
  readonly fieldsets: readonly Resource[];
  /** By id; block models too. */
  readonly models: ReadonlyMap<string, Model>;
}

/** Validators that name the block models of a field. */
const BLOCK_VALIDATORS = [
  "rich_text_blocks",
  "single_block_blocks",
  "structured_text_blocks",
  "structured_text_inline_blocks",
];

/**
 * Understands `GET /site?include=item_types,item_types.fields,item_types.fieldsets`.
 *
 * @param included everything that came with the site
 */
export function schemaFrom(site: Resource, included: readonly Resource[]): Schema {
  const ofType = (type: string) => included.filter((resource) => resource.type === type);
  const [itemTypes, fields, fieldsets] = [ofType("item_type"), ofType("field"), ofType("fieldset")];
  const fieldsOf = new Map(itemTypes.map(({ id }): [string, Resource[]] => [id, []]));
  for (const field of fields) fieldsOf.get(relatedId(field, "item_type") ?? "")?.push(field);
  const models = itemTypes.map((itemType) => {
    const own = fieldsOf.get(itemType.id) ?? [];
    const model: Model = {
      id: itemType.id,
      apiKey: textOf(itemType, "api_key") ?? itemType.id,
      name: textOf(itemType, "name") ?? itemType.id,
      isBlock: itemType.attributes.modular_block === true,
      fields: own.map(fieldFrom),
      holdsBlocks: own.some((field) => blockModelsOf(field).length > 0),
      definition: { project: settingsOf(site), models: reachable(itemType.id, fieldsOf) },
    };
    return [model.id, model] as const;
  });
  return { site, itemTypes, fields, fieldsets, models: new Map(models) };
}

function fieldFrom(field: Resource): Field {
  return {
    apiKey: textOf(field, "api_key") ?? field.id,
    type: textOf(field, "field_type") ?? "",
    isLocalized: field.attributes.localized === true,
  };
}

function blockModelsOf(field: Resource): string[] {
  const { validators } = field.attributes;
  if (!isJsonObject(validators)) return [];
  return BLOCK_VALIDATORS.flatMap((name) => {
    const validator = validators[name];
    const ids = isJsonObject(validator) ? validator.item_types : undefined;
    return isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  });
}

/** The fields of a model and of every block model that its records can hold, by the models' ids. */
function reachable(modelId: string, fieldsOf: ReadonlyMap<string, readonly Resource[]>): JsonObject {
  const found = new Map<string, Json>();
  const open = [modelId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    const fields = fieldsOf.get(id) ?? [];
    found.set(id, Object.fromEntries(fields.map((field) => [field.id, field.attributes])));
    open.push(...fields.flatMap(blockModelsOf));
  }
  return Object.fromEntries(found);
}

/** What of a project's settings decides how values look. */
function settingsOf({ attributes: { locales, timezone }, meta }: Resource): JsonObject {
  return { locales: locales ?? null, timezone: timezone ?? null, meta: meta ?? null };
}
