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

/** The records of a model in an archive: where each is, and what is in its files. */
export interface HeldRecords {
  /** The number of the file that has a record; undefined where there is none of this id. */
  fileOf(id: string): number | undefined;
  /** One of its files of records; undefined where there is none of this number. */
  file(number: number): ArchivedFile | undefined;
  /** The ids in it, in order. */
  idsIn(number: number): readonly string[];
  /** The lines in it, by record; undefined where the file is damaged. */
  lines(number: number): Promise<ReadonlyMap<string, string> | undefined>;
}

/** What the previous archive holds of a model, to be taken over where nothing has changed. */
export interface PreviousModel extends HeldRecords {
  /** What its index says of a record; undefined where it has none of this id. */
  record(id: string): IndexLine | undefined;
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
  if (manifest.models.find(({ id }) => id === modelId)?.definition !== definition) return undefined;
  // Lines stay texts until they are asked for: as objects they would take twice the memory.
  const index = new Map<string, string>();
  const held = await heldRecords(store, manifest, modelId, ({ id }, text) => index.set(id, text));
  return held && { ...held, record: (id) => indexLineFrom(index.get(id) ?? "") };
}

/**
 * Opens what an archive holds of a model's records; undefined where it holds no such model, or its index cannot be read.
 *
 * @param told of each line of the index, which is not kept
 */
export async function heldRecords(
  store: Store,
  archived: ArchivedRecords,
  modelId: string,
  told: (line: IndexLine, text: string) => void = () => {},
): Promise<HeldRecords | undefined> {
  const model = archived.models.find(({ id }) => id === modelId);
  if (model === undefined) return undefined;
  const files = new Map(archived.files.map((file) => [file.path, file]));
  const indexFile = files.get(indexPath(model.apiKey));
  const text = indexFile && valueIn(await readFile(store, indexFile));
  if (text === undefined) return undefined;
  const places = new Map<string, number>();
  const ids = new Map<number, string[]>();
  for (const line of linesOf(text)) {
    const read = indexLineFrom(line);
    if (read === undefined) return undefined;
    const { id, file } = read;
    told(read, line);
    places.set(id, file);
    const inFile = ids.get(file);
    if (inFile === undefined) ids.set(file, [id]);
    else inFile.push(id);
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
    fileOf: (id) => places.get(id),
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
