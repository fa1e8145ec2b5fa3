import type { Clock } from "../../../utils/clock.ts";
import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";
import { type ArchiveFailure, archiveExists } from "../failures.ts";
import { type ArchivedFile, type Manifest, manifestKey, sealed } from "../manifest.ts";
import type { StoreKey } from "../storeKey.ts";
import { whileWriting } from "../turns.ts";

/** Objects are looked at side by side. */
const AT_ONCE = 8;
const ASSETS = "assets/";

/** A file that is taken over as an earlier archive has stored it. */
export type ReusedFile = Pick<ArchivedFile, "path" | "object" | "size">;

/** What a manifest is written with. */
export interface Committing {
  readonly store: Store;
  readonly clock: Clock;
  readonly storeKey: StoreKey | undefined;
}

/**
 * Writes the manifest: from then on there is an archive. What it takes over from earlier ones is looked at once more
 * behind it, because somebody may have removed that meanwhile; then the manifest says so.
 */
export function commit(
  { store, clock, storeKey }: Committing,
  content: Omit<Manifest, "sha256" | "signature">,
  reused: readonly ReusedFile[],
): Promise<Result<Manifest, ArchiveFailure>> {
  // A flag of its own: that of the whole capture may be too old by now.
  return whileWriting(store, clock, () => write(store, content, reused, storeKey));
}

async function write(
  store: Store,
  content: Omit<Manifest, "sha256" | "signature">,
  reused: readonly ReusedFile[],
  storeKey: StoreKey | undefined,
): Promise<Result<Manifest, ArchiveFailure>> {
  const { manifest, text } = sealed(content, storeKey?.signature);
  const key = manifestKey(manifest.id);
  const written = await store.put(key, encoded(text), { ifAbsent: true });
  if (!written.ok) return written;
  if (written.value.kind === "conflict") return failed(archiveExists(manifest.id));
  const missing = await missingOf(store, reused);
  if (!missing.ok) return missing;
  if (missing.value.length === 0) return succeeded(manifest);

  const warnings = missing.value.map(({ path }) => ({
    code: "OBJECT_MISSING",
    sentence: "A file that was taken over from an earlier archive was removed meanwhile.",
    name: path,
  }));
  const corrected = sealed(
    { ...content, partial: true, warnings: [...content.warnings, ...warnings] },
    storeKey?.signature,
  );
  const replaced = await store.put(key, encoded(corrected.text), { ifMatch: written.value.etag });
  if (!replaced.ok) return replaced;
  return succeeded(corrected.manifest);
}

async function missingOf(
  store: Store,
  files: readonly ReusedFile[],
): Promise<Result<readonly ReusedFile[], ArchiveFailure>> {
  const all = [...new Map(files.map((file) => [file.object, file])).values()];
  const isAsset = ({ object }: ReusedFile) => object.startsWith(ASSETS);
  const looked = await sideBySide(
    all.filter((file) => !isAsset(file)),
    AT_ONCE,
    async (file) =>
      mapped(await store.head(file.object), (facts) => (facts?.size === file.size ? [] : [file])),
  );
  if (!looked.ok) return looked;
  // There may be very many, so they are listed.
  const assets = all.filter(isAsset);
  const listed = assets.length === 0 ? succeeded([]) : await listAll(store, ASSETS);
  return mapped(listed, (objects) => {
    const sizes = new Map(objects.map(({ key, size }) => [key, size]));
    return [...looked.value.flat(), ...assets.filter(({ object, size }) => sizes.get(object) !== size)];
  });
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
