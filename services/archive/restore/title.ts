import { cutText } from "../../../utils/cutText.ts";
import { isArray, isJsonObject, type Json } from "../../../utils/json.ts";
import { type Resource, relatedId } from "../../sources/datocms/resource.ts";
import type { Field, Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";

/** A field's value may be a whole page of text; a title in UTF-16 units. */
const LONGEST_TITLE = 120;
/** Types of fields whose values are texts of their own. */
const TEXTS = ["string", "slug", "text"];

/**
 * What people know a record by: its model's title field in the project's first locale that has one, else its first
 * field of one line.
 *
 * @returns undefined where both are empty
 */
export function titleOf(line: Pick<RecordLine, "current">, schema: Schema): string | undefined {
  const [title] = titlesOf(line, schema);
  return title === undefined ? undefined : cutText(title, LONGEST_TITLE, "…");
}

/** The same uncut, and in every locale; none where both fields are empty. */
export function titlesOf({ current }: Pick<RecordLine, "current">, schema: Schema): string[] {
  for (const field of titleFieldsOf(relatedId(current, "item_type") ?? "", schema)) {
    const texts = textsIn(current.attributes[field.apiKey] ?? null, field, schema);
    if (texts.length > 0) return texts;
  }
  return [];
}

function textsIn(value: Json, { isLocalized }: Field, schema: Schema): string[] {
  const values = isLocalized && isJsonObject(value) ? byLocale(value, schema) : [value];
  return values.filter((text) => typeof text === "string").filter((text) => text.trim() !== "");
}

/** In the project's order of locales; then those that it no longer has. */
function byLocale(value: Readonly<Record<string, Json>>, { site }: Schema): (Json | undefined)[] {
  const { locales } = site.attributes;
  const known = isArray(locales) ? locales.filter((locale) => typeof locale === "string") : [];
  const names = new Set([...known, ...Object.keys(value)]);
  return [...names].map((locale) => value[locale]);
}

/** Found once for each schema: a restore asks for every record. */
const found = new WeakMap<Schema, Map<string, readonly Field[]>>();

function titleFieldsOf(modelId: string, schema: Schema): readonly Field[] {
  const ofSchema = found.get(schema) ?? new Map<string, readonly Field[]>();
  found.set(schema, ofSchema);
  const known = ofSchema.get(modelId);
  if (known !== undefined) return known;
  const fields = findTitleFields(modelId, schema);
  ofSchema.set(modelId, fields);
  return fields;
}

function findTitleFields(modelId: string, { itemTypes, fields, models }: Schema): Field[] {
  const itemType = itemTypes.find(({ id }) => id === modelId);
  const titleFieldId = itemType && relatedId(itemType, "title_field");
  const own = fields.filter((field) => relatedId(field, "item_type") === modelId).toSorted(byPosition);
  const named = own.filter(({ id }) => id === titleFieldId);
  const first = own.filter(({ attributes }) => attributes.field_type === "string").slice(0, 1);
  const known = models.get(modelId)?.fields ?? [];
  return [...named, ...first]
    .flatMap(({ attributes }) => known.find(({ apiKey }) => apiKey === attributes.api_key) ?? [])
    .filter(({ type }) => TEXTS.includes(type));
}

function byPosition(one: Resource, other: Resource): number {
  return Number(one.attributes.position ?? 0) - Number(other.attributes.position ?? 0);
}
