import { Refusal } from "../../errors.ts";
import type { ContentCall } from "../edit.ts";
import { numberIn } from "../exactNumbers.ts";
import type { Model } from "../schema/model.ts";
import { heldBy } from "./filter.ts";
import type { Row } from "./rows.ts";

export type Order = { readonly field: string; readonly isDescending: boolean };

/**
 * @returns what `order_by` asks for; undefined: nothing
 * @throws Refusal where it does not go with exactly one model (facts 2.1)
 */
export function orderOf(query: URLSearchParams, models: readonly Model[] | undefined): Order[] | undefined {
  const wanted = query.get("order_by");
  if (wanted === null) return undefined;
  if (models?.length !== 1) throw new Refusal("INVALID_REQUEST", { field: "order_by" });
  return wanted.split(",").map((part) => {
    const [, field, direction] = /^(\w+)_(ASC|DESC)$/.exec(part) ?? [];
    if (field === undefined) throw new Refusal("INVALID_FORMAT", { field: "order_by" });
    return { field, isDescending: direction === "DESC" };
  });
}

/** @returns rows in an order, those that are equal as they were */
export function ordered(call: ContentCall, rows: readonly Row[], order: readonly Order[]): Row[] {
  const keyed = rows.map((row) => ({
    row,
    keys: order.map(({ field }) => heldBy(call.content, row, field)),
  }));
  const compare = (one: unknown, other: unknown, field: string) =>
    field === "id" ? comparedIds(call, String(one), String(other)) : compared(one, other);
  keyed.sort((a, b) => {
    for (const [index, { field, isDescending }] of order.entries()) {
      const difference = compare(a.keys[index], b.keys[index], field);
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** Sorted ids by the list that they come from: that list is another one after each change. */
const sorted = new WeakMap<readonly string[], Map<string, readonly string[]>>();

/** @returns the ids of a model in the order of `id_ASC` or `id_DESC`, without a look at its records */
export function sortedIds(call: ContentCall, modelId: string, isDescending: boolean): readonly string[] {
  const ids = call.content.items.ids(modelId);
  const name = `${call.state.settings.contentUnknowns.idOrder} ${isDescending}`;
  const known = sorted.get(ids) ?? new Map<string, readonly string[]>();
  sorted.set(ids, known);
  const kept = known.get(name);
  if (kept !== undefined) return kept;
  const result = [...ids].sort((a, b) => comparedIds(call, a, b));
  if (isDescending) result.reverse();
  known.set(name, result);
  return result;
}

function comparedIds({ state }: ContentCall, one: string, other: string): number {
  if (state.settings.contentUnknowns.idOrder === "letters") return one.localeCompare(other, "en");
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Nothing comes last. */
function compared(one: unknown, other: unknown): number {
  if (isNothing(one) || isNothing(other)) return Number(isNothing(one)) - Number(isNothing(other));
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a !== undefined && b !== undefined) return a - b;
  return String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}
