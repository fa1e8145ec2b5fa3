import type { Call, Reply } from "../call.ts";
import { limitOf, pageOf, type Rows } from "../content/paging.ts";
import type { Environment } from "../environment.ts";
import { recordResource } from "../records.ts";

/**
 * `GET /items`: `meta.total_count` and the records asked for; placeholders without content come before those
 * that have some.
 */
export function listItems(call: Call): Reply {
  const nested = call.query.get("nested") === "true";
  const { items, records } = call.environment;
  const row = (n: number) => {
    const record = records[n - items - 1];
    return record === undefined ? placeholder(n) : recordResource(record, { nested });
  };
  return pageOf(call, numbered(items + records.length), limitOf(call, { nested }), row);
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
  return pageOf(call, numbered(call.environment.uploads), limitOf(call), (n) => ({
    id: `upload-${n}`,
    type: "upload",
    attributes: { filename: `file-${n}.txt`, size: 0 },
    relationships: { creator: { data: null } },
  }));
}

/** Rows that are nothing but their number, from 1. */
function numbered(total: number): Rows<number> {
  return {
    total,
    slice: (from, to) =>
      Array.from({ length: Math.max(0, Math.min(to, total) - from) }, (_, index) => from + index + 1),
  };
}
