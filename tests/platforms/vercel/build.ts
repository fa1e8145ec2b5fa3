import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  BUILD_SCRIPT,
  type BuiltFunction,
  buildVariables,
  builtFunctions,
} from "../../../scripts/hosts/vercel/built.ts";
import { RUNNER } from "../../../scripts/runner.ts";
import { builtOnce } from "../../support/builtOnce.ts";
import { copyDeployed } from "./sources.ts";

export interface BuildOutput {
  readonly functions: readonly BuiltFunction[];
  /** A copy of the repository as Vercel has it when it builds. */
  readonly workPath: string;
  /** Where the build is. */
  readonly directory: string;
}

/** What Vercel's own builder makes of every function. */
export async function vercelBuild(): Promise<BuildOutput> {
  const directory = await builtOnce("vercel", build);
  return { functions: builtFunctions(directory), workPath: workPathIn(directory), directory };
}

const workPathIn = (directory: string) => join(directory, "work");

/** Builds in another process. */
async function build(directory: string): Promise<void> {
  const workPath = workPathIn(directory);
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
}
