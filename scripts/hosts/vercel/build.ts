import { lstat, readFile, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import buildUtils from "@vercel/build-utils";
import { buildableFolder, builder } from "./builder.ts";
import type { BuiltFunction } from "./built.ts";
import { vercelProject } from "./project.ts";

// Run as a process of its own: `node build.ts <a copy of the repository> <an empty folder>`. Vercel's own builder, once
// for functions of the same text in the same folder, as it makes the same of them but for the name and takes seven
// seconds for each; leaves functions.json beside what it has made.

const { download, getLambdaOptionsFromFunction, glob } = buildUtils;

const [given = "", out = ""] = process.argv.slice(2);
const workPath = buildableFolder(given);
const { config: site, entrypoints } = vercelProject(workPath);
const files = await glob("**", { cwd: workPath, ignore: ["node_modules/**", ".git/**"] });
const config = { zeroConfig: true, framework: null, functions: site.functions, nodeVersion: "24.x" };

type Output = Awaited<ReturnType<typeof builder.build>>["output"];

const outputs = new Map<string, { readonly entrypoint: string; readonly output: Output }>();

async function outputOf(entrypoint: string): Promise<Output> {
  const key = `${dirname(entrypoint)}\n${await readFile(join(workPath, entrypoint), "utf8")}`;
  const twin = outputs.get(key);
  if (twin !== undefined) return renamed(twin.output, twin.entrypoint, entrypoint);
  const { output } = await builder.build({
    files,
    entrypoint,
    workPath,
    repoRootPath: workPath,
    config,
    // The files lie where it would write them, before each function anew.
    meta: { skipDownload: true },
  });
  outputs.set(key, { entrypoint, output });
  return output;
}

function renamed({ files, handler, runtime }: Output, from: string, to: string): Output {
  const own = from.replace(/ts$/, "");
  const nameOf = (name: string) =>
    name.startsWith(own) ? `${to.replace(/ts$/, "")}${name.slice(own.length)}` : name;
  const renamedFiles = Object.entries(files).map(([name, file]) => [nameOf(name), file]);
  return { files: Object.fromEntries(renamedFiles), handler: nameOf(handler), runtime };
}

const built: BuiltFunction[] = [];
const directory = join(out, "functions");
const written = new Set<string>();
for (const entrypoint of entrypoints) {
  const output = await outputOf(entrypoint);
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
