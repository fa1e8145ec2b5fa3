import { isLosslessNumber } from "lossless-json";
import { isArray, isJsonObject, isSameJson, type Json, type JsonObject } from "../../../../utils/json.ts";
import { isResource, type Resource, relatedId } from "../../../sources/datocms/resource.ts";
import type { Field, Schema } from "../../../sources/datocms/schema.ts";

/** Members that DatoCMS fills in where a client leaves them out. */
const FILE: JsonObject = { alt: null, title: null, custom_data: {}, focal_point: null, poster_time: null };
const SEO: JsonObject = { title: null, description: null, image: null, twitter_card: null, no_index: false };
/** A time with an offset names an instant; one without is a wall-clock time of an old project. */
const HAS_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/;

/** What two readings of one record are compared by. */
export interface Comparing {
  /** Whose fields count. */
  readonly schema: Schema;
  /** Values of other locales do not count: their locale goes with the same restore. Undefined: all count. */
  readonly locales: ReadonlySet<string> | undefined;
}

/** The values of a record or block, by field, so that equal values are equal as canonical JSON. */
export function canonicalValues(record: Resource, comparing: Comparing): JsonObject {
  const values = fieldsOf(record, comparing).map((field): [string, Json] => [
    field.apiKey,
    canonicalValue(valueIn(record, field), field, comparing),
  ]);
  return Object.fromEntries(values);
}

function fieldsOf(record: Resource, { schema }: Comparing): readonly Field[] {
  return schema.models.get(relatedId(record, "item_type") ?? "")?.fields ?? [];
}

function valueIn({ attributes }: Resource, { apiKey }: Field): Json {
  return attributes[apiKey] ?? null;
}

/** The fields in which two records of one model differ, by API key. */
export function fieldsThatDiffer(one: Resource, other: Resource, comparing: Comparing): string[] {
  const isDifferent = (field: Field) => {
    const [value, another] = [valueIn(one, field), valueIn(other, field)];
    // Most are equal as they are written.
    if (isSameJson(value, another)) return false;
    return !isSameJson(canonicalValue(value, field, comparing), canonicalValue(another, field, comparing));
  };
  return fieldsOf(one, comparing)
    .filter(isDifferent)
    .map(({ apiKey }) => apiKey);
}

/** Whether two records of one model hold the same. */
export function isSameBody(one: Resource, other: Resource, comparing: Comparing): boolean {
  return fieldsThatDiffer(one, other, comparing).length === 0;
}

function canonicalValue(value: Json, field: Field, comparing: Comparing): Json {
  if (!field.isLocalized || !isJsonObject(value)) return canonicalOf(value, field.type, comparing);
  const byLocale = Object.entries(value)
    .filter(([locale]) => comparing.locales?.has(locale) ?? true)
    .map(([locale, each]): [string, Json] => [locale, canonicalOf(each, field.type, comparing)]);
  return Object.fromEntries(byLocale);
}

function canonicalOf(value: Json, type: string, comparing: Comparing): Json {
  if (value === null) return null;
  switch (type) {
    case "file":
      return filled(value, FILE);
    case "gallery":
      return isArray(value) ? value.map((file) => filled(file, FILE)) : value;
    case "seo":
      return filled(value, SEO);
    case "rich_text":
      return isArray(value) ? value.map((block) => canonicalBlock(block, comparing)) : value;
    case "single_block":
      return canonicalBlock(value, comparing);
    case "structured_text":
      return canonicalNode(value, comparing);
    case "date_time":
      return instantOf(value);
    case "integer":
    case "float":
      return numberOf(value);
    default:
      return value;
  }
}

function filled(value: Json, members: JsonObject): Json {
  if (!isJsonObject(value)) return value;
  const given = Object.entries(value).filter(([, member]) => member !== null);
  return { ...members, ...Object.fromEntries(given) };
}

function canonicalBlock(block: Json, comparing: Comparing): Json {
  if (!isResource(block)) return block;
  const model = relatedId(block, "item_type") ?? null;
  return { id: block.id, model, values: canonicalValues(block, comparing) };
}

/** DatoCMS keeps neither the order of a node's members nor empty lists. */
function canonicalNode(node: Json, comparing: Comparing): Json {
  if (isArray(node)) return node.map((each) => canonicalNode(each, comparing));
  if (!isJsonObject(node)) return node;
  const members = Object.entries(node).flatMap(([name, value]): [string, Json][] => {
    if ((name === "marks" || name === "meta") && isArray(value) && value.length === 0) return [];
    if (name === "item") return [[name, canonicalBlock(value, comparing)]];
    if (name === "children" || name === "document") return [[name, canonicalNode(value, comparing)]];
    return [[name, value]];
  });
  return Object.fromEntries(members);
}

function instantOf(value: Json): Json {
  if (typeof value !== "string" || !HAS_OFFSET.test(value)) return value;
  const at = Date.parse(value);
  return Number.isNaN(at) ? value : new Date(at).toISOString();
}

/** Numbers of the same value are equal however they are written: `1e3` and `1000`. */
function numberOf(value: Json): Json {
  if (!isLosslessNumber(value)) return value;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(value.value);
  if (match === null) return value;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + digits.length - kept.length;
  return kept === "" ? 0 : { digits: `${sign}${kept}`, power };
}
