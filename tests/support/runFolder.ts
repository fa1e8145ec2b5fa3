import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder for what the files of one run share. */
    runFolder: string;
  }
}

/** Before the first file: a folder of the run's own, for what is built once and for what Node has compiled. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "tests-")));
  process.env.NODE_COMPILE_CACHE ??= join(folder, "compiled");
  provide("runFolder", folder);
  await mkdir(join(folder, "built"));
  return () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
