import { type BigIntStats, constants } from "node:fs";
import * as nodeFiles from "node:fs/promises";
import { join } from "node:path";
import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { type Bytes, bytesOf, streamOf } from "./body.ts";
import { diskFailure, isMissing } from "./diskFailures.ts";
import { keysBelow } from "./diskListing.ts";
import { createWriter } from "./diskWriting.ts";
import { OBJECT_CHANGED, OBJECT_TOO_LARGE, type StoreFailure, StoreReadError } from "./failures.ts";
import { guarded } from "./guarded.ts";
import { sha256Of } from "./hashing.ts";
import { fileNameOf } from "./keys.ts";
import { type Facts, MOST_OBJECT_BYTES, type Store } from "./store.ts";

/** Node's file system; a test has one that fails. */
export type Files = Pick<
  typeof nodeFiles,
  "link" | "mkdir" | "open" | "readdir" | "rename" | "rm" | "stat" | "unlink"
>;

export interface DiskOptions {
  /** The folder that holds everything; it is made where it is missing. */
  readonly root: string;
  readonly files?: Files;
}

const PIECE_BYTES = 256 * 1024;

/**
 * A store in a folder, each object a file that needs nobody to be read. Several processes of one machine may share it.
 * What a killed process has left behind lies in `.incoming`, and is removed by a later opening.
 */
export async function openDiskStore({
  root,
  files = nodeFiles,
}: DiskOptions): Promise<Result<Store, StoreFailure>> {
  const pathOf = (key: string) => join(root, ...key.split("/").map(fileNameOf));
  const writer = createWriter(files, join(root, ".incoming"));

  /** Opens an object's file; undefined where there is none. */
  async function open(key: string) {
    const handle = await orMissing(files.open(pathOf(key), constants.O_RDONLY));
    if (handle === undefined) return undefined;
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return { handle, stats };
    await handle.close();
    return undefined;
  }

  async function removeFile(path: string): Promise<void> {
    // A folder holds other objects, and is none.
    if ((await files.stat(path)).isFile()) await files.unlink(path);
  }

  const store: Store = {
    name: root,
    put: (key, body, options = {}) => attempt(() => writer.put(pathOf(key), body, options)),

    get: (key) =>
      attempt(async () => {
        const opened = await open(key);
        if (opened === undefined) return succeeded(undefined);
        const facts = factsOf(opened.stats);
        const pieces = closing(opened.handle, piecesOf(opened.handle, 0, facts.size));
        if (facts.size > MOST_OBJECT_BYTES) {
          await opened.handle.close();
          return failed(OBJECT_TOO_LARGE);
        }
        const bytes = await bytesOf(pieces, facts.size);
        return succeeded({ ...facts, bytes, etag: sha256Of(bytes) });
      }),

    stream: (key, { first, last = Number.POSITIVE_INFINITY } = { first: 0 }) =>
      attempt(async () => {
        const opened = await open(key);
        if (opened === undefined) return succeeded(undefined);
        const end = Math.min(factsOf(opened.stats).size, last + 1);
        const begin = Math.min(first, end);
        const body = streamOf(closing(opened.handle, piecesOf(opened.handle, begin, end)), () =>
          opened.handle.close(),
        );
        return succeeded({ size: end - begin, body });
      }),

    head: (key) =>
      attempt(async () => {
        const stats = await orMissing(files.stat(pathOf(key), { bigint: true }));
        return succeeded(stats?.isFile() ? factsOf(stats) : undefined);
      }),

    list: ({ prefix = "", cursor, limit = 1 }) =>
      attempt(async () => {
        const objects = [];
        for await (const { key, path } of keysBelow(files, root, prefix, cursor)) {
          const stats = await orMissing(files.stat(path, { bigint: true }));
          if (!stats?.isFile()) continue;
          if (objects.length === limit) return succeeded({ objects, cursor: objects.at(-1)?.key });
          const { size, modifiedAt } = factsOf(stats);
          objects.push({ key, size, modifiedAt });
        }
        return succeeded({ objects, cursor: undefined });
      }),

    delete: (keys) =>
      attempt(async () => {
        for (const key of keys) await orMissing(removeFile(pathOf(key)));
        return succeeded(undefined);
      }),
  };
  return attempt(async () => {
    await writer.begin();
    return succeeded(guarded(store));
  });
}

/** Does something with files; what they refuse becomes a value. */
async function attempt<T>(work: () => Promise<Result<T, StoreFailure>>): Promise<Result<T, StoreFailure>> {
  try {
    return await work();
  } catch (error) {
    return failed(diskFailure(error));
  }
}

async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function factsOf(stats: BigIntStats): Facts {
  return { size: Number(stats.size), modifiedAt: Number(stats.mtimeMs), readAt: Date.now() };
}

/** The bytes of a file from `at` up to `end`. A file is never changed once it has its name; only a user can cut it. */
async function* piecesOf(
  handle: nodeFiles.FileHandle,
  from: number,
  end: number,
): AsyncGenerator<Bytes, void> {
  for (let at = from; at < end; ) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, end - at));
    const { bytesRead } = await handle.read(piece, 0, piece.byteLength, at);
    if (bytesRead === 0) throw new StoreReadError(OBJECT_CHANGED);
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

async function* closing(
  handle: nodeFiles.FileHandle,
  pieces: AsyncGenerator<Bytes, void>,
): AsyncGenerator<Bytes, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw error instanceof StoreReadError ? error : new StoreReadError(diskFailure(error));
  } finally {
    await handle.close();
  }
}
