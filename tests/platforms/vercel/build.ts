import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BUILD_SCRIPT,
  type BuiltFunction,
  buildVariables,
  builtFunctions,
} from "../../../scripts/hosts/vercel/built.ts";
import { RUNNER } from "../../../scripts/runner.ts";
import { copyDeployed } from "./sources.ts";

export interface BuildOutput {
  readonly functions: readonly BuiltFunction[];
  /** A copy of the repository as Vercel has it when it builds. */
  readonly workPath: string;
  /** Where the build is. */
  readonly directory: string;
  remove(): Promise<void>;
}

/** Builds every function with Vercel's own builder, in a directory of its own and in another process. */
export async function vercelBuild(): Promise<BuildOutput> {
  const directory = await mkdtemp(join(tmpdir(), "vercel-build-"));
  const workPath = join(directory, "work");
  await mkdir(workPath);
  await copyDeployed(workPath);
  const child = spawn(process.execPath, [RUNNER, BUILD_SCRIPT, workPath, directory], {
    env: buildVariables(directory),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`Vercel's builder failed (${code}): ${said}`);
  return {
    functions: builtFunctions(directory),
    workPath,
    directory,
    remove: () => rm(directory, { recursive: true }),
  };
}
