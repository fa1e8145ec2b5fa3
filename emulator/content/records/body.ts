import { Refusal } from "../../errors.ts";
import type { Edit } from "../edit.ts";
import type { Field } from "../schema/field.ts";
import type { Model } from "../schema/model.ts";
import { isNode } from "./dast.ts";
import { type Input, readValue, refuseFor } from "./input.ts";
import type { Block, Values } from "./item.ts";
import type { Problem } from "./problems.ts";

export type Attributes = Readonly<Record<string, unknown>>;

/** What a record has that is written: both empty while it is created. */
export type Base = {
  readonly itemId: string | null;
  readonly values: Values | null;
  /** Of either body. */
  readonly blocks: ReadonlyMap<string, Block>;
};

/**
 * Reads the attributes of a create or an update into the values of a body (facts 5.3, 5.5).
 *
 * @returns all values: those sent, and those that were there or are defaults
 * @throws Refusal INVALID_FIELD, INVALID_ATTRIBUTES, INVALID_LOCALES or MISSING_LOCALES
 */
export function readBody(edit: Edit, model: Model, attributes: Attributes, base: Base): Values {
  refuseUnknownKeys(edit, model, attributes);
  const locales = localesFor(edit, model, attributes, base.values);
  const problems: Problem[] = [];
  const input: Input = {
    edit,
    itemId: base.itemId,
    blocks: base.blocks,
    problems,
    seen: new Set(),
    body: (modelId, sent, block) =>
      readFields(input, modelId, sent, block?.values ?? null, edit.content.site.locales),
  };
  const values = readFields(input, model.id, attributes, base.values, locales);
  refuseFor(problems, edit);
  return values;
}

function readFields(
  input: Input,
  modelId: string,
  attributes: Attributes,
  base: Values | null,
  locales: readonly string[],
): Values {
  const values: Record<string, unknown> = {};
  for (const field of input.edit.content.fieldsOf(modelId)) {
    const { api_key } = field.attributes;
    const isSent = Object.hasOwn(attributes, api_key);
    if (!isSent && base !== null) values[api_key] = base[api_key] ?? null;
    else values[api_key] = readField(input, field, attributes[api_key], { isNew: base === null, locales });
  }
  return values;
}

function readField(
  input: Input,
  field: Field,
  raw: unknown,
  { isNew, locales }: { isNew: boolean; locales: readonly string[] },
): unknown {
  const { api_key, localized } = field.attributes;
  const read = (value: unknown, locale: string | null) => {
    const before = input.problems.length;
    const stored = readValue(input, field, isNew ? (value ?? defaultOf(field, locale)) : value);
    placeProblems(input.problems, before, api_key, locale);
    return isNew ? withoutNull(field, stored) : stored;
  };
  if (!localized) return read(raw, null);
  const byLocale = isNode(raw) ? raw : undefined;
  if (raw !== null && raw !== undefined && byLocale === undefined) {
    input.problems.push({ field: api_key, code: "VALIDATION_INVALID" });
    return {};
  }
  const keys = byLocale === undefined ? locales : Object.keys(byLocale);
  return Object.fromEntries(keys.map((locale) => [locale, read(byLocale?.[locale], locale)]));
}

function placeProblems(problems: Problem[], from: number, apiKey: string, locale: string | null): void {
  for (let index = from; index < problems.length; index++) {
    const problem = problems[index];
    if (problem === undefined) continue;
    const field = problem.field === "" ? apiKey : `${apiKey}.${problem.field}`;
    problems[index] = { ...problem, field, ...(locale === null ? {} : { locale }) };
  }
}

/** A default counts unless it is nil or false; then there is nothing to take over (facts 5.3). */
function defaultOf({ attributes }: Field, locale: string | null): unknown {
  const { default_value } = attributes;
  const value = locale !== null && isNode(default_value) ? default_value[locale] : default_value;
  return value === false ? null : (value ?? null);
}

/** On create, a string or text without a value becomes "", a boolean false (facts 5.3). */
function withoutNull({ attributes }: Field, value: unknown): unknown {
  if (value !== null) return value;
  if (attributes.field_type === "string" || attributes.field_type === "text") return "";
  return attributes.field_type === "boolean" ? false : null;
}

/** All localized fields of a record have the same locales, of those that the project has (facts 1.4, 5.3). */
function localesFor(
  edit: Edit,
  model: Model,
  attributes: Attributes,
  base: Values | null,
): readonly string[] {
  const { content } = edit;
  const localized = content.fieldsOf(model.id).filter((field) => field.attributes.localized);
  const sent = localized.flatMap(({ attributes: { api_key } }) => {
    const value = attributes[api_key];
    return isNode(value) ? [Object.keys(value)] : [];
  });
  const before = localized.flatMap(({ attributes: { api_key } }) => {
    const value = base?.[api_key];
    return isNode(value) ? [Object.keys(value)] : [];
  })[0];
  const wanted = sent[0] ?? before ?? initialLocales(edit, model);
  const unknown = sent.flat().filter((locale) => !content.site.locales.includes(locale));
  if (unknown.length > 0) throw new Refusal("INVALID_LOCALES", { locales: [...new Set(unknown)] });
  const isChanged = before !== undefined && !sameSet(before, wanted);
  const isUneven = sent.some((locales) => !sameSet(locales, wanted));
  const isIncomplete =
    model.attributes.all_locales_required && sent.length > 0 && !sameSet(wanted, content.site.locales);
  if (isUneven || isIncomplete || (isChanged && sent.length < localized.length)) {
    throw new Refusal("MISSING_LOCALES", { locales: content.site.locales });
  }
  return wanted;
}

function initialLocales({ content }: Edit, { attributes }: Model): readonly string[] {
  const { locales } = content.site;
  return attributes.all_locales_required ? locales : locales.slice(0, 1);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

function refuseUnknownKeys({ content }: Edit, model: Model, attributes: Attributes): void {
  const known = new Set(content.fieldsOf(model.id).map((field) => field.attributes.api_key));
  const { tree, sortable } = model.attributes;
  if (tree || sortable) known.add("position");
  if (tree) known.add("parent_id");
  if (content.site.isLegacy) known.add("created_at").add("updated_at");
  const extraneous_attributes = Object.keys(attributes).filter((key) => !known.has(key));
  if (extraneous_attributes.length > 0) throw new Refusal("INVALID_ATTRIBUTES", { extraneous_attributes });
}
