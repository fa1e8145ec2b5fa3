import { join } from "node:path";
import type { Files } from "./disk.ts";
import { isMissing } from "./diskFailures.ts";
import { compareKeys, fileNameOf, nameOfFile } from "./keys.ts";

interface Found {
  readonly key: string;
  readonly path: string;
}

/** Walks the objects whose keys begin with `prefix` and come after `cursor`, in order, one folder at a time. */
export async function* keysBelow(
  files: Pick<Files, "readdir">,
  root: string,
  prefix: string,
  cursor: string | undefined,
): AsyncGenerator<Found, void> {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const path = join(root, ...folder.split("/").filter(Boolean).map(fileNameOf));
  yield* walk(folder, path);

  async function* walk(begin: string, path: string): AsyncGenerator<Found, void> {
    for (const { key, path: below, isFolder } of await entriesOf(files, begin, path)) {
      if (isFolder) {
        // Of a folder that the cursor lies in, the rest is still to come.
        const isDone = cursor !== undefined && compareKeys(key, cursor) < 0 && !cursor.startsWith(key);
        const mayHold = key.startsWith(prefix) || prefix.startsWith(key);
        if (mayHold && !isDone) yield* walk(key, below);
      } else if (key.startsWith(prefix) && (cursor === undefined || compareKeys(key, cursor) > 0))
        yield { key, path: below };
    }
  }
}

/** The objects and folders in a folder, in the order of their keys; a folder's key ends with a slash. */
async function entriesOf(files: Pick<Files, "readdir">, begin: string, path: string) {
  try {
    const entries = await files.readdir(path, { withFileTypes: true });
    return entries
      .flatMap((entry) => {
        const name = nameOfFile(entry.name);
        const isFolder = entry.isDirectory();
        if (name === undefined || (!isFolder && !entry.isFile())) return [];
        const key = `${begin}${name}${isFolder ? "/" : ""}`;
        return [{ key, path: join(path, entry.name), isFolder }];
      })
      .sort((one, other) => compareKeys(one.key, other.key));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
