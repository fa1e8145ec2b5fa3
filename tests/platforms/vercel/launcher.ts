import { readFileSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import * as z from "zod";
import { builtFunctions } from "../../../scripts/hosts/vercel/built.ts";
import { loadFunction } from "../../../scripts/hosts/vercel/load.ts";
import { vercelProject } from "../../../scripts/hosts/vercel/project.ts";
import { ROOT } from "../../../scripts/root.ts";
import { setVariables } from "../ownVariables.ts";

// Run as a process of its own: `node launcher.ts <folder of a build>`, with a channel that brings variables. Stands in
// for Vercel's router and launcher: routes by the shipped vercel.json and loads the functions as they were built.

const Variables = z.record(z.string(), z.string());

const project = vercelProject(ROOT);
const functions = builtFunctions(process.argv[2] ?? "");

async function answer(request: Request): Promise<Response> {
  const target = project.targetOf(new URL(request.url).pathname);
  if (target?.kind === "file") return new Response(readFileSync(join(ROOT, target.path)));
  const found = functions.find((each) => target !== undefined && each.entrypoint === target.entrypoint);
  if (found === undefined) return new Response("NOT_FOUND: no function and no file", { status: 404 });
  const call = await loadFunction(found);
  keepCompiled(found.entrypoint);
  const response = await call(request);
  response.headers.set("x-test-function", found.entrypoint);
  return response;
}

const kept = new Set<string>();

/** Leaves what Node has compiled to the next process at once; at their ends, which come together, all would write it. */
function keepCompiled(entrypoint: string): void {
  if (kept.has(entrypoint)) return;
  kept.add(entrypoint);
  // Node 20 does not have it.
  module.flushCompileCache?.();
}

/** The variables of the deployment that calls from now on. */
process.on("message", (message) => {
  setVariables(Variables.parse(message));
  process.send?.("set");
});

const server = serve(
  { fetch: answer, port: 0, hostname: "127.0.0.1", overrideGlobalObjects: false },
  ({ port }) => process.send?.({ port }),
);
for (const end of ["SIGTERM", "disconnect"] as const)
  process.once(end, () => {
    server.close();
    process.exit(0);
  });
