import { cp, lstat, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import buildUtils from "@vercel/build-utils";
import * as z from "zod";
import { buildableFolder, builder, type Files } from "../../../scripts/rehearse/vercel/builder.ts";
import type { BuiltFunction } from "./build.ts";
import { entrypoints, ROOT, vercelConfig } from "./project.ts";

// Run as a process of its own: `node buildScript.ts <an empty directory>`.

const { download, FileFsRef, getLambdaOptionsFromFunction, glob } = buildUtils;
const require = createRequire(import.meta.url);

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() }).loose(),
  ),
});

const directory = buildableFolder(process.argv[2] ?? "");
const workPath = join(directory, "work");
if (workPath.startsWith(ROOT)) throw new Error(`The repository itself is not built in: ${directory}.`);

await mkdir(workPath);
await installed();
// The builder would do this again before each function.
const files = await download(await uploaded(), workPath);
const { functions } = vercelConfig();

const built: BuiltFunction[] = [];
const target = join(directory, "functions");
const written = new Set<string>();
for (const entrypoint of entrypoints()) {
  const config = { zeroConfig: true, framework: null, functions, nodeVersion: "24.x" };
  const { output } = await builder.build({
    files,
    entrypoint,
    workPath,
    repoRootPath: workPath,
    config,
    meta: { skipDownload: true },
  });
  for (const name of Object.keys(output.files))
    if (isAbsolute(name) || name.split("/").includes(".."))
      throw new Error(`${entrypoint} takes ${name} from outside of what was built.`);
  // The functions differ in one file, and a test holds that; what they share is written once.
  const added = Object.entries(output.files).filter(([name]) => !written.has(name));
  await download(Object.fromEntries(added), target);
  for (const [name] of added) written.add(name);
  const { maxDuration } = await getLambdaOptionsFromFunction({ sourceFile: entrypoint, config });
  const names = Object.keys(output.files);
  const sizes = await Promise.all(names.map(async (name) => (await lstat(join(target, name))).size));
  built.push({
    entrypoint,
    directory: target,
    handler: output.handler,
    runtime: output.runtime,
    ...(typeof maxDuration === "number" && { maxDuration }),
    files: names.sort(),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  });
}
await writeFile(join(directory, "functions.json"), JSON.stringify(built));

/** What Vercel gets of the repository: everything that is not ignored, tests and emulator too. */
async function uploaded(): Promise<Files> {
  const folders = "{api,vercel,handlers,services,utils,node,emulator,tests,public}/**";
  const found = await glob(folders, ROOT);
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "vercel.json", "openapi.json"])
    found[name] = new FileFsRef({ fsPath: join(ROOT, name) });
  return found;
}

/** The packages that run in production, and the compiler: the builder takes the repository's. */
async function installed(): Promise<void> {
  const { packages } = Lock.parse(require("../../../package-lock.json"));
  const names = Object.entries(packages)
    .filter(([name, { dev, optional }]) => name !== "" && dev !== true && optional !== true)
    .map(([name]) => name);
  for (const name of [...names, "node_modules/typescript"])
    await cp(join(ROOT, name), join(workPath, name), { recursive: true });
}
