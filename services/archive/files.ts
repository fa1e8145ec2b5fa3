import { failed, type Result, succeeded } from "../../utils/failures.ts";
import type { StoreFailure } from "../stores/failures.ts";
import { sha256Of } from "../stores/hashing.ts";
import type { Store } from "../stores/store.ts";
import { gunzip } from "./compression.ts";
import type { ArchivedFile } from "./manifest.ts";

/**
 * Reads a file of an archive, unpacked, and holds it against its hashes.
 *
 * @returns undefined where it is missing or not as it was written
 */
export async function readFile(
  store: Store,
  file: ArchivedFile,
): Promise<Result<string | undefined, StoreFailure>> {
  const stored = await store.get(file.object);
  if (!stored.ok) return failed(stored.failure);
  const bytes = stored.value?.bytes;
  if (bytes === undefined || sha256Of(bytes) !== file.sha256) return succeeded(undefined);
  const plain = file.object.endsWith(".gz") ? gunzip(bytes) : bytes;
  if (plain === undefined || sha256Of(plain) !== file.sha256Plain) return succeeded(undefined);
  return succeeded(new TextDecoder().decode(plain));
}
