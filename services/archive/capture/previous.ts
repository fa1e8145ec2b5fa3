import { valueIn } from "../../../utils/failures.ts";
import type { Store } from "../../stores/store.ts";
import { readFile } from "../files.ts";
import type { ArchivedFile, Manifest } from "../manifest.ts";
import { type IndexLine, indexFrom, linesOf } from "./recordIndex.ts";

/** What the previous archive holds of a model, to be taken over where nothing has changed. */
export interface PreviousModel {
  /** Records by id. */
  readonly index: ReadonlyMap<string, IndexLine>;
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
  manifest: Manifest,
  modelId: string,
  definition: string,
): Promise<PreviousModel | undefined> {
  const model = manifest.models.find(({ id }) => id === modelId);
  if (model?.definition !== definition) return undefined;
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const indexFile = files.get(indexPath(model.apiKey));
  if (indexFile === undefined) return undefined;
  const text = valueIn(await readFile(store, indexFile));
  const index = text === undefined ? undefined : indexFrom(text);
  if (index === undefined) return undefined;

  const ids = new Map<number, string[]>();
  for (const { id, file } of index) {
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
    index: new Map(index.map((line) => [line.id, line])),
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
  return `records/${apiKey}/${String(number).padStart(5, "0")}.ndjson.gz`;
}

export function indexPath(apiKey: string): string {
  return `index/${apiKey}.ndjson.gz`;
}
