import { isArray, isJsonObject, type Json, type JsonObject } from "../../../utils/json.ts";
import { isResource, type Resource, relatedId } from "./resource.ts";
import type { Field, Model, Schema } from "./schema.ts";

/** What a record refers to, each id once, in its blocks too. */
export interface References {
  readonly records: readonly string[];
  readonly uploads: readonly string[];
}

/** Nodes of structured text that hold a block, and those that name a record. */
const BLOCK_NODES = ["block", "inlineBlock"];
const RECORD_NODES = ["itemLink", "inlineItem"];

/**
 * A record as a listing without nested blocks shows it: each block by its id. So that a record that was read with its
 * blocks can be compared with such a listing.
 */
export function withoutBlocks(record: Resource, { fields }: Model): Resource {
  const blocks = fields.filter(({ type }) => BLOCKS_OF_FIELD[type] !== undefined);
  if (blocks.length === 0) return record;
  const attributes: Record<string, Json> = { ...record.attributes };
  for (const field of blocks) {
    const value = record.attributes[field.apiKey];
    if (value !== undefined)
      attributes[field.apiKey] = changed(value, field, (each) => replaced(each, field.type));
  }
  return { ...record, attributes };
}

/** @returns what a record and all its blocks refer to, as the schema tells */
export function referencesOf(record: Resource, schema: Schema): References {
  const records = new Set<string>();
  const uploads = new Set<string>();
  const open: Resource[] = [record];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const model = schema.models.get(relatedId(next, "item_type") ?? "");
    for (const field of model?.fields ?? [])
      for (const value of valuesOf(next, field)) {
        for (const id of recordsIn(value, field.type)) records.add(id);
        for (const id of uploadsIn(value, field.type)) uploads.add(id);
        open.push(...(BLOCKS_OF_FIELD[field.type]?.(value) ?? []));
      }
  }
  return { records: [...records], uploads: [...uploads] };
}

/** The values of a field, one for each locale. */
function valuesOf(record: Resource, field: Field): Json[] {
  const value = record.attributes[field.apiKey] ?? null;
  if (!field.isLocalized || !isJsonObject(value)) return [value];
  return Object.values(value);
}

function changed(value: Json, { isLocalized }: Field, change: (value: Json) => Json): Json {
  if (!isLocalized || !isJsonObject(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([locale, each]) => [locale, change(each)]));
}

/** How blocks are found in a value, by the type of its field. */
const BLOCKS_OF_FIELD: Readonly<Record<string, (value: Json) => Resource[]>> = {
  rich_text: (value) => (isArray(value) ? value.filter(isResource) : []),
  single_block: (value) => (isResource(value) ? [value] : []),
  structured_text: (value) => [...nodesIn(value)].map(({ item }) => item).filter(isResource),
};

function replaced(value: Json, type: string): Json {
  if (type === "structured_text") return isJsonObject(value) ? nodeWithIds(value) : value;
  if (isArray(value)) return value.map(idOf);
  return idOf(value);
}

function nodeWithIds(node: JsonObject): JsonObject {
  const copy = Object.entries(node).map(([member, value]): [string, Json] => {
    if (member === "item" && BLOCK_NODES.includes(String(node.type))) return [member, idOf(value)];
    if (member === "children" && isArray(value))
      return [member, value.map((child) => (isJsonObject(child) ? nodeWithIds(child) : child))];
    if (member === "document" && isJsonObject(value)) return [member, nodeWithIds(value)];
    return [member, value];
  });
  return Object.fromEntries(copy);
}

function idOf(value: Json): Json {
  return isResource(value) ? value.id : value;
}

function recordsIn(value: Json, type: string): string[] {
  const found: Json[] = [];
  if (type === "link") found.push(value);
  if (type === "links" && isArray(value)) found.push(...value);
  if (type === "structured_text")
    for (const node of nodesIn(value))
      if (RECORD_NODES.includes(String(node.type))) found.push(node.item ?? null);
  return found.filter((id) => typeof id === "string");
}

function uploadsIn(value: Json, type: string): string[] {
  const files = type === "file" ? [value] : type === "gallery" && isArray(value) ? value : [];
  const found = files.map((file) => (isJsonObject(file) ? file.upload_id : undefined));
  if (type === "seo" && isJsonObject(value)) found.push(value.image);
  return found.filter((id) => typeof id === "string");
}

/** Every node of structured text. */
function* nodesIn(value: Json): Generator<JsonObject> {
  const open = isJsonObject(value) ? [value.document ?? null] : [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isJsonObject(next)) continue;
    yield next;
    if (isArray(next.children)) open.push(...next.children);
  }
}
