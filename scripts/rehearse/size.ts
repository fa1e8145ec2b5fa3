import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Part, Size } from "./platform.ts";

/** Adds up files; links count nothing. */
export async function sizeOfFiles(paths: readonly string[]): Promise<Size> {
  let bytes = 0;
  let gzipBytes = 0;
  for (const path of paths) {
    if (!(await lstat(path)).isFile()) continue;
    const content = await readFile(path);
    bytes += content.byteLength;
    gzipBytes += gzipSync(content).byteLength;
  }
  return { bytes, gzipBytes };
}

/** Adds up the files below a folder. */
export async function sizeOf(folder: string, counts: (name: string) => boolean = () => true): Promise<Size> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const counted = entries.filter((entry) => entry.isFile() && counts(entry.name));
  return sizeOfFiles(counted.map(({ parentPath, name }) => join(parentPath, name)));
}

/** The size of the largest part. */
export async function largest(parts: readonly Part[]): Promise<Size> {
  const sizes = await Promise.all(parts.map((part) => part.size()));
  const [first = { bytes: 0, gzipBytes: 0 }] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  return first;
}
