import type { Content } from "../content.ts";
import { recordDate, zonedDate } from "../dates.ts";
import { type Ref, toOne } from "../entity.ts";
import type { Field } from "../schema/field.ts";
import type { ContentUnknowns } from "../unknowns.ts";
import { emptyValue } from "./blank.ts";
import { isNode } from "./dast.ts";
import { childrenOf } from "./indexes.ts";
import { type Block, type Item, statusOf, type Values, type Version } from "./item.ts";
import { isVersionValid } from "./validity.ts";
import { mapBlocks, mapLocales } from "./walk.ts";

/** What decides how a record looks from outside. */
export type View = {
  readonly content: Content;
  readonly unknowns: ContentUnknowns;
  /** The zone of the environment. */
  readonly timezone: string;
  /** Blocks as objects, not as ids. */
  readonly nested: boolean;
};

/** @returns the JSON:API resource of a record in one of its versions (facts 1.5) */
export function itemResource(view: View, item: Item, version: Version): object {
  const { content } = view;
  const model = content.models.get(item.modelId);
  const { tree = false, sortable = false } = model?.attributes ?? {};
  return {
    id: item.id,
    type: "item",
    attributes: {
      ...attributesOf(view, item.modelId, version.values),
      ...(tree || sortable ? { position: item.position } : {}),
      ...(tree ? { parent_id: item.parentId } : {}),
      ...(content.site.isLegacy ? { created_at: item.createdAt, updated_at: version.updatedAt } : {}),
    },
    relationships: relationshipsOf(item.modelId, item.creator),
    meta: metaOf(content, item, version, tree ? childrenOf(content, item.id).length > 0 : null),
  };
}

/** @returns a block as a record of its own: in lists and in `included` it has meta, nested it has none (facts 1.5) */
export function blockResource(view: View, block: Block, host: Item, version: Version): object {
  return {
    id: block.id,
    type: "item",
    attributes: attributesOf(view, block.modelId, block.values),
    relationships: relationshipsOf(block.modelId, host.creator),
    meta: metaOf(view.content, host, version, null),
  };
}

/** @returns the number of a version as this environment shows it */
export function shownVersion({ versionShift }: Content, { id }: Version): string {
  return versionShift === 0 ? id : String(Number(id) + versionShift);
}

function metaOf(content: Content, item: Item, version: Version, has_children: boolean | null): object {
  const { current, published, schedules } = item;
  const isCurrentValid = isVersionValid(content, item.modelId, current);
  const date = (at: number | undefined) => (at === undefined ? null : recordDate(at));
  return {
    created_at: item.createdAt,
    updated_at: version.updatedAt,
    published_at: item.publishedAt,
    first_published_at: item.firstPublishedAt,
    publication_scheduled_at: date(schedules?.publication?.at),
    unpublishing_scheduled_at: date(schedules?.unpublishing?.at),
    status: statusOf(item),
    is_valid: version === current ? isCurrentValid : isVersionValid(content, item.modelId, version),
    is_current_version_valid: isCurrentValid,
    is_published_version_valid: published === null ? null : isVersionValid(content, item.modelId, published),
    current_version: shownVersion(content, current),
    stage: item.stage,
    has_children,
  };
}

function relationshipsOf(modelId: string, creator: Ref | null): object {
  return { item_type: toOne("item_type", modelId), creator: { data: creator } };
}

/** The value of each field of the schema; a record that has none for it shows null. */
function attributesOf(view: View, modelId: string, values: Values): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const field of view.content.fieldsOf(modelId)) {
    const { api_key, localized } = field.attributes;
    const value = values[api_key] ?? (localized ? {} : null);
    shown[api_key] = mapLocales(field, value, (part) => shownValue(view, field, part ?? emptyValue(field)));
  }
  return shown;
}

function shownValue(view: View, field: Field, value: unknown): unknown {
  switch (field.attributes.field_type) {
    case "rich_text":
    case "single_block":
      return mapBlocks(field, value, (block) => shownBlock(view, block));
    case "structured_text": {
      const shown = mapBlocks(field, value, (block) => shownBlock(view, block));
      return view.unknowns.dastKeyOrder === "alphabetical" ? inAlphabeticalOrder(shown) : shown;
    }
    case "date_time":
      return typeof value === "string" ? shownDateTime(view, value) : value;
    default:
      return value;
  }
}

/** Nested blocks have neither meta nor creator (facts 1.5). */
function shownBlock(view: View, { id, modelId, values }: Block): unknown {
  if (!view.nested) return id;
  return {
    id,
    type: "item",
    attributes: attributesOf(view, modelId, values),
    relationships: { item_type: toOne("item_type", modelId) },
  };
}

/** Older projects keep the wall clock and write the project's zone behind it; not all show milliseconds (facts 1.4). */
function shownDateTime({ content, timezone }: View, value: string): string {
  const { improved_timezone_management, milliseconds_in_datetime } = content.site.flags;
  const shown = milliseconds_in_datetime ? value : value.replace(/\.\d+/, "");
  return improved_timezone_management
    ? shown
    : zonedDate(shown.replace(/(?:Z|[+-]\d{2}:?\d{2})$/, ""), timezone);
}

/** Recorded answers hold the members of nodes in another order than they were written (facts 1.4). */
function inAlphabeticalOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inAlphabeticalOrder);
  // A block is not a node: its attributes come in the order of the fields.
  if (!isNode(value) || (value.type === "item" && "attributes" in value)) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    inAlphabeticalOrder(member),
  ]);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
