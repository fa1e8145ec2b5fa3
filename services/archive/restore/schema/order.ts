import { groupBy } from "../../../../utils/groupBy.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents } from "../words.ts";
import { relatedTo } from "./form.ts";
import { type Kind, listOf, type Thing } from "./kinds.ts";

/** A thing among those with which it stands in one order. */
interface Place extends Thing {
  readonly id: string;
  readonly group: string;
  position: number;
}

/** A thing that is to have another position. */
export interface Move extends Thing {
  readonly position: number;
}

/** Kinds whose things have a place among others. */
export const ORDERED: readonly Kind[] = [
  "fieldset",
  "field",
  "upload_collection",
  "menu_item",
  "schema_menu_item",
];

/**
 * What has to be moved so that things stand in the wanted order, as little as possible. Positions may have gaps and
 * doubles, which cannot be written: the order counts, and things with the same position may stand in any.
 *
 * @param isMovable whether a restore may move it; others stay where they are
 * @returns moves to be made one after the other; each counts on those before it
 */
export function movesOf(
  wanted: Documents,
  found: Documents,
  isMovable: (kind: Kind, id: string) => boolean,
): Move[] {
  const groups = groupBy(placesIn(found), ({ group }) => group);
  return [...groupBy(placesIn(wanted), ({ group }) => group)].flatMap(([group, members]) => {
    const siblings = groups.get(group) ?? [];
    const present = members.flatMap((place) => {
      const there = siblings.find(({ kind, id }) => kind === place.kind && id === place.id);
      return there === undefined ? [] : [{ there, rank: place.position }];
    });
    present.sort((one, other) => one.rank - other.rank || one.there.position - other.there.position);
    return movesWithin(
      present.map(({ there }) => there),
      siblings,
      isMovable,
    );
  });
}

/**
 * @param sequence those that are in the right group, in the order in which they are to stand
 * @param siblings all of the group; their positions change as DatoCMS's do
 */
function movesWithin(
  sequence: readonly Place[],
  siblings: readonly Place[],
  isMovable: (kind: Kind, id: string) => boolean,
): Move[] {
  const inOrder = longestInOrder(sequence, isMovable);
  const moves: Move[] = [];
  for (const [index, place] of sequence.entries()) {
    if (inOrder.has(place) || !isMovable(place.kind, place.id)) continue;
    const others = siblings.filter((each) => each !== place);
    const before = sequence[index - 1];
    for (const each of others) if (each.position > place.position) each.position -= 1;
    const position =
      before === undefined ? Math.min(...others.map((each) => each.position)) : before.position + 1;
    for (const each of others) if (each.position >= position) each.position += 1;
    place.position = position;
    moves.push({ kind: place.kind, resource: place.resource, position });
  }
  return moves;
}

/** Most of those that stand in the right order already: they need not be moved. Those that may not be moved come first. */
function longestInOrder(
  sequence: readonly Place[],
  isMovable: (kind: Kind, id: string) => boolean,
): ReadonlySet<Place> {
  const weightOf = ({ kind, id }: Place) => (isMovable(kind, id) ? 1 : sequence.length + 1);
  const ends = sequence.map((place) => ({ place, weight: weightOf(place), before: -1 }));
  for (const [index, end] of ends.entries())
    for (const [earlier, other] of ends.slice(0, index).entries()) {
      const weight = other.weight + weightOf(end.place);
      if (other.place.position >= end.place.position || weight <= end.weight) continue;
      end.weight = weight;
      end.before = earlier;
    }
  const heaviest = ends.toSorted((one, other) => other.weight - one.weight)[0];
  const found = new Set<Place>();
  for (let end = heaviest; end !== undefined; end = ends[end.before]) found.add(end.place);
  return found;
}

function placesIn(documents: Documents): Place[] {
  return ORDERED.flatMap((kind) =>
    (listOf(documents, kind) ?? []).map((resource) => ({
      kind,
      resource,
      id: resource.id,
      group: groupOf(kind, resource),
      position: Number(resource.attributes.position),
    })),
  );
}

/** The fields and fieldsets of a model stand in one order, the fields of a fieldset in one of their own (facts 5.1). */
function groupOf(kind: Kind, resource: Resource): string {
  if (kind !== "field" && kind !== "fieldset") return `${kind} ${relatedTo(resource, "parent") ?? ""}`;
  return `field ${relatedTo(resource, "item_type")} ${relatedTo(resource, "fieldset") ?? ""}`;
}
