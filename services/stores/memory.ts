import { failed, succeeded } from "../../utils/failures.ts";
import { BodyError, type Bytes, bytesOf, checkedPieces, isBytes, onePiece, streamOf } from "./body.ts";
import { OBJECT_TOO_LARGE, STORE_FULL } from "./failures.ts";
import { guarded } from "./guarded.ts";
import { sha256Of } from "./hashing.ts";
import { compareKeys } from "./keys.ts";
import { MOST_OBJECT_BYTES, type Store } from "./store.ts";

export interface MemoryOptions {
  /** The store's clock, ms since the epoch. */
  readonly now: () => number;
  /** In bytes; default: no end. */
  readonly capacity?: number;
}

interface Kept {
  readonly bytes: Bytes;
  readonly etag: string;
  readonly modifiedAt: number;
}

/** A store that ends with its process: for tests and demonstrations. */
export function createMemoryStore({ now, capacity = Number.POSITIVE_INFINITY }: MemoryOptions): Store {
  const objects = new Map<string, Kept>();
  let taken = 0;

  const forget = (key: string) => {
    taken -= objects.get(key)?.bytes.byteLength ?? 0;
    objects.delete(key);
  };

  const factsOf = ({ bytes, modifiedAt }: Kept) => ({ size: bytes.byteLength, modifiedAt, readAt: now() });

  return guarded({
    name: "memory",

    async put(key, body, options = {}) {
      const { ifAbsent, ifMatch } = options;
      let bytes: Bytes;
      try {
        bytes = isBytes(body) ? body.slice() : await bytesOf(checkedPieces(body, options), body.length);
      } catch (error) {
        if (error instanceof BodyError) return failed(error.failure);
        throw error;
      }
      const present = objects.get(key);
      if (ifAbsent && present !== undefined) return succeeded({ kind: "conflict" });
      if (ifMatch !== undefined && present?.etag !== ifMatch) return succeeded({ kind: "conflict" });
      if (taken - (present?.bytes.byteLength ?? 0) + bytes.byteLength > capacity) return failed(STORE_FULL);
      const etag = sha256Of(bytes);
      forget(key);
      objects.set(key, { bytes, etag, modifiedAt: now() });
      taken += bytes.byteLength;
      return succeeded({ kind: "written", etag });
    },

    async get(key) {
      const kept = objects.get(key);
      if (kept === undefined) return succeeded(undefined);
      if (kept.bytes.byteLength > MOST_OBJECT_BYTES) return failed(OBJECT_TOO_LARGE);
      return succeeded({ ...factsOf(kept), bytes: kept.bytes.slice(), etag: kept.etag });
    },

    async stream(key, { first, last = Number.POSITIVE_INFINITY } = { first: 0 }) {
      const kept = objects.get(key);
      if (kept === undefined) return succeeded(undefined);
      const bytes = kept.bytes.slice(first, last + 1);
      return succeeded({ size: bytes.byteLength, body: streamOf(onePiece(bytes)) });
    },

    async head(key) {
      const kept = objects.get(key);
      return succeeded(kept && factsOf(kept));
    },

    async list({ prefix = "", cursor, limit = 1 }) {
      const keys = [...objects.keys()]
        .filter((key) => key.startsWith(prefix) && (cursor === undefined || compareKeys(key, cursor) > 0))
        .sort(compareKeys);
      const page = keys.slice(0, limit).flatMap((key) => {
        const kept = objects.get(key);
        return kept === undefined ? [] : [{ key, size: kept.bytes.byteLength, modifiedAt: kept.modifiedAt }];
      });
      return succeeded({ objects: page, cursor: keys.length > limit ? page.at(-1)?.key : undefined });
    },

    async delete(keys) {
      for (const key of keys) forget(key);
      return succeeded(undefined);
    },
  });
}
