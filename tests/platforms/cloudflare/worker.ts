import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildWorker, leaveRedirectsToWorkers } from "../../../scripts/hosts/cloudflare/workerd.ts";
import { ROOT } from "../../../scripts/root.ts";
import { builtOnce } from "../../support/builtOnce.ts";

leaveRedirectsToWorkers();

/** What a deploy would upload. */
export interface Artefact {
  readonly directory: string;
  /** What wrangler printed while it built. */
  readonly output: string;
}

/** The shipped Worker. */
export async function buildShipped(): Promise<Artefact> {
  const directory = await builtOnce("cloudflare", async (folder) =>
    writeFile(outputIn(folder), await buildWorker(ROOT, folder)),
  );
  return { directory, output: await readFile(outputIn(directory), "utf8") };
}

const outputIn = (directory: string) => join(directory, "output.txt");
