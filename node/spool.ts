import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Spooled, TarSpool } from "../handlers/offsite/upload.ts";
import type { Clock } from "../utils/clock.ts";
import { tarFileOf } from "./tarFile.ts";

/** What a body may take of this machine. */
export interface SpoolLimits {
  /** Bytes of a body. */
  readonly most: number;
  /** Bytes that stay free on the disk, for others. */
  readonly spare: number;
  /** A body that brings nothing for so long has ended, ms. */
  readonly silenceMs: number;
  /** Bytes a second that it has to bring, by its average; looked at after the time of silence. */
  readonly leastRate: number;
}

const MIB = 1024 * 1024;
const LIMITS: SpoolLimits = {
  most: 256 * 1024 * MIB,
  spare: 256 * MIB,
  silenceMs: 60_000,
  leastRate: 8 * 1024,
};
/** The disk is asked for so many bytes at a time. */
const ROOM_BYTES = 64 * MIB;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Keeps bodies in the folder for temporary files. A file loses its name as soon as it is open: nobody else can open
 * it, and the system takes it away with the process, however that ends.
 *
 * @param folder default: the system's
 */
export function createSpool(
  clock: Clock,
  limits: Partial<SpoolLimits> = {},
  folder: string = tmpdir(),
): TarSpool {
  const { most, spare, silenceMs, leastRate } = { ...LIMITS, ...limits };

  async function hasRoomFor(bytes: number): Promise<boolean> {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize - bytes >= spare;
  }

  /** The next bytes; undefined where there are none for too long. */
  async function next(reader: Reader): Promise<Awaited<ReturnType<Reader["read"]>> | undefined> {
    const timer = new AbortController();
    try {
      const silence = clock.sleep(silenceMs, timer.signal).then(() => undefined);
      return await Promise.race([reader.read(), silence]);
    } finally {
      timer.abort();
    }
  }

  function isTooSlow(bytes: number, since: number): boolean {
    const ms = clock.monotonic() - since;
    return ms > silenceMs && bytes < (ms / 1_000) * leastRate;
  }

  /** @returns how many bytes it has, where all of it is written */
  async function write(
    reader: Reader,
    handle: FileHandle,
  ): Promise<Exclude<Spooled["kind"], "whole"> | number> {
    const since = clock.monotonic();
    let size = 0;
    let fits = 0;
    for (;;) {
      const read = await next(reader).catch(() => "cut" as const);
      if (read === "cut") return read;
      if (read === undefined || isTooSlow(size, since)) return "stalled";
      if (read.done) return size;
      size += read.value.byteLength;
      if (size > most) return "too large";
      if (size > fits) {
        if (!(await hasRoomFor(ROOM_BYTES))) return "no room";
        fits = size + ROOM_BYTES;
      }
      await handle.writeFile(read.value);
    }
  }

  return {
    async take({ length = 0, open: begin }) {
      if (length > most) return { kind: "too large", most };
      let handle: FileHandle | undefined;
      try {
        if (!(await hasRoomFor(length))) return { kind: "no room" };
        handle = await nameless(folder);
        const written = await write(begin().getReader(), handle);
        if (typeof written === "number") {
          const [file, tar] = [handle, tarFileOf(handle, written)];
          handle = undefined;
          return { kind: "whole", tar, close: () => file.close() };
        }
        return written === "too large" ? { kind: written, most } : { kind: written };
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        return { kind: code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" ? "no room" : "unusable" };
      } finally {
        await handle?.close();
      }
    },
  };
}

async function nameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `datocms-backups-${randomUUID()}.tar`);
  const handle = await open(path, "wx+", 0o600);
  await rm(path);
  return handle;
}
