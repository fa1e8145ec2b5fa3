import { isJsonObject, type Json } from "../../../../utils/json.ts";
import type { Model, Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";

/**
 * Single records come back into the schema that there is: it may have got fields since that the source knows nothing of,
 * and lost others.
 */

/**
 * The target's schema without the fields that the source does not have: what is in them is nobody's business.
 *
 * @param isWhole whether such fields count in records all the same, as in a mirror; in blocks they never do
 */
export function knownSchema(target: Schema, source: Schema, isWhole: boolean): Schema {
  const models = [...target.models].map(([id, model]): [string, Model] => {
    const known = new Set(source.models.get(id)?.fields.map(({ apiKey }) => apiKey));
    if (isWhole && !model.isBlock) return [id, model];
    return [id, { ...model, fields: model.fields.filter(({ apiKey }) => known.has(apiKey)) }];
  });
  return { ...target, models: new Map(models) };
}

/** A record with nothing in the fields that the source does not have. */
export function emptiedFor(line: RecordLine, target: Schema): RecordLine {
  const fields = target.models.get(line.model)?.fields ?? [];
  const emptied = (body: RecordLine["current"]) => {
    const values = fields.flatMap(({ apiKey, isLocalized }): [string, Json][] =>
      apiKey in body.attributes ? [] : [[apiKey, isLocalized ? nothingIn(localesOf(body, fields)) : null]],
    );
    return { ...body, attributes: { ...body.attributes, ...Object.fromEntries(values) } };
  };
  return { ...line, current: emptied(line.current), published: line.published && emptied(line.published) };
}

/** API keys of the fields in which a record has something, and that its model in the target does not have. */
export function fieldsLost({ model, current }: RecordLine, target: Schema, source: Schema): string[] {
  const there = new Set(target.models.get(model)?.fields.map(({ apiKey }) => apiKey));
  const lost = (source.models.get(model)?.fields ?? []).filter(({ apiKey }) => !there.has(apiKey));
  return lost.map(({ apiKey }) => apiKey).filter((apiKey) => (current.attributes[apiKey] ?? null) !== null);
}

/** All localized fields of a record have the same locales (facts 1.4). */
function localesOf({ attributes }: RecordLine["current"], fields: Model["fields"]): string[] {
  for (const { apiKey, isLocalized } of fields) {
    const value = attributes[apiKey];
    if (isLocalized && isJsonObject(value ?? null)) return Object.keys(value ?? {});
  }
  return [];
}

function nothingIn(locales: readonly string[]): Json {
  return locales.length === 0 ? null : Object.fromEntries(locales.map((locale) => [locale, null]));
}
