import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { tarFileOf } from "../node/tarFile.ts";
import type { TarFile } from "../services/archiveService.ts";
import { CommandError } from "./errors.ts";

/** Where a tar is written to. */
export interface TarTarget {
  write(bytes: Uint8Array): Promise<void>;
  /** Everything was written. */
  finish(): Promise<void>;
  /** It is not to be had: nothing stays that looks whole. */
  abandon(): Promise<void>;
}

/**
 * Writes a file under a name of its own beside the one that it is to get, and gives it that in the end.
 *
 * @param replaces a file that may be there
 * @throws CommandError 1 `FILE_EXISTS`, `FILE_NOT_WRITTEN`
 */
export async function tarTarget(path: string, replaces: boolean): Promise<TarTarget> {
  await refuseTaken(path, replaces);
  const incomplete = `${path}.${randomUUID().slice(0, 8)}.part`;
  const handle = await orNotWritten(path, open(incomplete, "wx", 0o600));
  return {
    // Unlike `write`, it writes all of it.
    write: (bytes) => orNotWritten(path, handle.writeFile(bytes)),
    async finish() {
      await orNotWritten(path, handle.sync());
      await handle.close();
      await refuseTaken(path, replaces);
      await orNotWritten(path, rename(incomplete, path));
    },
    async abandon() {
      await handle.close().catch(() => {});
      await rm(incomplete, { force: true });
    },
  };
}

async function refuseTaken(path: string, replaces: boolean): Promise<void> {
  const stats = await statsOf(path);
  if (stats === undefined || (replaces && stats.isFile())) return;
  throw new CommandError(
    1,
    "FILE_EXISTS",
    stats.isFile()
      ? `${path} is there already. --force replaces it.`
      : `${path} is no file. Name the file to write, such as archive.tar.`,
    { file: path },
  );
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    // What else is wrong with it shows when it is opened.
    return undefined;
  }
}

/**
 * Opens a file to read a tar from.
 *
 * @throws CommandError 1 `FILE_NOT_READ`
 */
export async function openTar(path: string): Promise<TarFile & { close(): Promise<void> }> {
  const handle = await orNotRead(path, open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw notRead(path, "it is no file");
  }
  const tar = tarFileOf(handle, stats.size);
  return {
    size: tar.size,
    read: (at, length) => orNotRead(path, tar.read(at, length)),
    close: () => handle.close(),
  };
}

async function orNotWritten<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const why = reasonOf(error);
    throw new CommandError(1, "FILE_NOT_WRITTEN", `${path} cannot be written: ${why}.`, { file: path });
  }
}

async function orNotRead<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw notRead(path, reasonOf(error));
  }
}

function notRead(path: string, why: string): CommandError {
  return new CommandError(1, "FILE_NOT_READ", `${path} cannot be read: ${why}.`, { file: path });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "the disk takes no changes",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "what should be its folder is a file",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full for this user",
  EFBIG: "the disk takes no file of this size",
  SHORTENED: "it became shorter meanwhile",
  ENAMETOOLONG: "its name is too long",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return REASONS[code] ?? code;
}
