import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { isJsonObject, parsedJson } from "../../../utils/json.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import type { Store } from "../../stores/store.ts";
import { listArchives } from "../archives.ts";
import { linesOf } from "../capture/recordIndex.ts";
import type { ArchiveFailure } from "../failures.ts";
import { readFile } from "../files.ts";
import type { ArchivedFile } from "../manifest.ts";
import { type ErasedThing, noteErased } from "./erased.ts";
import { notArchived } from "./failures.ts";

/** Something that no restore brings back any more, and the archives that still hold its bytes, the newest first. */
export interface Forgotten extends ErasedThing {
  readonly archives: readonly string[];
}

/** Files whose lines begin with the ids of what an archive holds. */
const FOLDER = { record: "index/", upload: "uploads/" } as const;

/**
 * Forgets a record or an upload: no restore, search or comparison shows it again.
 *
 * @param now ms since the epoch
 * @returns `RECORD_NOT_FOUND` or `UPLOAD_NOT_FOUND` where no archive holds it: the id is wrong, or there is nothing to do
 */
export async function forget(
  store: Store,
  thing: ErasedThing,
  now: number,
): Promise<Result<Forgotten, ArchiveFailure>> {
  const listed = await listArchives(store);
  if (!listed.ok) return listed;
  const known = new Map<string, boolean>();
  const archives: string[] = [];
  let mayBeElsewhere = false;
  for (const { id, manifest: read } of listed.value) {
    if (read.kind !== "read") {
      mayBeElsewhere = true;
      continue;
    }
    const files = read.manifest.files.filter(({ path }) => path.startsWith(FOLDER[thing.kind]));
    const holds = await isInOneOf(store, files, thing.id, known);
    if (!holds.ok) return holds;
    if (holds.value) archives.push(id);
  }
  if (archives.length === 0 && !mayBeElsewhere) return failed(notArchived(thing.kind, thing.id));
  const noted = await noteErased(store, thing, now);
  return noted.ok ? succeeded({ ...thing, archives }) : noted;
}

/** @param known what earlier archives have found out of the same objects */
async function isInOneOf(
  store: Store,
  files: readonly ArchivedFile[],
  id: string,
  known: Map<string, boolean>,
): Promise<Result<boolean, StoreFailure>> {
  let isThere = false;
  for (const file of files) {
    if (!known.has(file.object)) {
      const text = await readFile(store, file);
      if (!text.ok) return text;
      // What is damaged may hold it.
      known.set(file.object, text.value === undefined || hasLineOf(text.value, id));
    }
    isThere ||= known.get(file.object) === true;
  }
  return succeeded(isThere);
}

function hasLineOf(text: string, id: string): boolean {
  // Most files have no such word, and need not be parsed.
  if (!text.includes(JSON.stringify(id))) return false;
  return linesOf(text).some((line) => {
    const document = parsedJson(line);
    return isJsonObject(document) && document.id === id;
  });
}
