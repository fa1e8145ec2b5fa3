import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "toml";
import * as z from "zod";

const Config = z.object({
  build: z.object({ command: z.string().optional(), publish: z.string() }),
  functions: z.object({ directory: z.string() }),
  redirects: z.array(z.strictObject({ from: z.string(), to: z.string(), status: z.literal(200) })),
});
export type NetlifyConfig = z.infer<typeof Config>;

const FUNCTIONS = "/.netlify/functions/";

/** The shipped netlify.toml; redirects that this router does not know are refused. */
export function netlifyConfig(clone: string): NetlifyConfig {
  return Config.parse(parse(readFileSync(join(clone, "netlify.toml"), "utf8")));
}

/**
 * The function that answers an address: by its own name, else by the first redirect that fits. Files of the
 * site come before redirects.
 *
 * @param callable functions that have an address: all but the scheduled ones
 */
export function functionFor(
  { build, redirects }: NetlifyConfig,
  clone: string,
  callable: ReadonlySet<string>,
  pathname: string,
): string {
  const own = nameIn(pathname);
  if (own !== undefined && callable.has(own)) return own;
  const file = join(clone, build.publish, pathname);
  if (!pathname.endsWith("/") && existsSync(file)) throw new Error(`${pathname} is a file of the site.`);
  const found = redirects.find(({ from }) => fits(from, pathname));
  const name = found && nameIn(found.to);
  if (name === undefined || !callable.has(name))
    throw new Error(`By netlify.toml ${pathname} leads to no function (${found?.to ?? "no redirect fits"}).`);
  return name;
}

function nameIn(path: string): string | undefined {
  return path.startsWith(FUNCTIONS) ? path.slice(FUNCTIONS.length).split("/")[0] : undefined;
}

function fits(from: string, pathname: string): boolean {
  if (!from.endsWith("/*")) return pathname === from;
  const base = from.slice(0, -"/*".length);
  return pathname === base || pathname.startsWith(`${base}/`);
}
