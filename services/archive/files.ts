import { mapped, type Result, succeeded } from "../../utils/failures.ts";
import type { Bytes } from "../stores/body.ts";
import type { StoreFailure } from "../stores/failures.ts";
import { sha256Of } from "../stores/hashing.ts";
import type { Store } from "../stores/store.ts";
import { gunzip } from "./compression.ts";
import type { ArchivedFile } from "./manifest.ts";

/** What the store holds of a file of an archive. */
export type HeldFile =
  /** As it was written; `plain` is unpacked. */
  | { readonly kind: "whole"; readonly plain: Bytes }
  | { readonly kind: "missing" }
  | { readonly kind: "changed" };

/** Reads a file of an archive and holds it against its hashes. */
export async function holdFile(store: Store, file: ArchivedFile): Promise<Result<HeldFile, StoreFailure>> {
  const stored = await store.get(file.object);
  // No file of an archive is as large.
  if (!stored.ok && stored.failure.cause === "STORE_OBJECT_TOO_LARGE") return succeeded({ kind: "changed" });
  if (!stored.ok) return stored;
  if (stored.value === undefined) return succeeded({ kind: "missing" });
  const { bytes } = stored.value;
  if (sha256Of(bytes) !== file.sha256) return succeeded({ kind: "changed" });
  const plain = file.object.endsWith(".gz") ? gunzip(bytes) : bytes;
  if (plain === undefined || sha256Of(plain) !== file.sha256Plain) return succeeded({ kind: "changed" });
  return succeeded({ kind: "whole", plain });
}

/**
 * The text of a file of an archive, unpacked.
 *
 * @returns undefined where it is missing or not as it was written
 */
export async function readFile(
  store: Store,
  file: ArchivedFile,
): Promise<Result<string | undefined, StoreFailure>> {
  return mapped(await holdFile(store, file), (held) =>
    held.kind === "whole" ? new TextDecoder().decode(held.plain) : undefined,
  );
}
