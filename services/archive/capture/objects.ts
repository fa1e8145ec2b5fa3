import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { sha256Of } from "../../stores/hashing.ts";
import type { Store } from "../../stores/store.ts";
import { gunzip, gzip } from "../compression.ts";
import type { ArchivedFile } from "../manifest.ts";
import { forgetSpoilt } from "../spoiltNotes.ts";

/** Writes the objects of one archive, each named by the hash of what is in it: what is there already costs nothing. */
export interface ObjectWriter {
  /** Stores a JSON document as it is. */
  document(path: string, text: string): Promise<Result<ArchivedFile, StoreFailure>>;
  /** Stores lines of JSON, packed. */
  lines(path: string, lines: readonly string[]): Promise<Result<ArchivedFile, StoreFailure>>;
  /** The same for lines that are bytes already. */
  packed(path: string, plain: Bytes, lines: number): Promise<Result<ArchivedFile, StoreFailure>>;
  /**
   * Takes over an object of an earlier archive; undefined where the store does not hold it as it was written.
   *
   * @param path where it lies in this archive
   */
  reused(path: string, file: ArchivedFile): Promise<Result<ArchivedFile | undefined, StoreFailure>>;
  /** Files whose objects were there already. */
  reusedFiles(): readonly ArchivedFile[];
  storedBytes(): number;
  reusedBytes(): number;
}

/** @param spoilt keys of objects that a verification has found spoilt: they are not taken over */
export function createObjectWriter(store: Store, spoilt: ReadonlySet<string>): ObjectWriter {
  const reusedFiles: ArchivedFile[] = [];
  const sizes = new Map<string, boolean>();
  let storedBytes = 0;

  const reuse = (file: ArchivedFile) => {
    reusedFiles.push(file);
    return file;
  };

  async function put(
    file: Omit<ArchivedFile, "sha256" | "size">,
    bytes: Bytes,
    unpack: (stored: Bytes) => Bytes | undefined,
  ): Promise<Result<ArchivedFile, StoreFailure>> {
    const written: ArchivedFile = { ...file, sha256: sha256Of(bytes), size: bytes.byteLength };
    const outcome = await store.put(file.object, bytes, { ifAbsent: true, sha256: written.sha256 });
    if (!outcome.ok) return outcome;
    if (outcome.value.kind === "written") {
      storedBytes += bytes.byteLength;
      return succeeded(written);
    }
    const there = await store.get(file.object);
    if (!there.ok) return there;
    // Another zlib packs the same lines into other bytes, which are as good.
    const found = there.value?.bytes;
    const plain = found && unpack(found);
    const isGood = found !== undefined && plain !== undefined && sha256Of(plain) === file.sha256Plain;
    const settled = isGood
      ? succeeded(reuse({ ...file, sha256: sha256Of(found), size: found.byteLength }))
      : await replaceSpoilt(written, bytes, there.value);
    // A note that stays is looked at again by the next sample.
    if (settled.ok && spoilt.has(file.object)) await forgetSpoilt(store, [file.object]);
    return settled;
  }

  /** Puts good bytes in the place of spoilt ones, which are kept beside. */
  async function replaceSpoilt(
    file: ArchivedFile,
    bytes: Bytes,
    spoilt: { readonly bytes: Bytes } | undefined,
  ): Promise<Result<ArchivedFile, StoreFailure>> {
    if (spoilt !== undefined) {
      const kept = await store.put(`quarantine/${file.object}-${sha256Of(spoilt.bytes)}`, spoilt.bytes);
      if (!kept.ok) return kept;
    }
    const outcome = await store.put(file.object, bytes, { sha256: file.sha256 });
    if (!outcome.ok) return outcome;
    storedBytes += bytes.byteLength;
    return succeeded(file);
  }

  function packed(path: string, plain: Bytes, lines: number) {
    const sha256Plain = sha256Of(plain);
    const object = `objects/${sha256Plain}.ndjson.gz`;
    return put({ path, object, sha256Plain, lines }, gzip(plain), gunzip);
  }

  return {
    packed,
    lines: (path, lines) => packed(path, encoded(lines.map((line) => `${line}\n`).join("")), lines.length),

    async document(path, text) {
      const bytes = encoded(text);
      const sha256Plain = sha256Of(bytes);
      const object = `objects/${sha256Plain}.json`;
      return put({ path, object, sha256Plain }, bytes, (stored) => stored);
    },

    async reused(path, file) {
      if (spoilt.has(file.object)) return succeeded(undefined);
      const known = sizes.get(file.object);
      if (known !== undefined) return succeeded(known ? reuse({ ...file, path }) : undefined);
      const facts = await store.head(file.object);
      if (!facts.ok) return failed(facts.failure);
      const isThere = facts.value?.size === file.size;
      sizes.set(file.object, isThere);
      return succeeded(isThere ? reuse({ ...file, path }) : undefined);
    },

    reusedFiles: () => reusedFiles,
    storedBytes: () => storedBytes,
    reusedBytes: () => reusedFiles.reduce((sum, { size }) => sum + size, 0),
  };
}

function encoded(text: string): Bytes {
  return new TextEncoder().encode(text);
}
