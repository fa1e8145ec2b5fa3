import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { documentBytes } from "../../stores/document.ts";
import type { Store } from "../../stores/store.ts";
import { PINNED } from "../archives.ts";
import { type ArchiveFailure, archiveNotFound } from "../failures.ts";
import { type ArchiveFolder, manifestKey } from "../manifest.ts";

/**
 * Pins an archive: it stays until somebody unpins it.
 *
 * @param now ms since the epoch
 * @returns `ARCHIVE_NOT_FOUND` where it was deleted meanwhile
 */
export async function pin(store: Store, id: string, now: number): Promise<Result<void, ArchiveFailure>> {
  const put = await store.put(pinKey(id), documentBytes({ pinnedAt: new Date(now).toISOString() }));
  if (!put.ok) return put;
  // Whoever prunes looks for the pin once more after the manifest is gone.
  const there = await store.head(manifestKey(id));
  if (!there.ok) return there;
  if (there.value !== undefined) return succeeded(undefined);
  const removed = await store.delete([pinKey(id)]);
  return removed.ok ? failed(archiveNotFound(id, [])) : removed;
}

export function unpin(store: Store, id: string): Promise<Result<void, ArchiveFailure>> {
  return store.delete([pinKey(id)]);
}

/** Whether an archive was pinned, wherever it lies. */
export async function isPinned(store: Store, id: string, folder: ArchiveFolder) {
  return mapped(await store.head(pinKey(id, folder)), (facts) => facts !== undefined);
}

function pinKey(id: string, folder: ArchiveFolder = "archives"): string {
  return `${folder}/${id}/${PINNED}`;
}
