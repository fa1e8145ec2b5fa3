import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { bareVariables } from "../../runner.ts";

/** Builds every function: `node BUILD_SCRIPT <a copy of the repository> <an empty folder>`. */
export const BUILD_SCRIPT = fileURLToPath(new URL("build.ts", import.meta.url));

/** Variables for the builder: nobody's login takes part, and the packages are there already. */
export const buildVariables = (home: string) => ({
  ...bareVariables(),
  HOME: home,
  VERCEL_INSTALL_COMPLETED: "1",
  ...(process.env.TMPDIR !== undefined && { TMPDIR: process.env.TMPDIR }),
});

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

/** What the build script has left in a folder. */
export function builtFunctions(out: string): BuiltFunction[] {
  return z.array(BuiltFunction).parse(JSON.parse(readFileSync(join(out, "functions.json"), "utf8")));
}
