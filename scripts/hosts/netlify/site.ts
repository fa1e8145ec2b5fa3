import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "toml";
import * as z from "zod";

/** All settings that the router here knows how to follow; any other is refused. */
const Site = z.strictObject({
  build: z.strictObject({
    command: z.string(),
    publish: z.string(),
    environment: z.record(z.string(), z.string()),
  }),
  functions: z.strictObject({ directory: z.string() }),
  template: z.strictObject({ environment: z.record(z.string(), z.string()) }),
  redirects: z.array(
    z.strictObject({
      from: z.string().regex(/^\/(?!\.netlify)[^*:]*\*?$/),
      to: z.string(),
      status: z.literal(200),
      force: z.boolean().optional(),
    }),
  ),
});

/** A repository as Netlify sees it: its folder, and its netlify.toml. */
export type NetlifySite = z.infer<typeof Site> & { readonly root: string };

/** @throws Error when netlify.toml holds a setting that the router does not know */
export function netlifySite(root: string): NetlifySite {
  return { root, ...Site.parse(parse(readFileSync(join(root, "netlify.toml"), "utf8"))) };
}

/** Where a request ends up. */
export type Destination =
  | { readonly kind: "function"; readonly name: string; readonly path: string }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "nothing" };

const FUNCTION = /^\/\.netlify\/functions\/([^/]+)(?:\/|$)/;

/**
 * Finds a request's way as Netlify does: a function of that name, then the first redirect that fits, unless a
 * published file lies there and the redirect does not insist.
 *
 * @param named functions that have an address of their own; scheduled ones have none
 */
export function destinationOf(site: NetlifySite, pathname: string, named: ReadonlySet<string>): Destination {
  const name = FUNCTION.exec(pathname)?.[1];
  if (name !== undefined && named.has(name)) return { kind: "function", name, path: pathname };
  const file = publishedFile(site, pathname);
  for (const { from, to, force } of site.redirects) {
    const isSplat = from.endsWith("/*");
    const base = isSplat ? from.slice(0, -2) : from;
    const fits = pathname === base || (isSplat && pathname.startsWith(`${base}/`));
    if (!fits) continue;
    if (file !== undefined && force !== true) return { kind: "file", file };
    const path = to.replace(":splat", pathname.slice(base.length + 1));
    const target = FUNCTION.exec(path)?.[1];
    if (target === undefined || !named.has(target)) throw new Error(`${from} leads to no function: ${to}`);
    return { kind: "function", name: target, path };
  }
  return file === undefined ? { kind: "nothing" } : { kind: "file", file };
}

/** A static file wins at its own address, an index page at its folder's, a page also without its ending. */
function publishedFile({ root, build }: NetlifySite, pathname: string): string | undefined {
  const path = join(root, build.publish, decodeURIComponent(pathname));
  return [path, join(path, "index.html"), `${path}.html`].find(
    (each) => existsSync(each) && statSync(each).isFile(),
  );
}
