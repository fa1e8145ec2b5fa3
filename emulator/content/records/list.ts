import type { Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { conditionsIn, holds } from "../conditions.ts";
import type { Content } from "../content.ts";
import type { ContentCall } from "../edit.ts";
import { limitOf, pageOf, type Rows } from "../paging.ts";
import type { Model } from "../schema/model.ts";
import { mayReadModel } from "../sight.ts";
import { isNode } from "./dast.ts";
import { heldBy } from "./filter.ts";
import { hostsOf } from "./indexes.ts";
import { Block, type Item } from "./item.ts";
import { ordered, orderOf, sortedIds } from "./order.ts";
import { keyOf, remembered, rowAt } from "./remembered.ts";
import { blockResource, itemResource, type View } from "./render.ts";
import { blockRows, type Row, rowOf, type VersionName } from "./rows.ts";

/** @returns how a call wants to see records */
export function viewOf({ content, state, environment, query }: ContentCall): View {
  const nested = query.get("nested") === "true";
  return { content, unknowns: state.settings.contentUnknowns, timezone: environment.timezone, nested };
}

/** `GET /items` (facts 2.1) */
export function listItems(call: ContentCall): Reply {
  const view = viewOf(call);
  return pageOf(call, rowsFor(call, versionOf(call)), limitOf(call, view), (row) => rowResource(view, row));
}

/** @returns a row as a JSON:API resource */
export function rowResource(view: View, { item, version, block }: Row): object {
  return block === undefined ? itemResource(view, item, version) : blockResource(view, block, item, version);
}

/**
 * @returns the body that a call asks for; one that does not say gets what the project's age makes the default
 *   (facts 0.5, switch `itemsVersion`)
 */
export function versionOf({ query, content, state }: ContentCall): VersionName {
  const asked = query.get("version");
  if (asked === "current" || asked === "published") return asked;
  if (asked !== null) throw new Refusal("INVALID_FORMAT", { field: "version" });
  const { itemsVersion } = state.settings.contentUnknowns;
  if (itemsVersion !== "by-site") return itemsVersion;
  return content.site.flags.improved_items_listing ? "current" : "published";
}

function rowsFor(call: ContentCall, version: VersionName): Rows<Row> {
  const { content, query } = call;
  const models = modelsFor(call);
  const conditions = conditionsIn(query);
  const words = query.get("filter[query]");
  const ids = query.get("filter[ids]");
  refuseCombinations(models, { ids, isFiltered: conditions.length > 0 || words !== null });
  const order = orderOf(query, models);
  const isWhole = ids === null && words === null && conditions.length === 0;
  const byId = order?.length === 1 ? order.find(({ field }) => field === "id") : undefined;
  const only = models?.length === 1 ? models[0] : undefined;
  if (isWhole && byId && only && !only.attributes.modular_block && version === "current") {
    const sorted = sortedIds(call, only.id, byId.isDescending);
    return {
      total: sorted.length,
      slice: (from, to) =>
        sorted.slice(from, to).flatMap((id) => rowOf(content.items.get(id), version) ?? []),
    };
  }
  const keys = remembered(call, () => {
    const all =
      ids === null ? listed(call, models, version, words !== null) : byIds(call, ids.split(","), version);
    const rows = [...all].filter(
      (row) =>
        mayReadModel(call, row.item.modelId) &&
        conditions.every((each) => holds(heldBy(content, row, each.field), each)) &&
        (words === null || holdsWords(row, words)),
    );
    return (order === undefined ? rows : ordered(call, rows, order)).map(keyOf);
  });
  return {
    total: keys.length,
    slice: (from, to) => keys.slice(from, to).flatMap((key) => rowAt(content, key, version)),
  };
}

/** @returns the models of `filter[type]`, by id or api key; undefined: of all */
function modelsFor(call: ContentCall): Model[] | undefined {
  const { content, query } = call;
  const names = query.get("filter[type]");
  if (names === null) return undefined;
  return names.split(",").flatMap((name) => {
    const byName = () => [...content.models.rows()].find(({ attributes }) => attributes.api_key === name);
    const model = content.models.get(name) ?? byName();
    return model !== undefined && mayReadModel(call, model.id) ? [model] : [];
  });
}

/** Combinations that the API does not take (facts 2.1). */
function refuseCombinations(
  models: readonly Model[] | undefined,
  { ids, isFiltered }: { ids: string | null; isFiltered: boolean },
): void {
  const isOfBlocks = models?.some(({ attributes }) => attributes.modular_block) ?? false;
  if (ids !== null && models !== undefined) throw new Refusal("INVALID_REQUEST", { field: "filter.type" });
  if (isOfBlocks && isFiltered) throw new Refusal("INVALID_REQUEST", { field: "filter.fields" });
}

/** Without a filter by type, blocks are listed too (facts 2.1, switch `blocksInList`); a search finds records only. */
function* listed(
  call: ContentCall,
  models: readonly Model[] | undefined,
  version: VersionName,
  isSearch: boolean,
): Generator<Row> {
  const { content, state } = call;
  const blockModels = models?.filter(({ attributes }) => attributes.modular_block).map(({ id }) => id) ?? [];
  const wanted = models?.map(({ id }) => id);
  const withBlocks =
    wanted === undefined && !isSearch && state.settings.contentUnknowns.blocksInList === "included";
  const items =
    wanted === undefined || blockModels.length > 0 ? content.items.rows() : itemsOf(content, wanted);
  for (const item of items) {
    const row = rowOf(item, version);
    if (row === undefined) continue;
    if (wanted === undefined || wanted.includes(item.modelId)) yield row;
    if (!withBlocks && blockModels.length === 0) continue;
    for (const inside of blockRows(content, row)) {
      if (withBlocks || blockModels.includes(inside.block?.modelId ?? "")) yield inside;
    }
  }
}

function* itemsOf({ items }: Content, models: readonly string[]): Generator<Item> {
  for (const id of models.flatMap((model) => items.ids(model))) {
    const item = items.get(id);
    if (item !== undefined) yield item;
  }
}

/** Ids of blocks are allowed as well (facts 2.1). */
function byIds({ content }: ContentCall, ids: readonly string[], version: VersionName): Row[] {
  return ids.flatMap((id) => {
    const item = content.items.get(id);
    if (item !== undefined) return rowOf(item, version) ?? [];
    return hostsOf(content, id).flatMap((hostId) => {
      const row = rowOf(content.items.get(hostId), version);
      return row === undefined ? [] : blockRows(content, row).filter(({ block }) => block?.id === id);
    });
  });
}

function holdsWords({ version }: Row, words: string): boolean {
  return text(version.values).toLowerCase().includes(words.toLowerCase());
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Block) return text(value.values);
  if (Array.isArray(value)) return value.map(text).join(" ");
  return isNode(value) ? Object.values(value).map(text).join(" ") : "";
}
