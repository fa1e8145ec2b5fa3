import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import type { Model, Schema } from "../../sources/datocms/schema.ts";
import type { Store } from "../../stores/store.ts";
import { canonicalHash } from "../canonicalHash.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { ArchivedFile, ArchivedModel } from "../manifest.ts";
import type { ObjectWriter } from "./objects.ts";
import { type ArchivedRecords, indexPath, type PreviousModel, previousModel } from "./previous.ts";
import { createPublishedSample, type PublishedSample, type SampledRecord } from "./publishedSample.ts";
import { createRecordFiles } from "./recordFiles.ts";
import type { RecordIndex } from "./recordIndex.ts";
import { createRecordReader, type ReadRecords } from "./records.ts";

/** What the capture of every model has in common. */
export interface ModelCapture {
  readonly reader: ContentReader;
  readonly schema: Schema;
  readonly store: Store;
  readonly objects: ObjectWriter;
  /** Whose records are taken over where they have not changed. */
  readonly previous: ArchivedRecords | undefined;
  /** Days since 1970-01-01. */
  readonly today: number;
  /** Told how many records were read since the last call; some are read more than once. */
  onRecords(records: number): void;
}

/** A model's records in the archive. `isSteady`: the listing fitted together from its first page to its last. */
export interface CapturedModel {
  readonly entry: ArchivedModel;
  readonly files: readonly ArchivedFile[];
  readonly index: RecordIndex;
  /** Records of which what is published is still to be compared. */
  readonly sample: readonly SampledRecord[];
  /** How many records DatoCMS counts on every page and sends on none. */
  readonly unseen: number;
  readonly isSteady: boolean;
}

/** Somebody who edits without pause keeps every listing from fitting together. */
const MOST_TRIES = 3;

/**
 * Reads the records of a model until a listing fits together, or for the third time.
 *
 * @param readsPublished what is published is read of every record: nothing is taken over
 */
export async function captureModel(
  capture: ModelCapture,
  model: Model,
  readsPublished = false,
): Promise<Result<CapturedModel, ArchiveFailure>> {
  const { store, today } = capture;
  const definition = canonicalHash(model.definition);
  const previous = readsPublished ? undefined : capture.previous;
  let before = previous && (await previousModel(store, previous, model.id, definition));
  for (let attempt = 1; ; attempt += 1) {
    const sample = readsPublished ? undefined : createPublishedSample(model.id, today);
    const captured = await readModel(capture, model, definition, before, sample);
    if (captured.ok && (captured.value.isSteady || attempt >= MOST_TRIES)) return captured;
    if (!captured.ok && captured.failure !== "PREVIOUS_DAMAGED") return failed(captured.failure);
    // What the previous archive holds of this model is of no use, so it is not asked again.
    if (!captured.ok) before = undefined;
  }
}

async function readModel(
  capture: ModelCapture,
  model: Model,
  definition: string,
  previous: PreviousModel | undefined,
  sample: PublishedSample | undefined,
): Promise<Result<CapturedModel, ArchiveFailure | "PREVIOUS_DAMAGED">> {
  const { reader, schema, objects, today, onRecords } = capture;
  // A listing without blocks is a fraction of the calls, and enough where most records have not changed.
  const rowsHaveBlocks = model.holdsBlocks && previous === undefined;
  const records = createRecordReader({ reader, schema, model, previous, rowsHaveBlocks, today, sample });
  const files = createRecordFiles(model.apiKey, objects, previous);
  const seen = new Set<string>();
  let total: number | undefined;
  let isSteady = true;
  let isTotalSteady = true;
  const write = async (read: Result<ReadRecords, ArchiveFailure>) => {
    if (!read.ok) return read;
    isSteady &&= read.value.isSteady;
    return files.add(read.value.entries);
  };
  for await (const page of reader.records(model.id, rowsHaveBlocks)) {
    if (!page.ok) return page;
    total ??= page.value.total;
    const rows = page.value.rows.filter(({ id }) => !seen.has(id));
    isTotalSteady &&= page.value.total === total;
    isSteady &&= isTotalSteady && rows.length === page.value.rows.length;
    for (const { id } of rows) seen.add(id);
    const added = await write(await records.add(rows));
    if (!added.ok) return added;
    onRecords(rows.length);
  }
  const rest = await write(await records.end());
  if (!rest.ok) return rest;
  const written = await files.close();
  if (!written.ok) return written;
  isSteady &&= seen.size === total;

  const { index } = written.value;
  const indexFile = await objects.packed(indexPath(model.apiKey), index.bytes(), index.size());
  if (!indexFile.ok) return indexFile;
  const { id, apiKey, name, isBlock } = model;
  return succeeded({
    entry: { id, apiKey, name, isBlock, records: index.size(), definition },
    files: [...written.value.files, indexFile.value],
    index,
    sample: sample?.records() ?? [],
    unseen: isTotalSteady ? Math.max(0, (total ?? 0) - seen.size) : 0,
    isSteady,
  });
}
