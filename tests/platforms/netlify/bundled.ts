import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFunctions } from "@netlify/zip-it-and-ship-it";
import { build } from "esbuild";
import { ROOT } from "../../../scripts/root.ts";
import { site } from "./functions.ts";

/** A project of Netlify's: where it lies, and where in it its functions are. */
export interface Project {
  readonly root: string;
  readonly functions: string;
}

export const SHIPPED: Project = { root: ROOT, functions: join(ROOT, site.functions.directory) };

/** Packages that are no modules yet ask for Node's own by `require`. */
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * The shipped functions as a project of one file each. Who starts anew for every call would else spend most of
 * its time on reading the packages, file by file.
 */
export async function bundledProject(): Promise<Project & { remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "netlify-bundled-"));
  const functions = join(root, site.functions.directory);
  const listed = await listFunctions(SHIPPED.functions);
  await build({
    entryPoints: Object.fromEntries(listed.map(({ name, mainFile }) => [name, mainFile])),
    outdir: functions,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    banner: { js: REQUIRE },
  });
  await writeFile(join(root, "package.json"), JSON.stringify({ type: "module" }));
  return { root, functions, remove: () => rm(root, { recursive: true, force: true }) };
}
