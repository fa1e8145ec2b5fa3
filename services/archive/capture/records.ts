import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { canonicalJson, formatJson, type JsonObject } from "../../../utils/json.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { metaOf, type Resource } from "../../sources/datocms/resource.ts";
import type { Model, Schema } from "../../sources/datocms/schema.ts";
import { referencesOf, withoutBlocks } from "../../sources/datocms/values.ts";
import { sha256Of } from "../../stores/hashing.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { PreviousModel } from "./previous.ts";
import type { Entry } from "./recordFiles.ts";
import type { RecordLine } from "./recordIndex.ts";

/** What turns rows of a listing into records of an archive. */
export interface RecordReading {
  readonly reader: ContentReader;
  readonly schema: Schema;
  readonly model: Model;
  /** What has not changed since is taken from here. */
  readonly previous: PreviousModel | undefined;
  /** Whether the rows come with their blocks. */
  readonly rowsHaveBlocks: boolean;
  /** Days since 1970-01-01. */
  readonly today: number;
}

/** The records of some rows. `isSteady`: nobody has changed one of them between two readings. */
export interface ReadRecords {
  readonly entries: readonly Entry[];
  readonly isSteady: boolean;
}

/** What a listing cannot show may have changed all the same: after so many days a record is read again. */
const READ_AGAIN_AFTER_DAYS = 30;

/** @param rows of a listing of the model's records as they are edited now */
export async function readRecords(
  reading: RecordReading,
  rows: readonly Resource[],
): Promise<Result<ReadRecords, ArchiveFailure>> {
  const { reader, model, previous, today } = reading;
  const known = new Map<string, Entry>();
  for (const row of rows) {
    const line = previous?.index.get(row.id);
    if (line === undefined || line.fingerprint !== fingerprintOf(row, model)) continue;
    if (today - line.readOn >= READ_AGAIN_AFTER_DAYS) continue;
    const { file, ...rest } = line;
    known.set(row.id, { ...rest, line: { inPrevious: file } });
  }

  const changed = rows.filter(({ id }) => !known.has(id));
  const current = await withBlocks(reading, changed);
  if (!current.ok) return current;
  const edited = current.value.filter((record) => statusOf(record) === "updated").map(({ id }) => id);
  const published = await reader.recordsById(edited, "published", model.holdsBlocks);
  if (!published.ok) return published;

  const publishedById = byId(published.value);
  for (const record of current.value) {
    const entry = await entryOf(reading, record, publishedById.get(record.id) ?? null);
    if (!entry.ok) return entry;
    known.set(record.id, entry.value);
  }
  return succeeded({
    entries: rows.flatMap(({ id }) => known.get(id) ?? []),
    isSteady: known.size === rows.length && publishedById.size === edited.length,
  });
}

/** Records as rows show them, and their blocks. */
async function withBlocks(
  { reader, model, rowsHaveBlocks }: RecordReading,
  rows: readonly Resource[],
): Promise<Result<readonly Resource[], ArchiveFailure>> {
  if (rowsHaveBlocks || !model.holdsBlocks) return succeeded(rows);
  return reader.recordsById(
    rows.map(({ id }) => id),
    "current",
    true,
  );
}

async function entryOf(
  { reader, schema, model, today }: RecordReading,
  current: Resource,
  published: Resource | null,
): Promise<Result<Entry, ArchiveFailure>> {
  const schedules = hasSchedule(current) ? await reader.schedules(current.id) : succeeded(null);
  if (!schedules.ok) return failed(schedules.failure);
  const line: RecordLine = {
    id: current.id,
    model: model.id,
    current,
    published,
    publishedIsCurrent: statusOf(current) === "published",
    schedules: schedules.value,
  };
  const references = [current, ...(published ? [published] : [])].map((body) => referencesOf(body, schema));
  return succeeded({
    id: current.id,
    fingerprint: fingerprintOf(current, model),
    readOn: today,
    records: [...new Set(references.flatMap(({ records }) => records))],
    uploads: [...new Set(references.flatMap(({ uploads }) => uploads))],
    line: formatJson({ ...line }),
  });
}

/** Equal for a record that was read with its blocks and for the same one in a listing without. */
function fingerprintOf(record: Resource, model: Model): string {
  const plain: JsonObject = withoutBlocks(record, model);
  return sha256Of(new TextEncoder().encode(canonicalJson(plain)));
}

function statusOf(record: Resource): unknown {
  return metaOf(record, "status");
}

function hasSchedule(record: Resource): boolean {
  const times = ["publication_scheduled_at", "unpublishing_scheduled_at"];
  return times.some((time) => typeof metaOf(record, time) === "string");
}

function byId(records: readonly Resource[]): Map<string, Resource> {
  return new Map(records.map((record) => [record.id, record]));
}
