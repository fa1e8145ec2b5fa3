import type { Content } from "../content.ts";
import type { Field, FieldType } from "../schema/field.ts";
import { holdsBlock, isNode, linkedBy, mapNodes, nodesIn } from "./dast.ts";
import { Block, type Item, type Values } from "./item.ts";

const BLOCK_FIELDS: readonly FieldType[] = ["rich_text", "single_block", "structured_text"];

export function holdsBlocks({ attributes }: Field): boolean {
  return BLOCK_FIELDS.includes(attributes.field_type);
}

/** The value of a field, once for each locale; null stands for the value of a field that has none. */
export function localesOf({ attributes }: Field, value: unknown): [locale: string | null, value: unknown][] {
  if (!attributes.localized) return [[null, value]];
  return isNode(value) ? Object.entries(value) : [];
}

/** @returns the value of a field with each locale's part replaced */
export function mapLocales(
  { attributes }: Field,
  value: unknown,
  change: (value: unknown, locale: string | null) => unknown,
): unknown {
  if (!attributes.localized) return change(value, null);
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([locale, part]) => [locale, change(part, locale)]));
}

/**
 * @param change what a block becomes; undefined takes it out
 * @returns the value of a field, in one locale, with its own blocks changed, not those inside of them
 */
export function mapBlocks({ attributes }: Field, value: unknown, change: (block: Block) => unknown): unknown {
  switch (attributes.field_type) {
    case "rich_text":
      if (!Array.isArray(value)) return value;
      return value.flatMap((each) => (each instanceof Block ? asList(change(each)) : []));
    case "single_block":
      return value instanceof Block ? (change(value) ?? null) : value;
    case "structured_text":
      return mapNodes(value, (node) => {
        if (!holdsBlock(node) || !(node.item instanceof Block)) return [node];
        const item = change(node.item);
        return item === undefined ? [] : [{ ...node, item }];
      });
    default:
      return value;
  }
}

/** @returns the values of a record or block with every block in them changed, the innermost first */
export function mapAllBlocks(
  content: Content,
  modelId: string,
  values: Values,
  change: (block: Block) => Block | undefined,
): Values {
  const fields = content.fieldsOf(modelId).filter(holdsBlocks);
  if (fields.length === 0) return values;
  const inner = (block: Block) => {
    const inside = mapAllBlocks(content, block.modelId, block.values, change);
    return change(inside === block.values ? block : block.with(inside));
  };
  const changed = { ...values };
  for (const field of fields) {
    const { api_key } = field.attributes;
    changed[api_key] = mapLocales(field, values[api_key], (value) => mapBlocks(field, value, inner));
  }
  return changed;
}

/** The blocks of a value in one locale, not those inside of them. */
export function ownBlocks({ attributes }: Field, value: unknown): Block[] {
  switch (attributes.field_type) {
    case "rich_text":
      return Array.isArray(value) ? value.filter((each) => each instanceof Block) : [];
    case "single_block":
      return value instanceof Block ? [value] : [];
    case "structured_text":
      return [...nodesIn(value)].flatMap(({ item }) => (item instanceof Block ? [item] : []));
    default:
      return [];
  }
}

/** Every block in the values of a record or block, those inside of blocks too. */
export function* blocksIn(content: Content, modelId: string, values: Values): Generator<Block> {
  for (const field of content.fieldsOf(modelId)) {
    if (!holdsBlocks(field)) continue;
    for (const [, value] of localesOf(field, values[field.attributes.api_key])) {
      for (const block of ownBlocks(field, value)) {
        yield block;
        yield* blocksIn(content, block.modelId, block.values);
      }
    }
  }
}

/** A link from a record to another one, and the field that holds it. */
export type Link = { readonly field: Field; readonly target: string };

/** Every link in the values of a record or block, those in blocks too. */
export function* linksIn(content: Content, modelId: string, values: Values): Generator<Link> {
  for (const field of content.fieldsOf(modelId)) {
    for (const [, value] of localesOf(field, values[field.attributes.api_key])) {
      for (const target of targetsOf(field, value)) yield { field, target };
      for (const block of ownBlocks(field, value)) yield* linksIn(content, block.modelId, block.values);
    }
  }
}

/** Every upload in the values of a record or block, those in blocks too. */
export function* uploadsIn(content: Content, modelId: string, values: Values): Generator<string> {
  for (const field of content.fieldsOf(modelId)) {
    for (const [, value] of localesOf(field, values[field.attributes.api_key])) {
      for (const each of [value].flat()) {
        const id = isNode(each) ? (each.upload_id ?? each.image) : undefined;
        if (FILE_FIELDS.includes(field.attributes.field_type) && typeof id === "string") yield id;
      }
      for (const block of ownBlocks(field, value)) yield* uploadsIn(content, block.modelId, block.values);
    }
  }
}

const FILE_FIELDS: readonly FieldType[] = ["file", "gallery", "seo"];

/** The records that a value links to itself, in one locale. */
export function targetsOf({ attributes }: Field, value: unknown): string[] {
  switch (attributes.field_type) {
    case "link":
      return typeof value === "string" ? [value] : [];
    case "links":
      return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
    case "structured_text":
      return [...nodesIn(value)].flatMap((node) => linkedBy(node) ?? []);
    default:
      return [];
  }
}

/** @returns the two bodies of a record, or the one where they are the same */
export function bodiesOf({ current, published }: Item): Values[] {
  return published === null || published.id === current.id
    ? [current.values]
    : [current.values, published.values];
}

function asList(value: unknown): unknown[] {
  return value === undefined ? [] : [value];
}
