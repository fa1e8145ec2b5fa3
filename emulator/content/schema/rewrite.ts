import type { Edit } from "../edit.ts";
import { isNode } from "../records/dast.ts";
import type { Item, Values, Version } from "../records/item.ts";
import { newVersion } from "../records/version.ts";
import { mapAllBlocks, mapBlocks, mapLocales } from "../records/walk.ts";
import { type Field, type FieldAttributes, modelsNamed } from "./field.ts";

/**
 * Rewrites every body of a model, or every block of a block model, in whatever record it lies. Must be called
 * while the schema still says where blocks are.
 */
export function rewriteValues(edit: Edit, modelId: string, change: (values: Values) => Values): void {
  const { content } = edit;
  if (content.models.get(modelId)?.attributes.modular_block !== true) {
    for (const item of content.items.rowsOf(modelId)) rewriteItem(edit, item, change);
    return;
  }
  for (const item of [...content.items.rows()]) {
    rewriteItem(edit, item, (values) =>
      mapAllBlocks(content, item.modelId, values, (block) =>
        block.modelId === modelId ? block.with(change(block.values)) : block,
      ),
    );
  }
}

/** Takes every block of a block model out of all records. */
export function removeBlocks(edit: Edit, modelId: string): void {
  const { content } = edit;
  for (const item of [...content.items.rows()]) {
    rewriteItem(edit, item, (values) =>
      mapAllBlocks(content, item.modelId, values, (block) => (block.modelId === modelId ? undefined : block)),
    );
  }
}

/** Rewrites both bodies of a record; one body stays one. */
export function rewriteItem(edit: Edit, item: Item, change: (values: Values) => Values): void {
  const rewritten = (version: Version): Version => {
    const values = change(version.values);
    if (JSON.stringify(values) === JSON.stringify(version.values)) return version;
    return edit.unknowns.schemaChangesMakeVersions ? newVersion(edit, values) : { ...version, values };
  };
  const current = rewritten(item.current);
  const published = publishedBeside(edit, item, current, rewritten);
  if (current === item.current && published === item.published) return;
  edit.content.items.set({ ...item, current, published });
}

function publishedBeside(
  { unknowns }: Edit,
  { current: before, published }: Item,
  current: Version,
  rewritten: (version: Version) => Version,
): Version | null {
  if (published === null) return null;
  if (published.id !== before.id) return rewritten(published);
  if (unknowns.schemaChangesReachPublished) return current;
  return published.id === current.id ? published : { ...published, id: current.id };
}

/** What the values of a model become when one of its fields changes (facts 9, item 9). */
export function rewriteForField(edit: Edit, before: Field, after: Field): void {
  const { api_key: oldKey, field_type: oldType, localized } = before.attributes;
  const { api_key, field_type } = after.attributes;
  const narrowed = modelsNamed(before).filter((id) => !modelsNamed(after).includes(id));
  const turns = localized !== after.attributes.localized;
  if (oldKey === api_key && oldType === field_type && !turns && narrowed.length === 0) return;
  rewriteValues(edit, before.modelId, (values) => {
    const { [oldKey]: old = null, ...others } = values;
    const kept = mapLocales(before, old, (value) =>
      isKept(oldType, field_type)
        ? mapBlocks(before, value, (block) => (narrowed.includes(block.modelId) ? undefined : block))
        : null,
    );
    return { ...others, [api_key]: turns ? turned(edit, before, kept, others) : kept };
  });
}

/** Values of these types are read as each other; any other change of type empties the field. */
const TEXTS: readonly FieldAttributes["field_type"][] = ["string", "text", "slug"];

function isKept(before: FieldAttributes["field_type"], after: FieldAttributes["field_type"]): boolean {
  return before === after || (TEXTS.includes(before) && TEXTS.includes(after));
}

/** Without locales → the first locale of the site, or the first that the record has; back: that of the site. */
function turned(edit: Edit, before: Field, value: unknown, others: Values): unknown {
  const [first = "en"] = edit.content.site.locales;
  if (before.attributes.localized) return isNode(value) ? (value[first] ?? null) : null;
  const present = localesIn(edit, before, others) ?? [first];
  const taker = present.includes(first) ? first : present[0];
  return Object.fromEntries(present.map((locale) => [locale, locale === taker ? value : null]));
}

function localesIn({ content }: Edit, { modelId, id }: Field, values: Values): string[] | undefined {
  for (const field of content.fieldsOf(modelId)) {
    const value = values[field.attributes.api_key];
    if (field.id !== id && field.attributes.localized && isNode(value)) return Object.keys(value);
  }
  return undefined;
}
