import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Packages that are no modules yet ask for Node's own by `require`. */
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * Packs functions and all that they import into few files, which they share.
 *
 * @param mainFiles of the functions, by their names
 * @param directory where the files are to lie
 * @returns addresses of the functions' modules, by their names
 */
export async function pack(
  mainFiles: Readonly<Record<string, string>>,
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  await build({
    entryPoints: { ...mainFiles },
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22",
    // Hundreds of processes and workers read them.
    minifyWhitespace: true,
    banner: { js: REQUIRE },
  });
  const names = Object.keys(mainFiles);
  return new Map(names.map((name) => [name, pathToFileURL(join(directory, `${name}.mjs`)).href]));
}
