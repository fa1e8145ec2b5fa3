import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Size } from "./platform.ts";

/** Adds up the files below a folder. */
export async function sizeOf(folder: string, counts: (name: string) => boolean = () => true): Promise<Size> {
  let bytes = 0;
  let gzipBytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !counts(entry.name)) continue;
    const content = await readFile(join(entry.parentPath, entry.name));
    bytes += content.byteLength;
    gzipBytes += gzipSync(content).byteLength;
  }
  return { bytes, gzipBytes };
}

export function largest(sizes: readonly Size[]): Size {
  const [first = { bytes: 0, gzipBytes: 0 }] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  return first;
}
