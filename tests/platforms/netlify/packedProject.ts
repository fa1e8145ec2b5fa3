import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFunctions } from "@netlify/zip-it-and-ship-it";
import { ROOT } from "../../../scripts/root.ts";
import { pack } from "../packed.ts";
import { site } from "./functions.ts";

/** A project of Netlify's: where it lies, and where in it its functions are. */
export interface Project {
  readonly root: string;
  readonly functions: string;
}

export const SHIPPED: Project = { root: ROOT, functions: join(ROOT, site.functions.directory) };

/**
 * The shipped functions as a project of a few lines each, which load the packed code. Who starts anew for every call
 * would else spend most of its time on reading the packages, file by file; that it can run them as they are shipped is
 * shown in `netlifyCron.test.ts`.
 */
export async function packedProject(): Promise<Project & { remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "netlify-packed-"));
  const functions = join(root, site.functions.directory);
  await mkdir(functions, { recursive: true });
  await writeFile(join(root, "package.json"), JSON.stringify({ type: "module" }));
  const listed = await listFunctions(SHIPPED.functions, { parseISC: true });
  const mainFiles = Object.fromEntries(listed.map(({ name, mainFile }) => [name, mainFile]));
  const packed = await pack(mainFiles, join(root, "packed"));
  for (const { name, schedule } of listed)
    await writeFile(join(functions, `${name}.mjs`), functionAt(packed.get(name), schedule));
  return { root, functions, remove: () => rm(root, { recursive: true, force: true }) };
}

/**
 * Netlify's builder looks through everything that it can follow, for each function anew: an address that has to be
 * computed first, it leaves alone.
 */
function functionAt(address: string | undefined, schedule: string | undefined): string {
  return [
    `const { default: serve } = await import(decodeURI(${JSON.stringify(address)}));`,
    "export default serve;",
    ...(schedule === undefined ? [] : [`export const config = ${JSON.stringify({ schedule })};`]),
  ].join("\n");
}
