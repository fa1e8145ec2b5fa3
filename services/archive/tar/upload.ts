import type { Clock } from "../../../utils/clock.ts";
import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { documentBytes } from "../../stores/document.ts";
import { claimRoot } from "../../stores/root.ts";
import type { Store } from "../../stores/store.ts";
import { PINNED, UPLOADED } from "../archives.ts";
import { type ArchiveFailure, tarRefused, uploadExists } from "../failures.ts";
import { type Manifest, manifestKey } from "../manifest.ts";
import { whileWriting } from "../turns.ts";
import { type CheckedTar, checkTar } from "./check.ts";
import { hasItsSize, isAsWritten, storeAll } from "./content.ts";
import type { TarFile } from "./read.ts";
import { tarStore } from "./tarStore.ts";

export interface Upload {
  readonly store: Store;
  readonly tar: TarFile;
  /** DatoCMS's id of the project whose store it is. The archive may be another's. */
  readonly project: string;
  readonly clock: Clock;
  /** Finds what is wrong with the one archive of a store: a sentence for each problem. */
  readonly verify: (store: Store) => Promise<Result<readonly string[], ArchiveFailure>>;
  /** Told how many bytes of how many are in the store. */
  readonly onProgress: (done: number, all: number) => void;
}

/**
 * Takes an archive out of a tar into a store. Nothing is written before all of it was checked, and its manifest comes last.
 * It is marked as uploaded, because nobody can tell where it has been, and pinned, because its age says nothing about why
 * it came.
 *
 * @returns the manifest; `ARCHIVE_EXISTS`, `ARCHIVE_TAR_REFUSED`, `ARCHIVE_TOO_NEW`, `ARCHIVE_OBJECT_DIFFERS`,
 *   `STORE_OF_ANOTHER_PROJECT`, or what the store refuses
 * @throws what reading the tar throws
 */
export async function uploadArchive(upload: Upload): Promise<Result<Manifest, ArchiveFailure>> {
  const { store, tar, project, clock } = upload;
  const checked = await checkTar(tar);
  if (!checked.ok) return checked;
  const fitting = await checkContent(upload, checked.value);
  if (!fitting.ok) return fitting;

  const root = await claimRoot(store, project, clock.now());
  if (!root.ok) return root;
  return whileWriting(store, clock, () => storeArchive(upload, checked.value));
}

async function storeArchive(
  { store, tar, clock, onProgress }: Upload,
  checked: CheckedTar,
): Promise<Result<Manifest, ArchiveFailure>> {
  const { manifest, text } = checked;
  const key = manifestKey(manifest.id);
  const present = await store.head(key);
  if (!present.ok) return present;
  if (present.value !== undefined) return failed(uploadExists(manifest.id));
  const stored = await storeAll(store, tar, checked, isAsWritten, onProgress);
  if (!stored.ok) return stored;
  const marked = await mark(store, manifest.id, clock.now());
  if (!marked.ok) return marked;
  const written = await store.put(key, text, { ifAbsent: true });
  if (!written.ok) return written;
  if (written.value.kind === "conflict") return failed(uploadExists(manifest.id));
  // What was there already may have been removed just before the manifest named it.
  const again = await storeAll(store, tar, checked, hasItsSize, () => {});
  return again.ok ? succeeded(manifest) : again;
}

/** Looks whether counts and references are right; of an archive that lacks files of its own they cannot be. */
async function checkContent(
  { tar, clock, verify }: Upload,
  checked: CheckedTar,
): Promise<Result<void, ArchiveFailure>> {
  if (checked.files.length < checked.manifest.files.length) return succeeded(undefined);
  const problems = await verify(tarStore(tar, checked, clock.now()));
  if (!problems.ok) return problems;
  const [problem] = problems.value;
  if (problem === undefined) return succeeded(undefined);
  return failed(tarRefused(`Its content does not fit together: ${problem}`));
}

/** Says beside the manifest that the archive came by upload, and is to stay. */
async function mark(store: Store, id: string, now: number): Promise<Result<void, ArchiveFailure>> {
  const at = new Date(now).toISOString();
  const marks = { [UPLOADED]: { uploadedAt: at }, [PINNED]: { pinnedAt: at } };
  for (const [name, document] of Object.entries(marks)) {
    const bytes = documentBytes(document);
    const put = await store.put(`archives/${id}/${name}`, bytes);
    if (!put.ok) return put;
  }
  return succeeded(undefined);
}
