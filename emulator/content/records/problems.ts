import type { Content } from "../content.ts";
import type { Field } from "../schema/field.ts";
import type { Model } from "../schema/model.ts";
import { isBlank } from "./blank.ts";
import { holdersOf } from "./indexes.ts";
import type { Values } from "./item.ts";
import { rulesOf } from "./rules.ts";
import { localesOf, ownBlocks } from "./walk.ts";

/** What is wrong with a value, as `details` of an error say it (facts 5.9). */
export type Problem = {
  /** Api key; of what is in blocks, every key and position on the way, joined by dots. */
  readonly field: string;
  readonly code: string;
  readonly locale?: string;
  readonly options?: Readonly<Record<string, unknown>>;
};

/**
 * What validators find in a body. Whether values have the right form is another question: what has not never gets
 * into a body.
 *
 * @returns every problem, in the order of the fields
 */
export function problemsOf(content: Content, modelId: string, values: Values): Problem[] {
  return content.fieldsOf(modelId).flatMap((field) => {
    const { api_key } = field.attributes;
    return localesOf(field, values[api_key] ?? null).flatMap(([locale, value]) => [
      ...problemsIn(content, field, value).map((problem) => placed(problem, api_key, locale)),
      ...ownBlocks(field, value).flatMap((block, index) =>
        problemsOf(content, block.modelId, block.values).map((problem) =>
          placed({ ...problem, field: `.${index}.${problem.field}` }, api_key, locale),
        ),
      ),
    ]);
  });
}

/**
 * @param before values that are not looked at again where they stay as they are
 * @returns a problem for each unique value that another record has too (facts 5.4: by model and locale)
 */
export function clashesOf(
  content: Content,
  model: Model,
  itemId: string,
  values: Values,
  before: Values = {},
): Problem[] {
  return content
    .fieldsOf(model.id)
    .filter(({ attributes }) => attributes.validators.unique !== undefined)
    .flatMap((field) => {
      const { api_key } = field.attributes;
      return localesOf(field, values[api_key]).flatMap(([locale, value]) => {
        if (isBlank(field, value) || values[api_key] === before[api_key]) return [];
        const isTaken = holdersOf(content, field, locale, value).some((id) => id !== itemId);
        return isTaken ? [placed({ field: "", code: "VALIDATION_UNIQUE" }, api_key, locale)] : [];
      });
    });
}

function problemsIn(content: Content, field: Field, value: unknown): Problem[] {
  const { validators } = field.attributes;
  const found: Problem[] = [];
  if ("required" in validators && isBlank(field, value))
    found.push({ field: "", code: "VALIDATION_REQUIRED" });
  if (value === null || value === undefined) return found;
  for (const [name, options] of Object.entries(validators)) {
    const rule = rulesOf(name);
    if (rule !== undefined && !rule(value, options, content)) {
      found.push({ field: "", code: `VALIDATION_${name.toUpperCase()}`, options });
    }
  }
  return found;
}

function placed(problem: Problem, apiKey: string, locale: string | null): Problem {
  const { locale: inner, ...rest } = problem;
  const where = inner ?? locale;
  return {
    ...rest,
    field: apiKey + problem.field,
    ...(where === null || where === undefined ? {} : { locale: where }),
  };
}
