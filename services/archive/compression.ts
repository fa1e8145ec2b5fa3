import { gunzipSync, gzipSync } from "node:zlib";
import type { Bytes } from "../stores/body.ts";
import { MOST_OBJECT_BYTES } from "../stores/store.ts";

/** Packs bytes: by the fastest level, because a store's price per byte is low and a host's per second is not. */
export function gzip(bytes: Bytes): Bytes {
  return new Uint8Array(gzipSync(bytes, { level: 1 }));
}

/** Unpacks what `gzip` has packed; undefined where it is not gzip, is cut, or would have more than 64 MiB. */
export function gunzip(bytes: Bytes): Bytes | undefined {
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: MOST_OBJECT_BYTES }));
  } catch {
    return undefined;
  }
}
