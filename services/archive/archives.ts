import { failed, mapped, type Result, succeeded } from "../../utils/failures.ts";
import { sideBySide } from "../../utils/sideBySide.ts";
import type { StoreFailure } from "../stores/failures.ts";
import { listAll } from "../stores/listAll.ts";
import type { Store } from "../stores/store.ts";
import { type ArchiveFailure, archiveDamaged, archiveNotFound, archiveTooNew } from "./failures.ts";
import {
  ARCHIVE_ID,
  type ArchiveFolder,
  type Manifest,
  manifestKey,
  type ReadManifest,
  readManifest,
} from "./manifest.ts";

/** An archive that the store lists, and what its manifest turned out to be. */
export interface ListedArchive {
  readonly id: string;
  /** When the manifest was written, by the store's clock, ms since the epoch. */
  readonly writtenAt: number;
  readonly manifest: ReadManifest;
  /** It stays until somebody unpins it. */
  readonly isPinned: boolean;
  /** It came as a tar, from this store or another one. */
  readonly isUploaded: boolean;
}

/** Whose presence beside a manifest says something of the archive; what is in them is for people. */
export const PINNED = "pinned.json";
export const UPLOADED = "uploaded.json";

/** Manifests are read side by side. */
const AT_ONCE = 8;

/** Every archive of a store, the newest first, damaged ones too. */
export async function listArchives(
  store: Store,
  folder: ArchiveFolder = "archives",
): Promise<Result<readonly ListedArchive[], StoreFailure>> {
  const found = await findManifests(store, folder);
  if (!found.ok) return found;
  const listed = await sideBySide(found.value, AT_ONCE, async (found) => {
    const stored = await store.get(manifestKey(found.id, folder));
    if (!stored.ok) return stored;
    // One that was deleted since is not there.
    if (stored.value === undefined) return succeeded([]);
    return succeeded([{ ...found, manifest: readManifest(new TextDecoder().decode(stored.value.bytes)) }]);
  });
  return mapped(listed, (archives) => archives.flat().toSorted(newestFirst));
}

/** The moment of an archive, ms since the epoch: of one that cannot be read, when it was written. */
export function momentOf({ manifest, writtenAt }: ListedArchive): number {
  return manifest.kind === "read" ? Date.parse(manifest.manifest.createdAt) : writtenAt;
}

function newestFirst(one: ListedArchive, other: ListedArchive): number {
  return momentOf(other) - momentOf(one) || other.writtenAt - one.writtenAt || (one.id < other.id ? 1 : -1);
}

/** What a listing tells of an archive, without its manifest being read. */
export type FoundManifest = Omit<ListedArchive, "manifest">;

/** Every manifest in a folder of a store, unread. */
export async function findManifests(
  store: Store,
  folder: ArchiveFolder,
): Promise<Result<readonly FoundManifest[], StoreFailure>> {
  return mapped(await listAll(store, `${folder}/`), (objects) => {
    const names = new Set(objects.map(({ key }) => key));
    return objects.flatMap(({ key, modifiedAt }) => {
      const [, id = ""] = key.split("/");
      if (!ARCHIVE_ID.test(id) || key !== manifestKey(id, folder)) return [];
      const isThere = (beside: string) => names.has(`${folder}/${id}/${beside}`);
      return [{ id, writtenAt: modifiedAt, isPinned: isThere(PINNED), isUploaded: isThere(UPLOADED) }];
    });
  });
}

/**
 * Finds an archive.
 *
 * @param name an id, `latest`, or a date `YYYY-MM-DD` (UTC): the newest archive of that day
 */
export async function findArchive(
  store: Store,
  name: string,
): Promise<Result<ListedArchive, ArchiveFailure>> {
  const listed = await listArchives(store);
  if (!listed.ok) return listed;
  const archives = listed.value;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(name);
  const found = archives.find((archive) => {
    if (name === "latest") return true;
    return isDate ? new Date(momentOf(archive)).toISOString().startsWith(name) : archive.id === name;
  });
  const ids = archives.map(({ id }) => id);
  return found === undefined ? failed(archiveNotFound(name, ids)) : succeeded(found);
}

/** Its manifest, where it can be read. */
export function manifestIn({ id, manifest }: ListedArchive): Result<Manifest, ArchiveFailure> {
  if (manifest.kind === "read") return succeeded(manifest.manifest);
  return failed(manifest.kind === "newer" ? archiveTooNew(id) : archiveDamaged(id, "manifest.json"));
}
