import { type Call, ok, type Reply } from "../call.ts";
import type { Environment } from "../environment.ts";
import { Refusal } from "../errors.ts";
import { recordResource } from "../records.ts";

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 500;
/** The vendor's guide: with `nested=true` the server gives 30 records at most. */
const LARGEST_NESTED_PAGE = 30;

/**
 * `GET /items`: `meta.total_count` and the records asked for; placeholders without content come before those
 * that have some.
 */
export function listItems(call: Call): Reply {
  const { nestedPages } = call.state.settings.unknowns;
  const nested = call.query.get("nested") === "true";
  const capped = nested && nestedPages !== "unlimited";
  const limit = limitOf(call);
  if (capped && nestedPages === "refuse" && limit > LARGEST_NESTED_PAGE) throw invalidPage();
  const { items, records } = call.environment;
  return pageOf(call, items + records.length, capped ? Math.min(limit, LARGEST_NESTED_PAGE) : limit, (n) => {
    const record = records[n - items - 1];
    return record === undefined ? placeholder(n) : recordResource(record, { nested });
  });
}

/** @returns whether the n-th record is there as a placeholder */
export function hasPlaceholder({ items }: Environment, n: number): boolean {
  return n >= 1 && n <= items;
}

/** The n-th record, of which nobody has said what it holds. */
export function placeholder(n: number): object {
  return {
    id: `item-${n}`,
    type: "item",
    attributes: {},
    relationships: { item_type: { data: { id: "model-1", type: "item_type" } }, creator: { data: null } },
    meta: { status: "published", is_valid: true },
  };
}

/** `GET /uploads`: as for records. */
export function listUploads(call: Call): Reply {
  return pageOf(call, call.environment.uploads, limitOf(call), (n) => ({
    id: `upload-${n}`,
    type: "upload",
    attributes: { filename: `file-${n}.txt`, size: 0 },
    relationships: { creator: { data: null } },
  }));
}

function limitOf({ query }: Call): number {
  const limit = numberOf(query.get("page[limit]"), DEFAULT_PAGE);
  if (limit > LARGEST_PAGE) throw invalidPage();
  return limit;
}

function pageOf({ query }: Call, total: number, limit: number, row: (n: number) => object): Reply {
  const offset = numberOf(query.get("page[offset]"), 0);
  const length = Math.max(0, Math.min(limit, total - offset));
  const data = Array.from({ length }, (_, index) => row(offset + index + 1));
  return ok({ data, meta: { total_count: total } });
}

function numberOf(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  if (!/^\d+$/.test(text)) throw invalidPage();
  return Number(text);
}

function invalidPage(): Refusal {
  return new Refusal("INVALID_FORMAT", { field: "page" });
}
