import { type Call, ok, type Reply } from "../call.ts";
import { Refusal } from "../errors.ts";

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 500;
/** The vendor's guide: with `nested=true` the server gives 30 records at most. */
const LARGEST_NESTED_PAGE = 30;

/** `GET /items`: `meta.total_count`, and placeholders without content for the records asked for. */
export function listItems(call: Call): Reply {
  const { nestedPages } = call.state.settings.unknowns;
  const capped = call.query.get("nested") === "true" && nestedPages !== "unlimited";
  const limit = limitOf(call);
  if (capped && nestedPages === "refuse" && limit > LARGEST_NESTED_PAGE) throw invalidPage();
  return pageOf(call, call.environment.items, capped ? Math.min(limit, LARGEST_NESTED_PAGE) : limit, (n) => ({
    id: `item-${n}`,
    type: "item",
    attributes: {},
    relationships: { item_type: { data: { id: "model-1", type: "item_type" } }, creator: { data: null } },
    meta: { status: "published", is_valid: true },
  }));
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
