import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import * as z from "zod";

const Config = z.strictObject({
  $schema: z.url(),
  framework: z.null(),
  buildCommand: z.literal(""),
  outputDirectory: z.string(),
  functions: z.record(z.string(), z.object({ maxDuration: z.number() })),
  crons: z.array(z.object({ path: z.string(), schedule: z.string() })),
  rewrites: z.array(z.strictObject({ source: z.string(), destination: z.string() })),
});
type VercelConfig = z.infer<typeof Config>;

/** A repository as Vercel sees it. */
export interface VercelProject {
  readonly root: string;
  readonly config: VercelConfig;
  /** Every file of `api/` is a function: its path from the root. */
  readonly entrypoints: readonly string[];
  /**
   * Vercel's routing: files and functions by their paths first, then the rewrites in their order. The request
   * itself stays as it is; a function sees the address that was called.
   */
  targetOf(pathname: string): Target | undefined;
}

/** Where a request goes. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "function"; readonly entrypoint: string };

/** @throws Error when vercel.json holds something that the router here does not know */
export function vercelProject(root: string): VercelProject {
  const config = Config.parse(JSON.parse(readFileSync(join(root, "vercel.json"), "utf8")));
  const entrypoints = readdirSync(join(root, "api"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(relative(root, entry.parentPath), entry.name))
    .sort();

  function byPath(pathname: string): Target | undefined {
    const file = join(config.outputDirectory, pathname);
    if (!pathname.endsWith("/") && !pathname.includes("..") && existsSync(join(root, file)))
      return { kind: "file", path: file };
    const entrypoint = entrypoints.find(
      (path) =>
        pathname === `/${path.replace(/\.ts$/, "")}` || pathname === `/${path.replace(/\/index\.ts$/, "")}`,
    );
    return entrypoint === undefined ? undefined : { kind: "function", entrypoint };
  }

  return {
    root,
    config,
    entrypoints,
    targetOf(pathname) {
      const direct = byPath(pathname);
      if (direct !== undefined) return direct;
      const rewrite = config.rewrites.find(({ source }) => matches(source, pathname));
      return rewrite && byPath(rewrite.destination);
    },
  };
}

/** A source is a plain path, or one with `(.*)` as its end: the only pattern that this router knows. */
function matches(source: string, pathname: string): boolean {
  const isPrefix = source.endsWith("(.*)");
  const plain = isPrefix ? source.slice(0, -"(.*)".length) : source;
  if (/[:()*?+{}\\[\]]/.test(plain)) throw new Error(`This router does not know the pattern ${source}.`);
  return isPrefix ? pathname.startsWith(plain) : pathname === plain;
}
