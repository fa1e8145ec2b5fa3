import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { vercelProject } from "../../../scripts/hosts/vercel/project.ts";
import { ROOT } from "../../../scripts/root.ts";
import { pack } from "../packed.ts";

/** What the functions are made of. */
const SOURCES = [
  "api",
  "vercel",
  "handlers",
  "services",
  "utils",
  "openapi.json",
  "package.json",
  "tsconfig.json",
];
/** What else a deploy uploads: everything that is not ignored. */
const OTHERS = ["node", "emulator", "tests", "public", "package-lock.json", "vercel.json"];

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() }).loose(),
  ),
});

async function copy(names: readonly string[], workPath: string): Promise<void> {
  for (const name of names) await cp(join(ROOT, name), join(workPath, name), { recursive: true });
}

/** The builder's server is a large program; the next process has it compiled, without waiting for this one's end. */
const KEEP_COMPILED = `import module from "node:module";\nmodule.flushCompileCache?.();\n`;

/**
 * The shipped functions as a line of JavaScript each, which load the packed code. The development server starts a
 * process for each of them that is called, which would else spend most of its time on its translator, and on finding
 * and translating two hundred files; that it can run them as they are shipped is shown in `vercelCron.test.ts`.
 */
export async function packedSources() {
  const workPath = await mkdtemp(join(tmpdir(), "vercel-packed-"));
  const mainFiles = Object.fromEntries(
    vercelProject(ROOT).entrypoints.map((path) => [path.replace(/\.ts$/, ""), join(ROOT, path)]),
  );
  for (const [name, address] of await pack(mainFiles, join(workPath, "packed"))) {
    const path = join(workPath, `${name}.js`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `export { default } from ${JSON.stringify(address)};\n${KEEP_COMPILED}`);
  }
  await copy(["package.json", "tsconfig.json"], workPath);
  return { workPath, remove: () => rm(workPath, { recursive: true, force: true }) };
}

/** Copies what Vercel has when it builds: the repository, and the packages that run in production. */
export async function copyDeployed(workPath: string): Promise<void> {
  const lock = Lock.parse(JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")));
  const packages = Object.entries(lock.packages)
    .filter(([name, { dev, optional }]) => name !== "" && dev !== true && optional !== true)
    .map(([name]) => name);
  // The builder takes the repository's compiler.
  await copy([...SOURCES, ...OTHERS, ...packages, "node_modules/typescript"], workPath);
}
