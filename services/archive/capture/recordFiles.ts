import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { sha256Of } from "../../stores/hashing.ts";
import type { ArchivedFile } from "../manifest.ts";
import type { ObjectWriter } from "./objects.ts";
import { type PreviousModel, recordsPath } from "./previous.ts";
import { createRecordIndex, type IndexLine, type RecordIndex } from "./recordIndex.ts";

/** A record on its way into an archive: its line, or which file of the previous archive has it. */
export interface Entry extends Omit<IndexLine, "file"> {
  readonly line: string | { readonly inPrevious: number };
}

/** What ends the writing of a model's files: the store, or a file of the previous archive that is damaged. */
export type RecordFilesFailure = StoreFailure | "PREVIOUS_DAMAGED";

/** Cuts a model's records into files of about a hundred, and writes them. */
export interface RecordFiles {
  add(entries: readonly Entry[]): Promise<Result<void, RecordFilesFailure>>;
  /** Writes what is left. */
  close(): Promise<Result<{ files: ArchivedFile[]; index: RecordIndex }, RecordFilesFailure>>;
}

/**
 * A file has about a hundred records: at 1 % of the records edited, two thirds of the files change; of 1,000 records
 * all would. Files that are much longer than others would change more often than they are worth.
 */
const LEAST_RECORDS = 70;
const USUAL_RECORDS = 110;
const MOST_RECORDS = 4 * USUAL_RECORDS;
/** In UTF-16 units, which is near enough. */
const LARGEST_FILE = 8 * 1024 * 1024;

/**
 * Whether a file ends with this record. The ids decide, so that a new record changes one file, or a few, and not all
 * that follow.
 *
 * @param records how many the file has with this one
 */
export function endsFile(id: string, records: number): boolean {
  if (records < LEAST_RECORDS) return false;
  const fraction = Number.parseInt(sha256Of(new TextEncoder().encode(id)).slice(0, 8), 16) / 2 ** 32;
  return fraction < 1 / (USUAL_RECORDS - LEAST_RECORDS);
}

/** @param previous what may be taken over */
export function createRecordFiles(
  apiKey: string,
  objects: ObjectWriter,
  previous: PreviousModel | undefined,
): RecordFiles {
  const files: ArchivedFile[] = [];
  const index = createRecordIndex();
  let open: Entry[] = [];
  let size = 0;

  async function write(): Promise<Result<void, RecordFilesFailure>> {
    const entries = open;
    open = [];
    size = 0;
    if (entries.length === 0) return succeeded(undefined);
    const number = files.length + 1;
    const file = await fileOf(entries, recordsPath(apiKey, number));
    if (!file.ok) return file;
    files.push(file.value);
    index.add(entries.map(({ line: _, ...rest }) => ({ ...rest, file: number })));
    return succeeded(undefined);
  }

  async function fileOf(
    entries: readonly Entry[],
    path: string,
  ): Promise<Result<ArchivedFile, RecordFilesFailure>> {
    const whole = previous && wholeFile(entries, previous);
    if (whole !== undefined) {
      const reused = await objects.reused(path, whole);
      if (!reused.ok) return reused;
      if (reused.value !== undefined) return succeeded(reused.value);
    }
    const lines: string[] = [];
    for (const { id, line } of entries) {
      const text = typeof line === "string" ? line : (await previous?.lines(line.inPrevious))?.get(id);
      if (text === undefined) return failed("PREVIOUS_DAMAGED");
      lines.push(text);
    }
    return objects.lines(path, lines);
  }

  return {
    async add(entries) {
      for (const entry of entries) {
        open.push(entry);
        size += typeof entry.line === "string" ? entry.line.length : 0;
        const isFull = open.length >= MOST_RECORDS || size >= LARGEST_FILE;
        if (!isFull && !endsFile(entry.id, open.length)) continue;
        const written = await write();
        if (!written.ok) return written;
      }
      return succeeded(undefined);
    },

    async close() {
      const last = await write();
      return last.ok ? succeeded({ files, index }) : last;
    },
  };
}

/** The file of the previous archive that holds just these records, unchanged and in this order. */
function wholeFile(entries: readonly Entry[], previous: PreviousModel): ArchivedFile | undefined {
  const line = entries[0]?.line;
  if (line === undefined || typeof line === "string") return undefined;
  const number = line.inPrevious;
  const ids = previous.idsIn(number);
  const isSame =
    ids.length === entries.length &&
    entries.every(
      (entry, place) =>
        typeof entry.line !== "string" && entry.line.inPrevious === number && entry.id === ids[place],
    );
  return isSame ? previous.file(number) : undefined;
}
