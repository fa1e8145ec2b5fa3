import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
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

/**
 * A repository of the files as they lie here, committed or not, with the packages that are installed here: what
 * a deploy of this state would see.
 */
export async function cloneWorkingTree(directory: string): Promise<string> {
  const clone = join(directory, "clone");
  const listed = await command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  // What is deleted and not yet committed is still listed.
  const names = listed.split("\0").filter((name) => name !== "" && existsSync(join(ROOT, name)));
  for (const name of names) await cp(join(ROOT, name), join(clone, name), { recursive: true });
  await command("git", ["init", "--quiet"], { cwd: clone });
  await command("git", ["add", "--all"], { cwd: clone });
  await copyPackages(clone);
  return clone;
}

/** Gives a clone the packages that are installed here. */
async function copyPackages(clone: string): Promise<void> {
  await cp(join(ROOT, "node_modules"), join(clone, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

/** Installs the packages as the platforms do. */
export async function install(clone: string): Promise<void> {
  const { NODE_ENV: _, ...env } = process.env;
  await command("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: clone,
    env: { ...env, CI: "true" },
    asGroup: true,
  });
}
