import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { sep } from "node:path";
import type { download } from "@vercel/build-utils";

export type Files = Parameters<typeof download>[0];

/** Its own declarations leave this out. */
interface Builder {
  build(options: {
    files: Files;
    entrypoint: string;
    workPath: string;
    repoRootPath: string;
    config: object;
    meta: object;
  }): Promise<{ output: { files: Files; handler: string; runtime: string } }>;
}

/** Vercel's own builder. */
export const builder: Builder = createRequire(import.meta.url)("@vercel/node");

/**
 * The builder writes its input into the folder that it works in. Files that it reads from there are emptied by
 * that, so it may work in a copy for this purpose only.
 *
 * @returns the folder's real path
 * @throws Error when it is not among the temporary files
 */
export function buildableFolder(given: string): string {
  const folder = realpathSync(given);
  if (!folder.startsWith(`${realpathSync(tmpdir())}${sep}`))
    throw new Error(`Only a copy in a folder for temporary files is built in, not ${folder}.`);
  return folder;
}
