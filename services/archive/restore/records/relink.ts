import type { Json } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import { type Comparing, fieldsThatDiffer } from "./canonical.ts";
import { parentOf } from "./line.ts";
import { trimmed } from "./links.ts";

/** What became of a record that once linked to one that was deleted. */
export type Relink =
  /** `line`: as it is now, with the links at their old places. */
  | { readonly kind: "stripped"; readonly line: RecordLine; readonly fields: readonly string[] }
  /** Somebody has edited such a field since; `fields`: those. */
  | { readonly kind: "edited"; readonly fields: readonly string[] }
  /** It has the links, or never lost them. */
  | { readonly kind: "whole" };

/**
 * Puts links to some records back into another one: in each field whose value is what it once was without these links.
 * Pure.
 *
 * @param before the record as it once was
 * @param now the same record as it is
 * @param ids of the records that were deleted
 */
export function relink(
  before: RecordLine,
  now: RecordLine,
  ids: ReadonlySet<string>,
  comparing: Comparing,
): Relink {
  const current = relinkBody(before.current, now.current, ids, comparing);
  const published =
    now.published === null
      ? undefined
      : relinkBody(before.published ?? before.current, now.published, ids, comparing);
  const fields = [...new Set([...current.fields, ...(published?.fields ?? [])])];
  const edited = [...new Set([...current.edited, ...(published?.edited ?? [])])];
  const parentId = parentOf(before);
  // What stood below a deleted record has become a root.
  const lostParent = typeof parentId === "string" && ids.has(parentId) && parentOf(now) === null;
  if (lostParent) fields.push("parent_id");
  if (edited.length > 0) return { kind: "edited", fields: edited };
  if (fields.length === 0) return { kind: "whole" };
  const placed = lostParent
    ? { ...current.body, attributes: { ...current.body.attributes, parent_id: parentId } }
    : current.body;
  const line = { ...now, current: placed, published: published?.body ?? null };
  return { kind: "stripped", line, fields };
}

interface Relinked {
  readonly body: Resource;
  readonly fields: readonly string[];
  readonly edited: readonly string[];
}

function relinkBody(
  before: Resource,
  now: Resource,
  ids: ReadonlySet<string>,
  comparing: Comparing,
): Relinked {
  const stripped = withoutLinksTo(before, comparing.schema, ids);
  const linking = fieldsThatDiffer(before, stripped, comparing);
  const differing = new Set(fieldsThatDiffer(before, now, comparing));
  const elsewhere = new Set(fieldsThatDiffer(stripped, now, comparing));
  const fields = linking.filter((field) => differing.has(field) && !elsewhere.has(field));
  const edited = linking.filter((field) => differing.has(field) && elsewhere.has(field));
  const values = fields.map((field): [string, Json] => [field, before.attributes[field] ?? null]);
  return {
    body: { ...now, attributes: { ...now.attributes, ...Object.fromEntries(values) } },
    fields,
    edited,
  };
}

function withoutLinksTo(record: Resource, schema: Schema, ids: ReadonlySet<string>): Resource {
  return trimmed(record, schema, { record: (id) => !ids.has(id), upload: () => true }).record;
}
