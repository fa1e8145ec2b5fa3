import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "../../../scripts/root.ts";

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

/** A copy of the functions' sources, because Vercel's tools may write where they work. */
export async function sourcesCopy() {
  const workPath = await mkdtemp(join(tmpdir(), "vercel-dev-"));
  await copy(SOURCES, workPath);
  await symlink(join(ROOT, "node_modules"), join(workPath, "node_modules"));
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
