import { type Result, succeeded } from "../../../utils/failures.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { metaOf, type Resource, relatedId } from "../../sources/datocms/resource.ts";

/** What a restore has left, by id: undo tells by it what somebody has changed since. */
export interface Left {
  /** Versions; null where DatoCMS does not tell, and of what was deleted. */
  readonly records: Readonly<Record<string, string | null>>;
  /** As `fingerprintOf` tells them. */
  readonly uploads: Readonly<Record<string, string>>;
}

/**
 * The versions, at the end, of records that changed though the restore did not write them, or that an attempt wrote
 * which did not come to note it.
 *
 * @param noted ids of the journal's records, without those that somebody else has changed
 * @param known versions that were told already
 * @param rewritten ids of models whose records the schema has rewritten: that may have made versions of them
 */
export async function versionsLeft(
  reader: Pick<ContentReader, "recordsById">,
  noted: readonly string[],
  known: Left["records"],
  rewritten: ReadonlySet<string>,
): Promise<Result<Left["records"]>> {
  const asked = rewritten.size > 0 ? noted : noted.filter((id) => known[id] === undefined);
  const versions: [string, string | null][] = [];
  for (const portion of portionsOf(asked, ROWS_AT_ONCE)) {
    const rows = await reader.recordsById(portion, "current", false);
    if (!rows.ok) return rows;
    const found = new Map(rows.value.map((record) => [record.id, record]));
    for (const id of portion) {
      const record = found.get(id);
      const isOpen =
        known[id] === undefined || rewritten.has((record && relatedId(record, "item_type")) ?? "");
      if (isOpen) versions.push([id, record === undefined ? null : versionIn(record)]);
    }
  }
  return succeeded(Object.fromEntries(versions));
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
