import type { createTarPacker } from "modern-tar";
import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import { StoreReadError } from "../../stores/failures.ts";
import { digesting, sha256Of } from "../../stores/hashing.ts";
import type { Store } from "../../stores/store.ts";
import { type ListedArchive, manifestIn } from "../archives.ts";
import { assetKey } from "../assetKey.ts";
import { linesOf } from "../capture/recordIndex.ts";
import { gunzip } from "../compression.ts";
import { type ArchiveFailure, archiveDamaged } from "../failures.ts";
import { type ArchivedFile, type Manifest, manifestKey, readManifest } from "../manifest.ts";
import {
  type ArchivedAsset,
  assetIn,
  filesOf,
  holdsUploads,
  isFilePath,
  MANIFEST,
  README,
  SUMS,
  sumLine,
} from "./members.ts";
import { readmeOf } from "./readme.ts";

/** An archive on its way out of the store. */
export interface PackedArchive {
  readonly manifest: Manifest;
  /** Of what is packed, about, in bytes. */
  readonly size: number;
  /**
   * The tar, at the pace of its reader: a few MiB of it are in memory. Rejects with a `TarError` where a byte is not as it
   * was written, or the store breaks off. It has to be read or cancelled.
   */
  readonly body: ReadableStream<Bytes>;
}

/** A tar that cannot be had to its end. */
export class TarError extends Error {
  override readonly name = "TarError";
  readonly failure: ArchiveFailure;

  constructor(failure: ArchiveFailure) {
    super(failure.sentence);
    this.failure = failure;
  }
}

type Packer = ReturnType<typeof createTarPacker>["controller"];

/**
 * Packs an archive as one tar. Equal archives give equal bytes. Everything is held against its hash on the way; the sums
 * come last, because the store knows no SHA-256 of the files of uploads before they are read.
 *
 * @returns a failure where its manifest cannot be had
 */
export async function packArchive(
  store: Store,
  archive: ListedArchive,
): Promise<Result<PackedArchive, ArchiveFailure>> {
  const found = manifestIn(archive);
  if (!found.ok) return found;
  const manifest = found.value;
  const stored = await store.get(manifestKey(manifest.id));
  if (!stored.ok) return stored;
  const bytes = stored.value?.bytes;
  const read = bytes && readManifest(new TextDecoder().decode(bytes));
  if (bytes === undefined || read?.kind !== "read" || read.manifest.sha256 !== manifest.sha256)
    return failed(archiveDamaged(manifest.id, MANIFEST));
  const { createTarPacker } = await import("modern-tar");
  const { readable, controller } = createTarPacker();
  void pack(store, manifest, bytes, controller)
    .then(() => controller.finalize())
    .catch((error: unknown) => controller.error(errorOf(error)));
  const size = manifest.files.reduce((sum, file) => sum + file.size, manifest.counts.assetBytes);
  return succeeded({ manifest, size, body: readable });
}

function errorOf(error: unknown): unknown {
  return error instanceof StoreReadError ? new TarError(error.failure) : error;
}

/** @throws TarError, StoreReadError, and what the reader of the tar has cancelled it with */
async function pack(store: Store, manifest: Manifest, manifestBytes: Bytes, packer: Packer): Promise<void> {
  const mtime = new Date(manifest.createdAt);
  const sums: string[] = [];
  const damaged = (path: string) => new TarError(archiveDamaged(manifest.id, path));
  const files = filesOf(manifest);

  await add(MANIFEST, manifestBytes);
  await add(README, new TextEncoder().encode(readmeOf(manifest)));
  for (const file of files) {
    // Whoever can write into the store must not choose where a tar is unpacked to.
    if (!isFilePath(file.path)) throw damaged(MANIFEST);
    await add(file.path, await bytesOf(file));
  }
  for (const file of files.filter(holdsUploads))
    for (const line of linesOf(await textOf(file))) {
      const asset = assetIn(line);
      if (asset === undefined) throw damaged(file.path);
      if (asset !== null) await addAsset(asset);
    }
  await add(SUMS, new TextEncoder().encode(sums.join("")));

  async function add(path: string, bytes: Bytes): Promise<void> {
    const writer = packer.add({ name: path, size: bytes.byteLength, mtime }).getWriter();
    await writer.write(bytes);
    await writer.close();
    sums.push(sumLine(sha256Of(bytes), path));
  }

  async function bytesOf({ object, path, sha256 }: ArchivedFile): Promise<Bytes> {
    const stored = await store.get(object);
    if (!stored.ok) throw new TarError(stored.failure);
    const bytes = stored.value?.bytes;
    if (bytes === undefined || sha256Of(bytes) !== sha256) throw damaged(path);
    return bytes;
  }

  async function textOf(file: ArchivedFile): Promise<string> {
    const plain = gunzip(await bytesOf(file));
    if (plain === undefined) throw damaged(file.path);
    return new TextDecoder().decode(plain);
  }

  async function addAsset({ path, md5, size }: ArchivedAsset): Promise<void> {
    // First, because it throws where nobody reads the tar any more, and the stream would stay open.
    const writer = packer.add({ name: path, size, mtime }).getWriter();
    const streamed = await store.stream(assetKey({ md5, size }));
    if (!streamed.ok) throw new TarError(streamed.failure);
    if (streamed.value === undefined) throw damaged(path);
    if (streamed.value.size !== size) {
      await streamed.value.body.cancel();
      throw damaged(path);
    }
    const digest = digesting();
    for await (const piece of streamed.value.body) {
      digest.add(piece);
      await writer.write(piece);
    }
    const found = digest.sums();
    if (found.md5 !== md5) throw damaged(path);
    await writer.close();
    sums.push(sumLine(found.sha256, path));
  }
}
