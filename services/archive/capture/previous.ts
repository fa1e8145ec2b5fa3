import { valueIn } from "../../../utils/failures.ts";
import type { Store } from "../../stores/store.ts";
import { readFile } from "../files.ts";
import type { ArchivedFile, ArchivedModel } from "../manifest.ts";
import { withoutDevice } from "../names.ts";
import { type IndexLine, indexLineFrom, linesOf } from "./recordIndex.ts";

/** What an archive, or something read in the same form, holds of records. */
export interface ArchivedRecords {
  readonly models: readonly ArchivedModel[];
  readonly files: readonly ArchivedFile[];
}

/** What the previous archive holds of a model, to be taken over where nothing has changed. */
export interface PreviousModel {
  /** What its index says of a record; undefined where it has none of this id. */
  record(id: string): IndexLine | undefined;
  /** One of its files of records; undefined where there is none of this number. */
  file(number: number): ArchivedFile | undefined;
  /** The ids in it, in order. */
  idsIn(number: number): readonly string[];
  /** The lines in it, by record; undefined where the file is damaged. */
  lines(number: number): Promise<ReadonlyMap<string, string> | undefined>;
}

/**
 * What an archive says of a model; undefined where it holds no such model, or another definition of it, or its index
 * cannot be read: then everything is read anew.
 *
 * @param definition the hash of the model's definition as it is now
 */
export async function previousModel(
  store: Store,
  manifest: ArchivedRecords,
  modelId: string,
  definition: string,
): Promise<PreviousModel | undefined> {
  const model = manifest.models.find(({ id }) => id === modelId);
  if (model?.definition !== definition) return undefined;
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const indexFile = files.get(indexPath(model.apiKey));
  if (indexFile === undefined) return undefined;
  const text = valueIn(await readFile(store, indexFile));
  if (text === undefined) return undefined;

  // Lines stay texts until they are asked for: as objects they would take twice the memory.
  const index = new Map<string, string>();
  const ids = new Map<number, string[]>();
  for (const line of linesOf(text)) {
    const read = indexLineFrom(line);
    if (read === undefined) return undefined;
    index.set(read.id, line);
    const inFile = ids.get(read.file);
    if (inFile === undefined) ids.set(read.file, [read.id]);
    else inFile.push(read.id);
  }
  const fileOf = (number: number) => files.get(recordsPath(model.apiKey, number));
  // The records of a page lie in neighbouring files: the last few are asked for again and again.
  const kept = new Map<number, Promise<ReadonlyMap<string, string> | undefined>>();
  const read = async (number: number) => {
    const file = fileOf(number);
    const text = file && valueIn(await readFile(store, file));
    if (text === undefined) return undefined;
    const lines = linesOf(text);
    const idsInFile = ids.get(number) ?? [];
    return lines.length === idsInFile.length
      ? new Map(idsInFile.map((id, place) => [id, lines[place] ?? ""]))
      : undefined;
  };
  return {
    record: (id) => indexLineFrom(index.get(id) ?? ""),
    file: fileOf,
    idsIn: (number) => ids.get(number) ?? [],
    lines(number) {
      const present = kept.get(number) ?? read(number);
      kept.delete(number);
      kept.set(number, present);
      if (kept.size > FILES_KEPT) kept.delete(kept.keys().next().value ?? number);
      return present;
    },
  };
}

const FILES_KEPT = 4;

export function recordsPath(apiKey: string, number: number): string {
  return `records/${withoutDevice(apiKey)}/${String(number).padStart(5, "0")}.ndjson.gz`;
}

export function indexPath(apiKey: string): string {
  return `index/${withoutDevice(apiKey)}.ndjson.gz`;
}
