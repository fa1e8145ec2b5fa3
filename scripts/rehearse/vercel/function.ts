import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { serveRehearsal } from "../functionProcess.ts";

// Run as a process of its own: `node function.ts <folder of a built function> <its handler>`. Loads the function
// as Vercel's launcher does and gives it a context to hand work to.

const Handler = z.object({
  default: z.object({
    fetch: z.custom<(request: Request) => Promise<Response>>((value) => typeof value === "function"),
  }),
});

// The process lives on after an answer, and the work with it.
const context = { waitUntil() {} };
Reflect.set(globalThis, Symbol.for("@vercel/request-context"), { get: () => context });

const [directory = "", handler = ""] = process.argv.slice(2);
const { fetch } = Handler.parse(await import(pathToFileURL(join(directory, handler)).href)).default;

serveRehearsal(async ({ method, url, headers, body }) => {
  const response = await fetch(new Request(url, { method, headers, body }));
  return { status: response.status, headers: [...response.headers], body: await response.text() };
});
