import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import * as z from "zod";

const Config = z.object({
  outputDirectory: z.string(),
  functions: z.record(z.string(), z.object({ maxDuration: z.number().optional() }).loose()),
  crons: z.array(z.object({ path: z.string(), schedule: z.string() })),
  rewrites: z.array(z.strictObject({ source: z.string(), destination: z.string() })),
});
export type VercelConfig = z.infer<typeof Config>;

/** The shipped vercel.json; rewrites that this router does not know are refused. */
export function vercelConfig(clone: string): VercelConfig {
  return Config.parse(JSON.parse(readFileSync(join(clone, "vercel.json"), "utf8")));
}

/** Every file below api/ is a function; its path from the repository. */
export function entrypointsIn(clone: string): string[] {
  return readdirSync(join(clone, "api"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(clone.length + 1), entry.name))
    .sort();
}

/**
 * The function that answers an address: files and functions by their paths first, then the first rewrite that
 * fits. The request keeps the address that was called.
 */
export function entrypointFor(
  { outputDirectory, rewrites }: VercelConfig,
  clone: string,
  entrypoints: readonly string[],
  pathname: string,
): string {
  if (!pathname.endsWith("/") && existsSync(join(clone, outputDirectory, pathname)))
    throw new Error(`${pathname} is a file of the site.`);
  const direct = byPath(entrypoints, pathname);
  if (direct !== undefined) return direct;
  const rewrite = rewrites.find(({ source }) => fits(source, pathname));
  const found = rewrite && byPath(entrypoints, rewrite.destination);
  if (found === undefined)
    throw new Error(
      `By vercel.json ${pathname} leads to no function (${rewrite?.destination ?? "no rewrite"}).`,
    );
  return found;
}

function byPath(entrypoints: readonly string[], pathname: string): string | undefined {
  return entrypoints.find((path) => {
    const name = `/${path.replace(/\.ts$/, "")}`;
    return pathname === name || pathname === name.replace(/\/index$/, "");
  });
}

/** A source is a plain path, or one that ends in `(.*)`. */
function fits(source: string, pathname: string): boolean {
  const isPrefix = source.endsWith("(.*)");
  const plain = isPrefix ? source.slice(0, -"(.*)".length) : source;
  if (/[:()*?+{}\\[\]]/.test(plain)) throw new Error(`This router does not know the pattern ${source}.`);
  return isPrefix ? pathname.startsWith(plain) : pathname === plain;
}
