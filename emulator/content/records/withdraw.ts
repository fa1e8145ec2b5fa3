import { Refusal } from "../../errors.ts";
import { type Edit, found } from "../edit.ts";
import { isNode } from "./dast.ts";
import { childrenOf, referrersOf } from "./indexes.ts";
import type { Item, Version } from "./item.ts";
import { freeChildren, leavePlace } from "./places.ts";
import { strategyOf } from "./publish.ts";
import { withoutLinksTo } from "./strip.ts";
import { newVersion } from "./version.ts";
import { linksIn } from "./walk.ts";

/**
 * Takes a record, or some locales of it, out of what is published.
 *
 * @returns the record, which is written
 * @throws Refusal PUBLISHED_CHILDREN or PUBLISHED_REFERENCES
 */
export function unpublish(
  edit: Edit,
  item: Item,
  { locales = null, recursive = false }: { locales?: readonly string[] | null; recursive?: boolean } = {},
): Item {
  const { items } = edit.content;
  if (item.published === null) return item;
  if (locales !== null)
    return write(edit, { ...item, published: withoutLocales(edit, item, item.published, locales) });
  for (const id of childrenOf(edit.content, item.id)) {
    const child = items.get(id);
    if (child === undefined || child.published === null) continue;
    if (!recursive) throw new Refusal("PUBLISHED_CHILDREN");
    unpublish(edit, child, { recursive });
  }
  // Before its referrers, because they may link back.
  const { schedules } = item;
  const withdrawn = write(edit, {
    ...item,
    published: null,
    publishedAt: null,
    schedules: schedules?.unpublishing ? { ...schedules, unpublishing: null } : schedules,
  });
  for (const id of referrersOf(edit.content, item.id)) releasePublished(edit, id, item.id);
  return withdrawn;
}

/** What a published referrer does when a record that it links to is withdrawn (facts 1.3). */
function releasePublished(edit: Edit, referrerId: string, target: string): void {
  const { content } = edit;
  const referrer = content.items.get(referrerId);
  if (!referrer?.published || referrerId === target) return;
  const links = [...linksIn(content, referrer.modelId, referrer.published.values)].filter(
    (link) => link.target === target,
  );
  const strategies = links.map(({ field }) => {
    const inText = field.attributes.field_type === "structured_text";
    return strategyOf(field, "on_reference_unpublish_strategy") ?? (inText ? "delete_references" : "fail");
  });
  if (strategies.includes("fail")) throw new Refusal("PUBLISHED_REFERENCES");
  if (strategies.includes("unpublish")) unpublish(edit, referrer);
  else if (strategies.length > 0) strip(edit, referrer, target);
}

/**
 * Deletes a record: links to it are taken out of all others, unless a field forbids that (facts 0.10, 1.3).
 *
 * @returns the record as it was
 * @throws Refusal REQUIRED_BY_ASSOCIATION
 */
export function destroyItem(edit: Edit, id: string): Item {
  const { content } = edit;
  const item = found(content.items.get(id));
  const model = found(content.models.get(item.modelId));
  releaseReferrers(edit, id);
  leavePlace(edit, model, item);
  freeChildren(edit, model, item);
  content.items.delete(id);
  return item;
}

/** Deletes every record of a model; nobody is left to take their places. */
export function destroyItemsOf(edit: Edit, modelId: string): void {
  const { items } = edit.content;
  const ids = items.ids(modelId);
  for (const id of ids) releaseReferrers(edit, id);
  for (const id of ids) items.delete(id);
}

function releaseReferrers(edit: Edit, id: string): void {
  const { content } = edit;
  for (const referrerId of referrersOf(content, id)) {
    const referrer = content.items.get(referrerId);
    if (referrer === undefined || referrerId === id) continue;
    assertReleased(edit, referrer, id);
    strip(edit, referrer, id);
  }
}

function assertReleased({ content }: Edit, referrer: Item, target: string): void {
  const bodies = [referrer.current.values, referrer.published?.values ?? {}];
  const holds = bodies.flatMap((values) => [...linksIn(content, referrer.modelId, values)]);
  const keeps = holds.some(
    (link) => link.target === target && strategyOf(link.field, "on_reference_delete_strategy") === "fail",
  );
  if (keeps) throw new Refusal("REQUIRED_BY_ASSOCIATION", { item: referrer.id });
}

/** New versions of the bodies that link to a record, without those links; one body stays one (facts 9, item 7). */
function strip(edit: Edit, item: Item, target: string): void {
  const { content } = edit;
  const stripped = (version: Version): Version => {
    const links = [...linksIn(content, item.modelId, version.values)];
    if (!links.some((link) => link.target === target)) return version;
    return newVersion(edit, withoutLinksTo(content, item.modelId, version.values, target));
  };
  const isOne = item.published?.id === item.current.id;
  const published = isOne || item.published === null ? null : stripped(item.published);
  const current = stripped(item.current);
  write(edit, { ...item, current, published: isOne ? current : published });
}

function withoutLocales(
  edit: Edit,
  { modelId }: Item,
  version: Version,
  locales: readonly string[],
): Version {
  const values: Record<string, unknown> = { ...version.values };
  for (const { attributes } of edit.content.fieldsOf(modelId)) {
    const value = values[attributes.api_key];
    if (!attributes.localized || !isNode(value)) continue;
    values[attributes.api_key] = Object.fromEntries(
      Object.entries(value).filter(([locale]) => !locales.includes(locale)),
    );
  }
  return newVersion(edit, values);
}

function write({ content }: Edit, item: Item): Item {
  content.items.set(item);
  return item;
}
