import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { builtFunctions } from "../../../scripts/hosts/vercel/built.ts";
import { loadFunction } from "../../../scripts/hosts/vercel/load.ts";
import { vercelProject } from "../../../scripts/hosts/vercel/project.ts";
import { ROOT } from "../../../scripts/root.ts";

// Run as a process of its own: `node launcher.ts <folder of a build>`. Stands in for Vercel's router and launcher:
// routes by the shipped vercel.json and loads the functions as they were built.

const project = vercelProject(ROOT);
const functions = builtFunctions(process.argv[2] ?? "");

async function answer(request: Request): Promise<Response> {
  const target = project.targetOf(new URL(request.url).pathname);
  if (target?.kind === "file") return new Response(readFileSync(join(ROOT, target.path)));
  const found = functions.find((each) => target !== undefined && each.entrypoint === target.entrypoint);
  if (found === undefined) return new Response("NOT_FOUND: no function and no file", { status: 404 });
  const call = await loadFunction(found);
  const response = await call(request);
  response.headers.set("x-test-function", found.entrypoint);
  return response;
}

const server = serve(
  { fetch: answer, port: 0, hostname: "127.0.0.1", overrideGlobalObjects: false },
  ({ port }) => process.stdout.write(`${JSON.stringify({ event: "launched", port })}\n`),
);
process.once("SIGTERM", () => {
  server.close();
  process.exit(0);
});
