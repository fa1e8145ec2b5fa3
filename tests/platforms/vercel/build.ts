import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { RUNNER } from "../../../scripts/runner.ts";

const BUILD_SCRIPT = fileURLToPath(new URL("buildScript.ts", import.meta.url));

export const BuiltFunction = z.object({
  entrypoint: z.string(),
  /** Where its files are. */
  directory: z.string(),
  /** Its module, from the directory. */
  handler: z.string(),
  runtime: z.string(),
  /** Seconds; as `vercel.json` sets it. */
  maxDuration: z.number().optional(),
  files: z.array(z.string()),
  bytes: z.number(),
});
export type BuiltFunction = z.infer<typeof BuiltFunction>;

export interface BuildOutput {
  readonly functions: readonly BuiltFunction[];
  /** A copy of the repository as Vercel has it when it builds. */
  readonly workPath: string;
  readonly functionsFile: string;
  remove(): Promise<void>;
}

/** Builds every function with Vercel's own builder, in a directory of its own and in another process. */
export async function vercelBuild(): Promise<BuildOutput> {
  const directory = await mkdtemp(join(tmpdir(), "vercel-build-"));
  const env = { PATH: process.env.PATH, HOME: directory, VERCEL_INSTALL_COMPLETED: "1" };
  const child = spawn(process.execPath, [RUNNER, BUILD_SCRIPT, directory], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`Vercel's builder failed (${code}): ${said}`);
  const functionsFile = join(directory, "functions.json");
  return {
    functions: z.array(BuiltFunction).parse(JSON.parse(await readFile(functionsFile, "utf8"))),
    workPath: join(directory, "work"),
    functionsFile,
    remove: () => rm(directory, { recursive: true }),
  };
}
