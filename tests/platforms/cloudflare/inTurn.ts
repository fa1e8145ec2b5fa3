import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { type RunningWorker, startWorker } from "../../../scripts/hosts/cloudflare/workerd.ts";
import { builtOnce } from "../../support/builtOnce.ts";
import type { Artefact } from "./worker.ts";

/** Where a Worker is told whose turn it is. */
const TURN = "/turn-of-a-deployment";

/** Hands each call to the shipped Worker as it came, with the variables of the deployment whose turn it is. */
const ENTRY = `
import shipped from "./worker.js";
let bindings;
export default {
  async fetch(request, _, context) {
    if (new URL(request.url).pathname !== "${TURN}") return shipped.fetch(request, bindings, context);
    bindings = await request.json();
    return new Response(null, { status: 204 });
  },
};
`;

/** What comes through bindings, shells and command lines as it is. */
const PLAIN = /^[\x21-\x7e]+$/;

/** Workers that their deployments have left. */
const left: RunningWorker[] = [];

/**
 * A Worker for one deployment. One that another deployment has left serves the next one, with its variables: two
 * seconds of the processor go into a new one. Variables that a host could change on their way are bound as a deploy
 * binds them.
 *
 * @param fresh a Worker of its own, that has answered nobody yet
 */
export async function takeWorker(
  artefact: Artefact,
  variables: Readonly<Record<string, string>>,
  fresh = false,
): Promise<RunningWorker> {
  if (fresh || !Object.values(variables).every((value) => PLAIN.test(value)))
    return startWorker(artefact.directory, variables);
  const worker = left.pop() ?? (await startWorker(await inTurn(artefact), {}));
  const told = await worker.send(
    new Request(`https://worker.test${TURN}`, { method: "POST", body: JSON.stringify(variables) }),
  );
  if (told.status !== 204) throw new Error(`The Worker took no variables: ${told.status}`);
  const before = worker.lines().length;
  return {
    ...worker,
    lines: () => worker.lines().slice(before),
    close: async () => {
      left.push(worker);
    },
  };
}

/** Ends the Workers that nobody has any more. */
export async function closeWorkers(): Promise<void> {
  await Promise.all(left.splice(0).map((worker) => worker.close()));
}

/** The shipped Worker behind an entry that hands it its variables. */
function inTurn({ directory }: Artefact): Promise<string> {
  return builtOnce("cloudflare-in-turn", async (folder) => {
    await copyFile(join(directory, "wrangler.toml"), join(folder, "wrangler.toml"));
    // One file: of modules beside it, the harness would know nothing.
    await build({
      stdin: { contents: ENTRY, resolveDir: join(directory, "out") },
      outfile: join(folder, "out/worker.js"),
      bundle: true,
      format: "esm",
      target: "esnext",
      external: ["node:*", "cloudflare:*"],
    });
  });
}
