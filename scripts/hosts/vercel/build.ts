import { lstat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import buildUtils from "@vercel/build-utils";
import { buildableFolder, builder } from "./builder.ts";
import type { BuiltFunction } from "./built.ts";
import { vercelProject } from "./project.ts";

// Run as a process of its own: `node build.ts <a copy of the repository> <an empty folder>`. Vercel's own builder, once
// for each function; leaves functions.json beside what it has made.

const { download, getLambdaOptionsFromFunction, glob } = buildUtils;

const [given = "", out = ""] = process.argv.slice(2);
const workPath = buildableFolder(given);
const { config: site, entrypoints } = vercelProject(workPath);
const files = await glob("**", { cwd: workPath, ignore: ["node_modules/**", ".git/**"] });
const config = { zeroConfig: true, framework: null, functions: site.functions, nodeVersion: "24.x" };

const built: BuiltFunction[] = [];
const directory = join(out, "functions");
const written = new Set<string>();
for (const entrypoint of entrypoints) {
  const { output } = await builder.build({
    files,
    entrypoint,
    workPath,
    repoRootPath: workPath,
    config,
    // The files lie where it would write them, before each function anew.
    meta: { skipDownload: true },
  });
  const names = Object.keys(output.files).sort();
  for (const name of names)
    if (isAbsolute(name) || name.split("/").includes(".."))
      throw new Error(`${entrypoint} takes ${name} from outside of what was built.`);
  // The functions differ in one file, and a test holds that; what they share is written once.
  const added = Object.entries(output.files).filter(([name]) => !written.has(name));
  await download(Object.fromEntries(added), directory);
  for (const [name] of added) written.add(name);
  const { maxDuration } = await getLambdaOptionsFromFunction({ sourceFile: entrypoint, config });
  const sizes = await Promise.all(names.map(async (name) => (await lstat(join(directory, name))).size));
  built.push({
    entrypoint,
    directory,
    handler: output.handler,
    runtime: output.runtime,
    ...(typeof maxDuration === "number" && { maxDuration }),
    files: names,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  });
}
await writeFile(join(out, "functions.json"), JSON.stringify(built));
