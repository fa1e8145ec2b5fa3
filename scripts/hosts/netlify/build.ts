import { join } from "node:path";
import { zipFunctions } from "@netlify/zip-it-and-ship-it";
import type { NetlifySite } from "./site.ts";

export type BuiltFunction = Awaited<ReturnType<typeof zipFunctions>>[number];

/**
 * Builds a site's functions by Netlify's own builder, as a deploy does.
 *
 * @param out an empty folder
 */
export function buildFunctions(
  { root, functions }: NetlifySite,
  out: string,
  archiveFormat: "none" | "zip" = "none",
): Promise<BuiltFunction[]> {
  const options = { archiveFormat, basePath: root, repositoryRoot: root };
  return zipFunctions(join(root, functions.directory), out, options);
}
