import type { Field, FieldType } from "../schema/field.ts";
import { isEmptyText } from "./dast.ts";

/** @returns what a field without a value holds: links, galleries and modular content an empty list, others null */
export function emptyValue({ attributes }: Field): [] | null {
  return LISTS.includes(attributes.field_type) ? [] : null;
}

const LISTS: readonly FieldType[] = ["links", "gallery", "rich_text"];

/** @returns whether a value counts as empty for `required`: white space and empty paragraphs do (facts 5.4) */
export function isBlank({ attributes }: Field, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (attributes.field_type === "structured_text") return isEmptyText(value);
  if (typeof value === "string") return value.trim() === "";
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}
