import { Refusal } from "../../errors.ts";
import { recordDate } from "../dates.ts";
import { type Edit, found } from "../edit.ts";
import type { Field } from "../schema/field.ts";
import { isNode } from "./dast.ts";
import { refuseFor } from "./input.ts";
import type { Item, Values, Version } from "./item.ts";
import { clashesOf, problemsOf } from "./problems.ts";
import { newVersion } from "./version.ts";
import { linksIn } from "./walk.ts";

/** A publication of some of a record only. */
export type Selection = { readonly locales: readonly string[]; readonly others: boolean };

export type Publication = {
  /** Undefined: all of the current body. */
  readonly selection?: Selection | undefined;
  /** Also the unpublished records above it. */
  readonly recursive?: boolean;
  /** Records that are published in the same call and may link to each other. */
  readonly together?: ReadonlySet<string>;
};

/** Publishing takes a moment, so `published_at` is later than `updated_at` also where every write publishes (facts 1.5). */
const PUBLISH_MS = 18;

/**
 * Publishes the current body of a record, or some of it.
 *
 * @returns the record, which is written
 * @throws Refusal INVALID_FIELD, UNPUBLISHED_PARENT or UNPUBLISHED_LINK
 */
export function publish(edit: Edit, item: Item, publication: Publication = {}): Item {
  return publishOnce(edit, item, publication, new Set());
}

/** @param underWay records that are being published because one links to the next */
function publishOnce(edit: Edit, item: Item, publication: Publication, underWay: Set<string>): Item {
  const { content } = edit;
  const { selection } = publication;
  underWay.add(item.id);
  publishParent(edit, item, publication, underWay);
  const version = selection === undefined ? item.current : merged(edit, item, selection);
  const model = found(content.models.get(item.modelId));
  const problems = [
    ...problemsOf(content, item.modelId, version.values),
    ...clashesOf(content, model, item.id, version.values),
  ];
  refuseFor(problems, edit);
  publishLinked(edit, item, version.values, publication.together, underWay);
  const at = recordDate(edit.now + PUBLISH_MS);
  const movesDate = selection === undefined || edit.unknowns.selectivePublishMovesPublishedAt;
  const { schedules } = item;
  const published: Item = {
    ...item,
    published: version,
    publishedAt: movesDate ? at : (item.publishedAt ?? at),
    firstPublishedAt: item.firstPublishedAt ?? at,
    schedules: schedules?.publication ? { ...schedules, publication: null } : schedules,
  };
  content.items.set(published);
  return published;
}

function publishParent(
  edit: Edit,
  item: Item,
  { recursive = false }: Publication,
  underWay: Set<string>,
): void {
  const parent = item.parentId === null ? undefined : edit.content.items.get(item.parentId);
  if (parent === undefined || parent.published !== null) return;
  if (!recursive) throw new Refusal("UNPUBLISHED_PARENT");
  publishOnce(edit, parent, { recursive }, underWay);
}

/** What a published record links to is published too, or with it, as the field wants (facts 1.3, 5.4). */
function publishLinked(
  edit: Edit,
  { id }: Item,
  values: Values,
  together: ReadonlySet<string> | undefined,
  underWay: Set<string>,
): void {
  const { items } = edit.content;
  const { modelId } = found(items.get(id));
  for (const { field, target } of linksIn(edit.content, modelId, values)) {
    const linked = items.get(target);
    const isOut = linked === undefined || linked.published !== null;
    if (isOut || underWay.has(target) || together?.has(target)) continue;
    if (strategyOf(field, "on_publish_with_unpublished_references_strategy") !== "publish_references") {
      throw new Refusal("UNPUBLISHED_LINK", { field: field.attributes.api_key });
    }
    publishOnce(edit, linked, {}, underWay);
  }
}

const LINK_VALIDATORS = ["item_item_type", "items_item_type", "structured_text_links"];

/** @returns a strategy of a link field; undefined: its default holds */
export function strategyOf({ attributes: { validators } }: Field, strategy: string): string | undefined {
  for (const name of LINK_VALIDATORS) {
    const value = validators[name]?.[strategy];
    if (typeof value === "string") return value;
  }
  return undefined;
}

/** The published body with some locales of the current one in it; another version, unless it comes to the same. */
function merged(edit: Edit, item: Item, { locales, others }: Selection): Version {
  const { current, published } = item;
  const before = published?.values ?? {};
  const values: Record<string, unknown> = {};
  for (const { attributes } of edit.content.fieldsOf(item.modelId)) {
    const { api_key, localized } = attributes;
    const [old, now] = [before[api_key], current.values[api_key]];
    values[api_key] = localized ? mergedLocales(old, now, locales) : others || published === null ? now : old;
  }
  if (JSON.stringify(values) === JSON.stringify(current.values)) return current;
  return newVersion(edit, values);
}

function mergedLocales(old: unknown, now: unknown, locales: readonly string[]): unknown {
  const taken = isNode(now) ? Object.entries(now).filter(([locale]) => locales.includes(locale)) : [];
  const dropped = locales.filter((locale) => !isNode(now) || !(locale in now));
  const kept = isNode(old) ? Object.entries(old).filter(([locale]) => !dropped.includes(locale)) : [];
  return { ...Object.fromEntries(kept), ...Object.fromEntries(taken) };
}
