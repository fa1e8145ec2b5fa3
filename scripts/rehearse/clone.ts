import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./commands.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Clones what is committed here into a folder: the platforms know nothing else of the repository. */
export async function cloneHead(directory: string) {
  const clone = join(directory, "clone");
  await command("git", ["clone", "--quiet", ROOT, clone], { cwd: directory });
  const changes = await command("git", ["status", "--porcelain"], { cwd: ROOT });
  return {
    clone,
    head: (await command("git", ["log", "-1", "--format=%h %s"], { cwd: clone })).trim(),
    uncommitted: changes.split("\n").filter((line) => line !== "").length,
  };
}

/** Installs the packages as the platforms do. */
export async function install(clone: string): Promise<void> {
  const { NODE_ENV: _, ...env } = process.env;
  await command("npm", ["ci", "--no-audit", "--no-fund"], { cwd: clone, env: { ...env, CI: "true" } });
}
