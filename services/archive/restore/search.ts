import { type Result, succeeded } from "../../../utils/failures.ts";
import { metaOf, relatedId } from "../../sources/datocms/resource.ts";
import type { Model, Schema } from "../../sources/datocms/schema.ts";
import type { Searchable, SearchedRecord } from "./searchable.ts";
import type { SearchQuery } from "./searchQuery.ts";
import { titleOf, titlesOf } from "./title.ts";
import type { RestoreFailure } from "./words.ts";

/** A record that was looked for. */
export interface FoundRecord {
  readonly id: string;
  readonly model: Pick<Model, "id" | "apiKey" | "name">;
  /** Its id where it has no title. */
  readonly title: string;
  /** DatoCMS's word: `draft`, `published` or `updated`; null where it does not tell. */
  readonly status: string | null;
  /** ISO 8601; null where DatoCMS does not tell. */
  readonly updatedAt: string | null;
}

export interface SearchResult {
  /** The one that has the id first, then the newest. */
  readonly found: readonly FoundRecord[];
  /** How many fit, those that are left out too. */
  readonly total: number;
}

/**
 * Finds records by an editor's address or an id, by their model's API key or name, or by a part of their title in any
 * locale, whatever its letters' case and accents. Holds the records of one file or page, and what was found.
 *
 * @param most how many are returned
 */
export async function searchRecords(
  searchable: Searchable,
  query: SearchQuery,
  most: number,
): Promise<Result<SearchResult, RestoreFailure>> {
  const { schema } = searchable;
  const id = query.kind === "address" ? query.recordId : query.words;
  const named = isId(id) ? await searchable.byId([id]) : succeeded([]);
  if (!named.ok) return named;
  const first = named.value
    .filter((record) => isOfModel(record, schema))
    .map((record) => foundIn(record, schema));
  if (query.kind === "address") return succeeded({ found: first.slice(0, most), total: first.length });

  const newest = newestFirst(most);
  const words = folded(query.words);
  for (const model of schema.models.values()) {
    if (model.isBlock) continue;
    const isWanted = [model.apiKey, model.name].some((name) => folded(name) === words);
    for await (const records of searchable.ofModel(model.id)) {
      if (!records.ok) return records;
      for (const record of records.value)
        if (
          record.id !== id &&
          (isWanted || titlesOf(record, schema).some((title) => folded(title).includes(words)))
        )
          newest.add(foundIn(record, schema));
    }
  }
  return succeeded({
    found: [...first, ...newest.all()].slice(0, most),
    total: first.length + newest.total(),
  });
}

function isId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

/** A block has an id as well; it comes back with its record. */
function isOfModel({ current }: SearchedRecord, { models }: Schema): boolean {
  return models.get(relatedId(current, "item_type") ?? "")?.isBlock === false;
}

function foundIn({ id, current }: SearchedRecord, schema: Schema): FoundRecord {
  const modelId = relatedId(current, "item_type") ?? "";
  const { apiKey, name } = schema.models.get(modelId) ?? { apiKey: modelId, name: modelId };
  const text = (member: string) => {
    const value = metaOf(current, member);
    return typeof value === "string" ? value : null;
  };
  return {
    id,
    model: { id: modelId, apiKey, name },
    title: titleOf({ current }, schema) ?? id,
    status: text("status"),
    updatedAt: text("updated_at"),
  };
}

/** Keeps the newest of many. */
function newestFirst(most: number) {
  let kept: FoundRecord[] = [];
  let total = 0;
  const sort = () => {
    kept = kept.toSorted((one, other) => timeOf(other) - timeOf(one) || (one.id < other.id ? -1 : 1));
    kept.length = Math.min(kept.length, most);
  };
  return {
    add(record: FoundRecord) {
      total += 1;
      kept.push(record);
      // Sorted now and then: sorting for each would take longer than reading.
      if (kept.length >= 2 * most + 100) sort();
    },
    all() {
      sort();
      return kept;
    },
    total: () => total,
  };
}

function timeOf({ updatedAt }: FoundRecord): number {
  const time = Date.parse(updatedAt ?? "");
  return Number.isNaN(time) ? 0 : time;
}

/** For comparing what people type with what they wrote: without case and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
