import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "@hono/node-server";
import * as z from "zod";
import { BuiltFunction } from "./build.ts";
import { ROOT, targetOf, vercelConfig } from "./project.ts";

// Run as a process of its own: `node launcher.ts <functions.json>`. Stands in for Vercel's router and launcher:
// routes by the shipped vercel.json, loads the functions as they were built, and gives each request a context.

const Handler = z.object({
  default: z.object({ fetch: z.custom<(request: Request) => Promise<Response>>() }),
});

const config = vercelConfig();
const functions = z.array(BuiltFunction).parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const entrypoints = functions.map(({ entrypoint }) => entrypoint);

const contexts = new AsyncLocalStorage<{ waitUntil(): void }>();
Reflect.set(globalThis, Symbol.for("@vercel/request-context"), { get: () => contexts.getStore() });

async function answer(request: Request): Promise<Response> {
  const target = targetOf(config, entrypoints, new URL(request.url).pathname);
  if (target?.kind === "file") return new Response(readFileSync(join(ROOT, target.path)));
  const found = functions.find((each) => target !== undefined && each.entrypoint === target.entrypoint);
  if (found === undefined) return new Response("NOT_FOUND: no function and no file", { status: 404 });
  const url = pathToFileURL(join(found.directory, found.handler)).href;
  const handler = Handler.parse(await import(url)).default;
  // The process lives on after an answer, and the work with it.
  const context = { waitUntil: () => {} };
  const response = await contexts.run(context, () => handler.fetch(request));
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
