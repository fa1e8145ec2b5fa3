import { type Call, ok, type Reply } from "../call.ts";
import { Refusal } from "../errors.ts";

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 500;
/** The vendor's guide: with `nested=true` the server gives 30 records at most. */
const LARGEST_NESTED_PAGE = 30;

/** Rows that a call may ask for a part of. */
export type Rows<Row> = { readonly total: number; readonly slice: (from: number, to: number) => Row[] };

/** @returns rows of a list that is there already */
export function rowsOf<Row>(list: readonly Row[]): Rows<Row> {
  return { total: list.length, slice: (from, to) => list.slice(from, to) };
}

/**
 * @returns how many rows a page has: 500 at most, with `nested=true` 30 (facts 2.1, switch `nestedPages`)
 * @throws Refusal INVALID_FORMAT
 */
export function limitOf({ query, state }: Call, { nested = false } = {}): number {
  const limit = numberOf(query.get("page[limit]"), DEFAULT_PAGE);
  if (limit > LARGEST_PAGE) throw invalidPage();
  const { nestedPages } = state.settings.unknowns;
  if (!nested || nestedPages === "unlimited" || limit <= LARGEST_NESTED_PAGE) return limit;
  if (nestedPages === "refuse") throw invalidPage();
  return LARGEST_NESTED_PAGE;
}

/** @returns the page that a call asks for, with the number of all rows */
export function pageOf<Row>(
  call: Call,
  rows: Rows<Row>,
  limit: number,
  resource: (row: Row) => object,
): Reply {
  const offset = numberOf(call.query.get("page[offset]"), 0);
  const data = rows.slice(offset, offset + limit).map(resource);
  return ok({ data, meta: { total_count: rows.total } });
}

function numberOf(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  if (!/^\d+$/.test(text)) throw invalidPage();
  return Number(text);
}

function invalidPage(): Refusal {
  return new Refusal("INVALID_FORMAT", { field: "page" });
}
