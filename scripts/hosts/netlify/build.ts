import { join } from "node:path";
import { zipFunctions } from "@netlify/zip-it-and-ship-it";
import type { NetlifySite } from "./site.ts";

type BuiltFunction = Awaited<ReturnType<typeof zipFunctions>>[number];

/**
 * Builds a site's functions by Netlify's own builder, as a deploy does.
 *
 * @param out an empty folder
 */
export function buildFunctions({ root, functions }: NetlifySite, out: string): Promise<BuiltFunction[]> {
  const options = { archiveFormat: "none", basePath: root, repositoryRoot: root } as const;
  return zipFunctions(join(root, functions.directory), out, options);
}
