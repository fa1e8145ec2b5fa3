import type { FileHandle } from "node:fs/promises";
import type { TarFile } from "../services/archiveService.ts";

/** A file ended before the bytes that it should have. */
export class FileShortened extends Error {
  override readonly name = "FileShortened";
  readonly code = "SHORTENED";
}

/**
 * An open file as a tar, which is read at any place of it. Whoever has opened the file closes it.
 *
 * @param size of the file, in bytes
 * @returns its `read` throws FileShortened, or what the disk says, by its `code`
 */
export function tarFileOf(handle: FileHandle, size: number): TarFile {
  return {
    size,
    async read(at, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
        if (bytesRead === 0) throw new FileShortened();
        done += bytesRead;
      }
      return bytes;
    },
  };
}
