import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const Config = z.strictObject({
  $schema: z.url(),
  framework: z.null(),
  buildCommand: z.literal(""),
  outputDirectory: z.string(),
  functions: z.record(z.string(), z.object({ maxDuration: z.number() })),
  crons: z.array(z.object({ path: z.string(), schedule: z.string() })),
  rewrites: z.array(z.strictObject({ source: z.string(), destination: z.string() })),
});
export type VercelConfig = z.infer<typeof Config>;

/** The configuration as it is shipped; anything in it that these tests do not know is refused. */
export function vercelConfig(): VercelConfig {
  return Config.parse(JSON.parse(readFileSync(join(ROOT, "vercel.json"), "utf8")));
}

/** Every file of `api/` is a function: its path from the repository's root. */
export function entrypoints(): string[] {
  return readdirSync(join(ROOT, "api"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(ROOT.length), entry.name))
    .sort();
}

/** Where a request goes. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "function"; readonly entrypoint: string };

/**
 * Vercel's routing: files and functions by their paths first, then the rewrites in their order. The request
 * itself stays as it is; a function sees the address that was called.
 */
export function targetOf(
  config: VercelConfig,
  functions: readonly string[],
  pathname: string,
): Target | undefined {
  const found = byPath(config, functions, pathname);
  if (found !== undefined) return found;
  for (const { source, destination } of config.rewrites)
    if (matches(source, pathname)) return byPath(config, functions, destination);
  return undefined;
}

function byPath(config: VercelConfig, functions: readonly string[], pathname: string): Target | undefined {
  const file = join(config.outputDirectory, pathname);
  if (!pathname.endsWith("/") && !pathname.includes("..") && existsSync(join(ROOT, file)))
    return { kind: "file", path: file };
  const entrypoint = functions.find(
    (path) =>
      pathname === `/${path.replace(/\.ts$/, "")}` || pathname === `/${path.replace(/\/index\.ts$/, "")}`,
  );
  return entrypoint === undefined ? undefined : { kind: "function", entrypoint };
}

/** A source is a plain path, or one with `(.*)` as its end: the only pattern that this router knows. */
function matches(source: string, pathname: string): boolean {
  const isPrefix = source.endsWith("(.*)");
  const plain = isPrefix ? source.slice(0, -"(.*)".length) : source;
  if (/[:()*?+{}\\[\]]/.test(plain)) throw new Error(`This router does not know the pattern ${source}.`);
  return isPrefix ? pathname.startsWith(plain) : pathname === plain;
}
