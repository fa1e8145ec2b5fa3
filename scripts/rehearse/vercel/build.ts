import { lstatSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import buildUtils from "@vercel/build-utils";
import { command } from "../commands.ts";
import type { BuiltFunction } from "../vercel.ts";
import { buildableFolder, builder, type Files } from "./builder.ts";
import { entrypointsIn, vercelConfig } from "./routes.ts";

// Run as a process of its own: `node build.ts <clone> <out>`. Vercel's own builder, once for each function.

const { download, FileBlob } = buildUtils;

const [given = "", out = ""] = process.argv.slice(2);
const clone = buildableFolder(given);

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

/** What Vercel gets of the repository: everything that is committed, from memory, as the files are overwritten. */
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
