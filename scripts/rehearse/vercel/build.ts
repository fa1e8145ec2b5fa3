import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import buildUtils from "@vercel/build-utils";
import { command } from "../commands.ts";
import type { BuiltFunction } from "../vercel.ts";
import { entrypointsIn, vercelConfig } from "./routes.ts";

// Run as a process of its own: `node build.ts <clone> <out>`. Vercel's own builder, once for each function.

const { download, FileBlob } = buildUtils;

type Files = Parameters<typeof download>[0];

/** Its own declarations leave this out. */
interface Builder {
  build(options: {
    files: Files;
    entrypoint: string;
    workPath: string;
    repoRootPath: string;
    config: object;
    meta: object;
  }): Promise<{ output: { files: Files; handler: string; runtime: string } }>;
}
const builder: Builder = createRequire(import.meta.url)("@vercel/node");

const [given = "", out = ""] = process.argv.slice(2);
const clone = realpathSync(given);
// The builder writes its input into the folder that it works in. Files that it reads from there are emptied by
// that, so it may work in a copy for this purpose only, and gets what it writes from memory.
if (!clone.startsWith(`${realpathSync(tmpdir())}${sep}`))
  throw new Error(`Only a clone in a folder for temporary files is built in, not ${clone}.`);

const files = await uploaded();
const { functions } = vercelConfig(clone);
const built: BuiltFunction[] = [];
for (const entrypoint of entrypointsIn(clone)) {
  const { output } = await builder.build({
    files,
    entrypoint,
    workPath: clone,
    repoRootPath: clone,
    config: { zeroConfig: true, framework: null, functions, nodeVersion: "24.x" },
    meta: {},
  });
  const directory = join(out, `${entrypoint.replace(/\.ts$/, "")}.func`);
  await download(output.files, directory);
  const { handler, runtime } = output;
  built.push({ entrypoint, directory, handler, runtime });
}
await writeFile(join(out, "functions.json"), JSON.stringify(built));

/** What Vercel gets of the repository: everything that is committed. */
async function uploaded(): Promise<Files> {
  const listed = await command("git", ["ls-files", "-z"], { cwd: clone });
  const names = listed.split("\0").filter((name) => name !== "");
  return Object.fromEntries(
    names.map((name) => {
      const path = join(clone, name);
      return [name, new FileBlob({ data: readFileSync(path), mode: lstatSync(path).mode })];
    }),
  );
}
