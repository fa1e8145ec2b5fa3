import { canonicalJson, isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { ContentWrites, Written } from "../../../sources/datocms/contentWrites.ts";
import {
  isResource,
  metaOf,
  type Resource,
  relatedId,
  resourceIn,
} from "../../../sources/datocms/resource.ts";
import type { Model, Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import { parentOf, stageOf } from "./line.ts";

/** How many records DatoCMS takes at once. */
export const MOST_IN_BULK = 200;

/**
 * Creates a record with its old id.
 *
 * @param body the version to write
 * @param wanted whose dates, creator, stage and place it gets
 * @param withParent whether its parent is there
 */
export async function createRecord(
  writes: ContentWrites,
  schema: Schema,
  body: Resource,
  wanted: RecordLine,
  withParent: boolean,
): Promise<Written> {
  const { current } = wanted;
  const creator = isJsonObject(current.relationships) ? current.relationships.creator : undefined;
  const firstPublishedAt = metaOf(current, "first_published_at");
  const stage = stageOf(wanted);
  const document = (withCreator: boolean): Json => ({
    data: {
      type: "item",
      id: wanted.id,
      attributes: {
        ...writable(body, schema),
        ...(withParent && parentOf(wanted) !== null && { parent_id: parentOf(wanted) }),
      },
      relationships: {
        item_type: { data: { type: "item_type", id: wanted.model } },
        ...(withCreator && creator !== undefined && { creator }),
      },
      meta: {
        created_at: metaOf(current, "created_at") ?? null,
        ...(typeof firstPublishedAt === "string" && { first_published_at: firstPublishedAt }),
        ...(stage !== null && { stage }),
      },
    },
  });
  if (!isJsonObject(creator) || !isJsonObject(creator.data))
    return writes.send("POST", "/items", document(false));
  const written = await writes.send("POST", "/items", document(true));
  // Whoever made it may have left the project since.
  const isAboutCreator =
    written.kind === "refused" &&
    written.errors.every(({ field }) => field === undefined || field === "creator");
  return isAboutCreator ? writes.send("POST", "/items", document(false)) : written;
}

/**
 * Writes fields of a record.
 *
 * @param fields by API key; where the locales change, all localized ones are written, as DatoCMS wants it
 * @param version what the record's version must still be; undefined: whatever it is
 */
export function writeRecord(
  writes: ContentWrites,
  schema: Schema,
  body: Resource,
  seen: RecordLine,
  fields: readonly string[],
  version: string | undefined,
): Promise<Written> {
  const model = schema.models.get(seen.model);
  const values = writable(body, schema);
  const localized = model?.fields.filter(({ isLocalized }) => isLocalized) ?? [];
  const changesLocales = localized.some(
    ({ apiKey }) => localesOf(body.attributes[apiKey]) !== localesOf(seen.current.attributes[apiKey]),
  );
  const wanted = new Set([...fields, ...(changesLocales ? localized.map(({ apiKey }) => apiKey) : [])]);
  const attributes = Object.fromEntries(Object.entries(values).filter(([name]) => wanted.has(name)));
  return update(writes, seen.id, { attributes }, version);
}

/** Gives a record another parent, place or stage. @param version as of `writeRecord` */
export function moveRecord(
  writes: ContentWrites,
  id: string,
  change: { readonly attributes?: JsonObject; readonly stage?: Json },
  version?: string,
): Promise<Written> {
  const { attributes = {}, stage } = change;
  return update(writes, id, { attributes, ...(stage !== undefined && { stage }) }, version);
}

function update(
  writes: ContentWrites,
  id: string,
  { attributes, stage }: { readonly attributes: JsonObject; readonly stage?: Json },
  version: string | undefined,
): Promise<Written> {
  const meta = {
    ...(version !== undefined && { current_version: version }),
    ...(stage !== undefined && { stage }),
  };
  return writes.send("PUT", `/items/${encodeURIComponent(id)}`, {
    data: { type: "item", id, attributes, meta },
  });
}

/** The version that a write has left a record with; undefined where DatoCMS does not tell. */
export function versionIn(written: Extract<Written, { kind: "done" }>): string | undefined {
  const record = isJsonObject(written.document) ? resourceIn(written.document) : undefined;
  const version = record && metaOf(record, "current_version");
  return typeof version === "string" ? version : undefined;
}

/** Publishes or unpublishes one record. */
export function setPublished(writes: ContentWrites, id: string, isPublished: boolean): Promise<Written> {
  return writes.send("PUT", `/items/${encodeURIComponent(id)}/${isPublished ? "publish" : "unpublish"}`);
}

/** Publishes or deletes many: what became of each shows only when they are read again. */
export function inBulk(
  writes: ContentWrites,
  verb: "publish" | "destroy",
  ids: readonly string[],
): Promise<Written> {
  return writes.send("POST", `/items/bulk/${verb}`, {
    data: {
      type: `item_bulk_${verb}_operation`,
      relationships: { items: { data: ids.map((id) => ({ type: "item", id })) } },
    },
  });
}

/** The values of a record as a client may send them: what its model has fields for, blocks whole. */
function writable(record: Resource, schema: Schema): JsonObject {
  const model = schema.models.get(relatedId(record, "item_type") ?? "");
  return Object.fromEntries(
    (model?.fields ?? []).flatMap(({ apiKey, type }: Model["fields"][number]): [string, Json][] => {
      const value = record.attributes[apiKey];
      return value === undefined ? [] : [[apiKey, HOLD_BLOCKS.has(type) ? withBlocks(value, schema) : value]];
    }),
  );
}

const HOLD_BLOCKS = new Set(["rich_text", "single_block", "structured_text"]);

/** Everything that looks like a block is one here: other values never get so far. */
function withBlocks(value: Json, schema: Schema): Json {
  if (isArray(value)) return value.map((each) => withBlocks(each, schema));
  if (isResource(value)) {
    const model = relatedId(value, "item_type") ?? "";
    return {
      type: "item",
      id: value.id,
      attributes: writable(value, schema),
      relationships: { item_type: { data: { type: "item_type", id: model } } },
    };
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, Json] => [
      name,
      name === "meta" || name === "value" ? member : withBlocks(member, schema),
    ]),
  );
}

function localesOf(value: Json | undefined): string {
  return isJsonObject(value) ? canonicalJson(Object.keys(value).toSorted()) : "";
}
