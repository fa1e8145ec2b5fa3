import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Listed, Store } from "../../stores/store.ts";
import { findManifests, type ListedArchive } from "../archives.ts";
import type { ArchiveFailure } from "../failures.ts";
import { type ArchiveFolder, manifestKey } from "../manifest.ts";
import { archivePinned, notInTrash } from "./failures.ts";
import { pin } from "./pins.ts";

/** So long what was deleted can be got back, by the store's clock. */
export const TRASH_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Deletes an archive that somebody has named.
 *
 * @returns `ARCHIVE_PINNED`
 */
export async function deleteArchive(
  store: Store,
  { id, isPinned }: ListedArchive,
): Promise<Result<void, ArchiveFailure>> {
  return isPinned ? failed(archivePinned(id)) : moveToTrash(store, id);
}

/**
 * Deletes an archive: its manifest lies in the trash from then on. After a kill in between it lies in both places, is
 * not deleted yet, and can be deleted again.
 */
export function moveToTrash(store: Store, id: string): Promise<Result<void, StoreFailure>> {
  return move(store, id, "archives", "trash");
}

/**
 * Gets a deleted archive back.
 *
 * @param name an id, or `latest`: the one that was deleted last
 * @returns its id; `ARCHIVE_NOT_FOUND` where the trash does not hold it, or not any more
 */
export async function takeFromTrash(store: Store, name: string): Promise<Result<string, ArchiveFailure>> {
  const inTrash = await findManifests(store, "trash");
  if (!inTrash.ok) return inTrash;
  const lastFirst = inTrash.value.toSorted((one, other) => other.writtenAt - one.writtenAt);
  const ids = lastFirst.map(({ id }) => id);
  const id = name === "latest" ? ids[0] : ids.find((each) => each === name);
  if (id === undefined) return failed(notInTrash(name, ids));
  return mapped(await move(store, id, "trash", "archives"), () => id);
}

/**
 * Gets a deleted archive back, and pins it: whatever has deleted it would do so again.
 *
 * @param now ms since the epoch
 * @returns as `takeFromTrash` does
 */
export async function undelete(
  store: Store,
  name: string,
  now: number,
): Promise<Result<string, ArchiveFailure>> {
  const id = await takeFromTrash(store, name);
  return id.ok ? mapped(await pin(store, id.value, now), () => id.value) : id;
}

/**
 * Removes what has been in the trash for seven days, and what a killed deletion has left of it elsewhere.
 *
 * @param now the store's time, ms since the epoch
 * @returns how many archives are gone
 */
export async function emptyTrash(store: Store, now: number): Promise<Result<number, StoreFailure>> {
  const inTrash = await findManifests(store, "trash");
  if (!inTrash.ok) return inTrash;
  const archives = await findManifests(store, "archives");
  if (!archives.ok) return archives;
  const isOld = ({ modifiedAt }: Pick<Listed, "modifiedAt">) => now - modifiedAt >= TRASH_MS;
  const old = inTrash.value.filter(({ writtenAt }) => isOld({ modifiedAt: writtenAt }));
  for (const { id } of old) {
    const isBack = archives.value.some((archive) => archive.id === id);
    const left = isBack ? succeeded([]) : await listAll(store, `archives/${id}/`);
    if (!left.ok) return left;
    const gone = left.value.filter(isOld).map(({ key }) => key);
    const files = await listAll(store, `trash/${id}/`);
    if (!files.ok) return files;
    const deleted = await store.delete([...gone, ...manifestLast(files.value, manifestKey(id, "trash"))]);
    if (!deleted.ok) return deleted;
  }
  return succeeded(old.length);
}

/** Copies everything before it deletes anything. The manifest arrives last and leaves first: it makes the archive. */
async function move(
  store: Store,
  id: string,
  from: ArchiveFolder,
  to: ArchiveFolder,
): Promise<Result<void, StoreFailure>> {
  const files = await listAll(store, `${from}/${id}/`);
  if (!files.ok) return files;
  const copies = new Map<string, Bytes>();
  for (const key of manifestLast(files.value, manifestKey(id, from))) {
    const stored = await store.get(key);
    if (!stored.ok) return stored;
    // Somebody else moves it, too.
    if (stored.value === undefined) continue;
    copies.set(key, stored.value.bytes);
    const put = await store.put(key.replace(from, to), stored.value.bytes);
    if (!put.ok) return put;
  }
  for (const key of [...copies.keys()].reverse()) {
    const deleted = await store.delete([key]);
    if (!deleted.ok) return deleted;
  }
  return stayThere(store, manifestKey(id, to), copies.get(manifestKey(id, from)));
}

/** Whoever moves an archive the other way at this moment takes the copy for what is to be deleted. */
async function stayThere(
  store: Store,
  key: string,
  manifest: Bytes | undefined,
): Promise<Result<void, StoreFailure>> {
  const there = await store.head(key);
  if (!there.ok) return there;
  if (there.value !== undefined || manifest === undefined) return succeeded(undefined);
  const put = await store.put(key, manifest);
  return mapped(put, () => undefined);
}

function manifestLast(files: readonly Listed[], manifest: string): string[] {
  const others = files.flatMap(({ key }) => (key === manifest ? [] : [key]));
  return others.length === files.length ? others : [...others, manifest];
}
