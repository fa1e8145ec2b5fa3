import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { BuiltFunction } from "./built.ts";

const Handler = z.object({
  default: z.object({
    fetch: z.custom<(request: Request) => Promise<Response>>((value) => typeof value === "function"),
  }),
});

const contexts = new AsyncLocalStorage<{ waitUntil(): void }>();

/** Loads a built function as Vercel's launcher does; each of its requests has a context to hand work to. */
export async function loadFunction({
  directory,
  handler,
}: Pick<BuiltFunction, "directory" | "handler">): Promise<(request: Request) => Promise<Response>> {
  Reflect.set(globalThis, Symbol.for("@vercel/request-context"), { get: () => contexts.getStore() });
  const { fetch } = Handler.parse(await import(pathToFileURL(join(directory, handler)).href)).default;
  // The process lives on after an answer, and the work with it.
  return (request) => contexts.run({ waitUntil: () => {} }, () => fetch(request));
}
