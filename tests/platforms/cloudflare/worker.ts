import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker, leaveRedirectsToWorkers } from "../../../scripts/hosts/cloudflare/workerd.ts";
import { ROOT } from "../../../scripts/root.ts";

leaveRedirectsToWorkers();

/** What a deploy would upload. */
export interface Artefact {
  readonly directory: string;
  /** What wrangler printed while it built. */
  readonly output: string;
  remove(): Promise<void>;
}

/** Builds the shipped Worker. */
export async function buildShipped(): Promise<Artefact> {
  const directory = await mkdtemp(join(tmpdir(), "worker-"));
  const output = await buildWorker(ROOT, directory);
  return { directory, output, remove: () => rm(directory, { recursive: true }) };
}
