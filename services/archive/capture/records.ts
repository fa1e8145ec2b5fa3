import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { formatJson } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { type ContentReader, mostIds, type Schedules } from "../../sources/datocms/contentReader.ts";
import { metaOf, type Resource } from "../../sources/datocms/resource.ts";
import type { Model, Schema } from "../../sources/datocms/schema.ts";
import { referencesOf, withoutBlocks } from "../../sources/datocms/values.ts";
import { canonicalHash } from "../canonicalHash.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { PreviousModel } from "./previous.ts";
import { isSameBody, type PublishedSample } from "./publishedSample.ts";
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
  /** Takes records that DatoCMS calls published; undefined: what is published is read of all of them. */
  readonly sample: PublishedSample | undefined;
}

/** The records of some rows, in their order. `isSteady`: nobody has changed one of them between two readings. */
export interface ReadRecords {
  readonly entries: readonly Entry[];
  readonly isSteady: boolean;
}

/**
 * Turns the rows of a model's listing into records. What a row does not show is read for many records at once, so a
 * record may wait for rows that come later.
 */
export interface RecordReader {
  /** @returns the records that are complete by now; those of earlier rows come first */
  add(rows: readonly Resource[]): Promise<Result<ReadRecords, ArchiveFailure>>;
  /** Reads what is left. */
  end(): Promise<Result<ReadRecords, ArchiveFailure>>;
}

/** What a listing cannot show may have changed all the same: after so many days a record is read again. */
const READ_AGAIN_AFTER_DAYS = 30;
/** So much text of complete records waits for others at most, in UTF-16 units. */
const MOST_WAITING = 8 * 1024 * 1024;
/** Scheduled records cost a call each; so many wait at most. */
const MOST_INCOMPLETE = 100;
/** Hexadecimal digits of a fingerprint: of two states of one record, not of all records. */
const FINGERPRINT_DIGITS = 24;
const SCHEDULES_AT_ONCE = 4;

/** A record on its way, or the row of one of which more is to be read. */
type Waiting =
  | { readonly kind: "complete"; readonly entry: Entry }
  | { readonly kind: "row"; readonly row: Resource };

export function createRecordReader(reading: RecordReading): RecordReader {
  const mostAtOnce = mostIds(reading.model.holdsBlocks);
  let waiting: Waiting[] = [];
  let incomplete: Resource[] = [];
  /** How many of the incomplete ones are read by their ids. */
  let byId = 0;
  let size = 0;
  let isSteady = true;

  /** Reads what is missing of all that waits. */
  async function complete(): Promise<Result<undefined, ArchiveFailure>> {
    const read = await readMore(reading, incomplete);
    if (!read.ok) return read;
    isSteady &&= read.value.isSteady;
    waiting = waiting.flatMap((each): Waiting[] => {
      if (each.kind === "complete") return [each];
      const entry = read.value.entries.get(each.row.id);
      return entry === undefined ? [] : [{ kind: "complete", entry }];
    });
    incomplete = [];
    byId = 0;
    size = 0;
    return succeeded(undefined);
  }

  /** Hands over the records that wait for nothing. */
  function released(): ReadRecords {
    const first = waiting.findIndex(({ kind }) => kind === "row");
    const ready = waiting.splice(0, first < 0 ? waiting.length : first);
    return { entries: ready.flatMap((each) => (each.kind === "complete" ? each.entry : [])), isSteady };
  }

  function take(row: Resource): void {
    const entry =
      unchanged(reading, row) ?? (isWhole(reading, row) ? entryOf(reading, { current: row }) : undefined);
    if (entry === undefined) {
      waiting.push({ kind: "row", row });
      incomplete.push(row);
      if (needsBlocks(reading) || isReadTwice(reading, row)) byId += 1;
      return;
    }
    waiting.push({ kind: "complete", entry });
    if (incomplete.length > 0 && typeof entry.line === "string") size += entry.line.length;
  }

  return {
    async add(rows) {
      for (const row of rows) {
        take(row);
        if (byId < mostAtOnce && incomplete.length < MOST_INCOMPLETE && size < MOST_WAITING) continue;
        const completed = await complete();
        if (!completed.ok) return completed;
      }
      return succeeded(released());
    },
    async end() {
      const completed = await complete();
      return mapped(completed, released);
    },
  };
}

/** The record as the previous archive has it; undefined where it has changed since, or was read too long ago. */
function unchanged({ previous, model, today }: RecordReading, row: Resource): Entry | undefined {
  const line = previous?.record(row.id);
  if (line === undefined || line.fingerprint !== fingerprintOf(row, model)) return undefined;
  if (today - line.readOn >= READ_AGAIN_AFTER_DAYS) return undefined;
  // No row shows the published version of an edited record, and a deletion elsewhere takes links out of it as well.
  if (isEdited(row)) return undefined;
  const { file, ...rest } = line;
  return { ...rest, line: { inPrevious: file } };
}

/** Whether a row is all that there is to know of a record. */
function isWhole(reading: RecordReading, row: Resource): boolean {
  return !needsBlocks(reading) && !isReadTwice(reading, row) && !hasSchedule(row);
}

function needsBlocks({ rowsHaveBlocks, model }: RecordReading): boolean {
  return model.holdsBlocks && !rowsHaveBlocks;
}

interface MoreRead {
  /** By id. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly isSteady: boolean;
}

/** Reads blocks, published versions and schedules of records of which a row shows too little. */
async function readMore(
  reading: RecordReading,
  rows: readonly Resource[],
): Promise<Result<MoreRead, ArchiveFailure>> {
  const { reader, model } = reading;
  const ids = rows.map(({ id }) => id);
  const current = needsBlocks(reading) ? await reader.recordsById(ids, "current", true) : succeeded(rows);
  if (!current.ok) return failed(current.failure);
  const twice = current.value.filter((record) => isReadTwice(reading, record)).map(({ id }) => id);
  const published = await reader.recordsById(twice, "published", model.holdsBlocks);
  if (!published.ok) return published;
  const publishedById = new Map(published.value.map((record) => [record.id, record]));
  const entries = await sideBySide(current.value, SCHEDULES_AT_ONCE, async (record) => {
    return mapped(await schedulesOf(reader, record), (value) =>
      entryOf(reading, { current: record, published: publishedById.get(record.id), schedules: value }),
    );
  });
  return mapped(entries, (all) => ({
    entries: new Map(all.map((entry) => [entry.id, entry])),
    isSteady: all.length === rows.length && publishedById.size === twice.length,
  }));
}

async function schedulesOf(reader: ContentReader, record: Resource): Promise<Result<Schedules | null>> {
  return hasSchedule(record) ? reader.schedules(record.id) : succeeded(null);
}

interface Bodies {
  readonly current: Resource;
  readonly published?: Resource | undefined;
  readonly schedules?: Schedules | null;
}

function entryOf(
  { schema, model, today, sample, previous }: RecordReading,
  { current, published: read, schedules = null }: Bodies,
): Entry {
  const isPublished = metaOf(current, "status") === "published";
  const published = isPublished && read !== undefined && isSameBody(current, read) ? undefined : read;
  if (isPublished) sample?.offer(current);
  const line: RecordLine = {
    id: current.id,
    model: model.id,
    current,
    published: published ?? null,
    publishedIsCurrent: isPublished && published === undefined,
    schedules,
  };
  const references = [current, ...(published ? [published] : [])].map((body) => referencesOf(body, schema));
  const { parent_id } = current.attributes;
  const parent = typeof parent_id === "string" ? [parent_id] : [];
  const fingerprint = fingerprintOf(current, model);
  // Edited records are read each time, so their day matters to nobody, and the index stays as it is.
  const known = previous?.record(current.id);
  return {
    id: current.id,
    fingerprint,
    readOn: known?.fingerprint === fingerprint && isEdited(current) ? known.readOn : today,
    records: [...new Set([...references.flatMap(({ records }) => records), ...parent])],
    uploads: [...new Set(references.flatMap(({ uploads }) => uploads))],
    line: formatJson({ ...line }),
  };
}

/** Equal for a record that was read with its blocks and for the same one in a listing without. */
function fingerprintOf(record: Resource, model: Model): string {
  return canonicalHash(withoutBlocks(record, model)).slice(0, FINGERPRINT_DIGITS);
}

/** Whether it was edited since it was published, so that there are two versions of it. */
function isEdited(record: Resource): boolean {
  return metaOf(record, "status") === "updated";
}

/** Whether what is published of it is read beside what is edited. */
function isReadTwice({ sample }: RecordReading, record: Resource): boolean {
  return isEdited(record) || (sample === undefined && metaOf(record, "status") === "published");
}

function hasSchedule(record: Resource): boolean {
  const times = ["publication_scheduled_at", "unpublishing_scheduled_at"];
  return times.some((time) => typeof metaOf(record, time) === "string");
}
