import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import { type StoreFailure, StoreReadError } from "../../stores/failures.ts";
import { sha256Of, summing } from "../../stores/hashing.ts";
import type { Store } from "../../stores/store.ts";
import { gunzip } from "../compression.ts";

/** What the store holds under a key, against what its name says of it. `unnamed`: its name says nothing. */
export type Intact = "intact" | "spoilt" | "missing" | "unnamed";

const ASSET = /^assets\/md5-([0-9a-f]{32})-(\d{1,15})$/;
const OBJECT = /^objects\/([0-9a-f]{64})\.(json|ndjson\.gz)$/;

/**
 * Reads an object and holds it against its name, which bears the hash of what is in it: no manifest is needed. Assets
 * of any size are read in constant memory.
 */
export async function checkByName(store: Store, key: string): Promise<Result<Intact, StoreFailure>> {
  const [asset, md5 = "", size] = ASSET.exec(key) ?? [];
  if (asset !== undefined) return checkAsset(store, key, { md5, size: Number(size) });
  const [object, sha256 = "", ending] = OBJECT.exec(key) ?? [];
  if (object === undefined) return succeeded("unnamed");
  const stored = await store.get(key);
  if (!stored.ok && stored.failure.cause === "STORE_OBJECT_TOO_LARGE") return succeeded("spoilt");
  return mapped(stored, (found): Intact => {
    if (found === undefined) return "missing";
    // Packed by another zlib the bytes differ, and what is in them is the same.
    const plain: Bytes | undefined = ending === "json" ? found.bytes : gunzip(found.bytes);
    return plain !== undefined && sha256Of(plain) === sha256 ? "intact" : "spoilt";
  });
}

/** Reads an asset. Two of one MD5 and size are taken for the same, as DatoCMS does. */
export async function checkAsset(
  store: Store,
  key: string,
  { md5, size }: { readonly md5: string; readonly size: number },
): Promise<Result<Intact, StoreFailure>> {
  const streamed = await store.stream(key);
  if (!streamed.ok) return streamed;
  if (streamed.value === undefined) return succeeded("missing");
  if (streamed.value.size !== size) {
    await streamed.value.body.cancel();
    return succeeded("spoilt");
  }
  const sums = summing({ md5 });
  try {
    for await (const piece of streamed.value.body) sums.add(piece);
  } catch (error) {
    if (error instanceof StoreReadError) return failed(error.failure);
    throw error;
  }
  return succeeded(sums.matches() ? "intact" : "spoilt");
}
