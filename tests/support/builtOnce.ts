import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import * as z from "zod";

const Outcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("built") }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
type Outcome = z.infer<typeof Outcome>;

/** How long a build may take, ms: the processor may be somebody else's. */
export const BUILD_MS = 240_000;
/** How often a file looks whether another one has built what both need, ms. */
const LOOK_MS = 100;

/**
 * Builds something once in a run: whoever asks first builds it, all others wait for that. Nobody may change it, and it
 * goes at the end of the run.
 *
 * @param name of what is built, as a folder's name
 * @param build leaves it in an empty folder
 * @returns the folder
 * @throws Error when the build failed, also in another file
 */
export async function builtOnce(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject("runFolder"), "built", name);
  const told = `${folder}.json`;
  if (await isFirst(folder)) await tell(told, await outcomeOf(build(folder)));
  let outcome = await outcomeIn(told);
  while (outcome === undefined) {
    await delay(LOOK_MS);
    outcome = await outcomeIn(told);
  }
  if (outcome.kind === "failed") throw new Error(outcome.reason);
  return folder;
}

/** Making a folder succeeds once. */
async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function outcomeOf(building: Promise<void>): Promise<Outcome> {
  try {
    await building;
    return { kind: "built" };
  } catch (error) {
    return { kind: "failed", reason: String(error) };
  }
}

/** Written beside it first: a reader finds all of it or nothing. */
async function tell(path: string, outcome: Outcome): Promise<void> {
  await writeFile(`${path}.part`, JSON.stringify(outcome));
  await rename(`${path}.part`, path);
}

async function outcomeIn(path: string): Promise<Outcome | undefined> {
  try {
    return Outcome.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
