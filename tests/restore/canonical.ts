import type { Content } from "../../emulator/content/content.ts";
import { instantOf } from "../../emulator/content/dates.ts";
import { numberIn } from "../../emulator/content/exactNumbers.ts";
import { emptyValue } from "../../emulator/content/records/blank.ts";
import { isNode } from "../../emulator/content/records/dast.ts";
import { Block, type Values } from "../../emulator/content/records/item.ts";
import type { Field, FieldAttributes } from "../../emulator/content/schema/field.ts";

/**
 * A body in the form in which two of them are compared (facts 8): the fields of the schema and no others, blocks in
 * place, dates as instants, numbers by value, what is left out filled in.
 */
export function bodyOf(content: Content, modelId: string, values: Values): Record<string, unknown> {
  return Object.fromEntries(
    content.fieldsOf(modelId).map((field) => {
      const { api_key, localized } = field.attributes;
      const value = values[api_key];
      if (!localized) return [api_key, shownValue(content, field, value)];
      const locales = isNode(value) ? Object.entries(value) : [];
      return [
        api_key,
        Object.fromEntries(locales.map(([locale, part]) => [locale, shownValue(content, field, part)])),
      ];
    }),
  );
}

const emptyFile = { alt: null, title: null, custom_data: {}, focal_point: null, poster_time: null };
const emptySeo = { title: null, description: null, image: null, twitter_card: null, no_index: false };

function shownValue(content: Content, field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return emptyValue(field);
  switch (field.attributes.field_type) {
    case "date_time":
      return typeof value === "string" ? momentOf(content, value) : value;
    case "float":
      return numberIn(value) ?? value;
    case "file":
      return { ...emptyFile, ...(isNode(value) ? value : {}) };
    case "gallery":
      return Array.isArray(value) ? value.map((each) => ({ ...emptyFile, ...each })) : value;
    case "seo":
      return { ...emptySeo, ...(isNode(value) ? value : {}) };
    case "rich_text":
    case "single_block":
    case "structured_text":
      return partOf(content, value);
    default:
      return value;
  }
}

/** Blocks with all that they hold; nodes of structured text without marks have none. */
function partOf(content: Content, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => partOf(content, each));
  if (value instanceof Block) {
    return { id: value.id, model: value.modelId, values: bodyOf(content, value.modelId, value.values) };
  }
  if (!isNode(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, partOf(content, member)]);
  return { ...(value.type === "span" ? { marks: [] } : {}), ...Object.fromEntries(members) };
}

/** Older projects keep the wall clock without a zone: it is no instant (facts 1.4). */
function momentOf({ site }: Content, text: string): string {
  const wallClock = site.flags.improved_timezone_management
    ? text
    : text.replace(/(?:Z|[+-]\d{2}:?\d{2})$/, "");
  const at = instantOf(wallClock);
  return at === undefined ? text : new Date(at).toISOString();
}

/** Lists of models stand in no order. */
export function validatorsOf(validators: FieldAttributes["validators"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(validators).map(([name, { item_types, ...rest }]) => [
      name,
      Array.isArray(item_types) ? { ...rest, item_types: item_types.toSorted() } : rest,
    ]),
  );
}
