import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { Store } from "../../stores/store.ts";
import { findManifests } from "../archives.ts";
import { linesOf } from "../capture/recordIndex.ts";
import { type ArchiveFailure, archiveDamaged, archiveTooNew } from "../failures.ts";
import { readFile } from "../files.ts";
import { type ArchivedFile, type Manifest, manifestKey, readManifest } from "../manifest.ts";
import { assetKeyIn } from "../uploadLine.ts";

/** The objects and assets that a store's archives name, those in the trash too. */
export interface Names {
  has(key: string): boolean;
  /**
   * Reads the manifests that were not read yet.
   *
   * @returns `ARCHIVE_DAMAGED` or `ARCHIVE_TOO_NEW` where one names nobody knows what
   */
  read(): Promise<Result<void, ArchiveFailure>>;
}

/** Archives are looked at before the trash and behind it: one that is moved meanwhile is seen in one of the two. */
const FOLDERS = ["archives", "trash", "archives"] as const;
/** Lists of uploads are read side by side. */
const AT_ONCE = 4;

export function namesIn(store: Store): Names {
  const names = new Set<string>();
  const manifests = new Set<string>();
  const uploads = new Set<string>();

  async function readUploads(id: string, file: ArchivedFile): Promise<Result<void, ArchiveFailure>> {
    if (uploads.has(file.object)) return succeeded(undefined);
    const text = await readFile(store, file);
    if (!text.ok) return text;
    for (const line of text.value === undefined ? [""] : linesOf(text.value)) {
      const key = assetKeyIn(line);
      if (key === undefined) return failed(archiveDamaged(id, file.path));
      names.add(key);
    }
    uploads.add(file.object);
    return succeeded(undefined);
  }

  async function add({ id, files }: Manifest): Promise<Result<void, ArchiveFailure>> {
    for (const { object } of files) names.add(object);
    const ofUploads = files.filter(({ path }) => path.startsWith("uploads/"));
    const read = await sideBySide(ofUploads, AT_ONCE, (file) => readUploads(id, file));
    return mapped(read, () => undefined);
  }

  return {
    has: (key) => names.has(key),

    async read() {
      for (const folder of FOLDERS) {
        const found = await findManifests(store, folder);
        if (!found.ok) return found;
        for (const { id, writtenAt } of found.value) {
          const version = `${id} ${writtenAt}`;
          if (manifests.has(version)) continue;
          const stored = await store.get(manifestKey(id, folder));
          if (!stored.ok) return stored;
          // It was moved meanwhile, or deleted for good.
          if (stored.value === undefined) continue;
          const read = readManifest(new TextDecoder().decode(stored.value.bytes));
          if (read.kind === "newer") return failed(archiveTooNew(id));
          if (read.kind === "damaged") return failed(archiveDamaged(id, "manifest.json"));
          const added = await add(read.manifest);
          if (!added.ok) return added;
          manifests.add(version);
        }
      }
      return succeeded(undefined);
    },
  };
}
