import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./project.ts";

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

/** A copy of the functions' sources, because Vercel's tools may write where they work. */
export async function sourcesCopy() {
  const workPath = await mkdtemp(join(tmpdir(), "vercel-dev-"));
  for (const name of SOURCES) await cp(join(ROOT, name), join(workPath, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(workPath, "node_modules"));
  return { workPath, remove: () => rm(workPath, { recursive: true, force: true }) };
}
