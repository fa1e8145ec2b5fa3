import type { Content } from "../../emulator/content/content.ts";
import type { Entity } from "../../emulator/content/entity.ts";
import type { Table } from "../../emulator/content/table.ts";

/** Ids of siblings that have the same position: which of them comes first is not told. */
export type Rank = readonly string[];

/**
 * The order of everything that has one: numbers have gaps and doubles that nobody can write, so they are left out.
 *
 * @returns ranks of siblings by what they are and what they stand below
 */
export function ordersOf(content: Content): Record<string, readonly Rank[]> {
  const { entities, models, items, fields, fieldsets } = content;
  const places = [
    ...[...items.rows()].flatMap(({ id, modelId, parentId, position }) => {
      const model = models.get(modelId);
      const isOrdered = model?.attributes.sortable || model?.attributes.tree;
      return isOrdered && position !== null
        ? [{ id, position, among: `records of ${parentId ?? modelId}` }]
        : [];
    }),
    ...[...fields.rows()].map(({ id, modelId, fieldsetId, attributes: { position } }) => ({
      id,
      position,
      among: `fields of ${fieldsetId ?? modelId}`,
    })),
    ...[...fieldsets.rows()].map(({ id, modelId, attributes: { position } }) => ({
      id,
      position,
      among: `fields of ${modelId}`,
    })),
    ...placesOf(entities.menu_item, "menu items"),
    ...placesOf(entities.schema_menu_item, "schema menu items"),
    ...placesOf(entities.upload_collection, "collections"),
  ];
  return ranked(places);
}

interface Place {
  readonly id: string;
  readonly position: number;
  readonly among: string;
}

function placesOf(table: Table<Entity>, kind: string): Place[] {
  return [...table.rows()].map(({ id, attributes, links }) => ({
    id,
    position: Number(attributes.position),
    among: `${kind} of ${links.parent ?? "the top"}`,
  }));
}

function ranked(places: readonly Place[]): Record<string, readonly Rank[]> {
  const byPosition = new Map<string, Map<number, string[]>>();
  for (const { id, position, among } of places.toSorted((one, other) => one.position - other.position)) {
    const ranks = byPosition.get(among) ?? new Map<number, string[]>();
    byPosition.set(among, ranks.set(position, [...(ranks.get(position) ?? []), id]));
  }
  return Object.fromEntries([...byPosition].map(([among, ranks]) => [among, [...ranks.values()]]));
}

/**
 * Compares two orders of the same siblings, by those that are in both.
 *
 * @returns the first two that stand the other way round; undefined: the orders agree
 */
export function firstSwap(one: readonly Rank[], other: readonly Rank[]): [string, string] | undefined {
  const placeIn = new Map(other.flatMap((rank, place) => rank.map((id): [string, number] => [id, place])));
  let behind: { id: string; place: number } | undefined;
  for (const rank of one) {
    const common = rank.flatMap((id) => {
      const place = placeIn.get(id);
      return place === undefined ? [] : [{ id, place }];
    });
    for (const { id, place } of common) {
      if (behind !== undefined && place < behind.place) return [behind.id, id];
    }
    for (const each of common) {
      if (behind === undefined || each.place > behind.place) behind = each;
    }
  }
  return undefined;
}
