import { isArray, isJsonObject, type Json } from "../../../../utils/json.ts";
import { type Resource, relatedId } from "../../../sources/datocms/resource.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";

/**
 * A record with every locale that its model demands today: what it never had is empty. A locale that was added since
 * would else keep the record from coming back.
 */
export function withAllLocales(record: Resource, schema: Schema): Resource {
  const modelId = relatedId(record, "item_type") ?? "";
  const demands = schema.itemTypes.find(({ id }) => id === modelId)?.attributes.all_locales_required === true;
  const { locales } = schema.site.attributes;
  if (!demands || !isArray(locales)) return record;
  const empty = Object.fromEntries(locales.map((locale): [string, Json] => [String(locale), null]));
  const localized = (schema.models.get(modelId)?.fields ?? []).filter(({ isLocalized }) => isLocalized);
  const filled = localized.map(({ apiKey }): [string, Json] => {
    const value = record.attributes[apiKey] ?? null;
    return [apiKey, isJsonObject(value) ? { ...empty, ...value } : value];
  });
  return { ...record, attributes: { ...record.attributes, ...Object.fromEntries(filled) } };
}
