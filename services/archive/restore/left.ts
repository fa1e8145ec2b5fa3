import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { metaOf, type Resource, relatedId } from "../../sources/datocms/resource.ts";
import type { Refused } from "./words.ts";

/** What a restore has left, by id: undo tells by it what somebody has changed since. */
export interface Left {
  /** Versions; null where DatoCMS does not tell, and of what was deleted. */
  readonly records: Readonly<Record<string, string | null>>;
  /** As `fingerprintOf` tells them. */
  readonly uploads: Readonly<Record<string, string>>;
}

/** Ids of what somebody else has changed. */
export function othersIn(refused: readonly Refused[]): Set<string> {
  return new Set(refused.filter(({ code }) => code === "CHANGED_SINCE").map(({ id }) => id));
}

/**
 * The versions, at the end, of records that changed though the restore did not write them, or that an attempt wrote
 * which did not come to note it.
 *
 * @param noted ids of the journal's records, without those that somebody else has changed
 * @param known versions that were told already
 * @param rewritten ids of records that the schema may have made versions of since: of these they are told anew
 */
export async function versionsLeft(
  reader: Pick<ContentReader, "recordsById">,
  noted: readonly string[],
  known: Left["records"],
  rewritten: ReadonlySet<string>,
): Promise<Result<Left["records"]>> {
  const asked = noted.filter((id) => known[id] === undefined || rewritten.has(id));
  const versions = await versionsOf(reader, asked);
  return mapped(versions, (found) => Object.fromEntries(asked.map((id) => [id, found.get(id) ?? null])));
}

/**
 * Which records still have the version that the restore left.
 *
 * @param noted ids of the journal's records
 * @param models ids: records of others are passed over
 */
export async function stillAsLeft(
  reader: Pick<ContentReader, "recordsById">,
  noted: readonly string[],
  known: Left["records"],
  models: ReadonlySet<string>,
): Promise<Result<ReadonlySet<string>>> {
  const asLeft = new Set<string>();
  for (const portion of portionsOf(models.size > 0 ? noted : [], ROWS_AT_ONCE)) {
    const rows = await reader.recordsById(portion, "current", false);
    if (!rows.ok) return rows;
    for (const record of rows.value)
      if (models.has(relatedId(record, "item_type") ?? "") && known[record.id] === versionIn(record))
        asLeft.add(record.id);
  }
  return succeeded(asLeft);
}

/** The versions that records have, by id; those that are not there are missing. */
export async function versionsOf(
  reader: Pick<ContentReader, "recordsById">,
  ids: readonly string[],
): Promise<Result<ReadonlyMap<string, string | null>>> {
  const versions = new Map<string, string | null>();
  for (const portion of portionsOf(ids, ROWS_AT_ONCE)) {
    const rows = await reader.recordsById(portion, "current", false);
    if (!rows.ok) return rows;
    for (const record of rows.value) versions.set(record.id, versionIn(record));
  }
  return succeeded(versions);
}

/** Rows without blocks, of which nothing but the version is kept. */
const ROWS_AT_ONCE = 1_000;

function versionIn(record: Resource): string | null {
  const version = metaOf(record, "current_version");
  return typeof version === "string" ? version : null;
}
