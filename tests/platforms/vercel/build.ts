import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BuiltFunction, builtFunctions } from "../../../scripts/hosts/vercel/built.ts";
import { vercel } from "../../../scripts/rehearse/vercel.ts";
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

async function build(directory: string): Promise<void> {
  const workPath = workPathIn(directory);
  await mkdir(workPath);
  await copyDeployed(workPath);
  await vercel.build({ clone: workPath, out: directory });
}
