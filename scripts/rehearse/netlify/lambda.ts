import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { serveRehearsal } from "../functionProcess.ts";

// Run as a process of its own: `node lambda.ts <folder of a built function>`. Loads the function by Netlify's own
// bootstrap, which lies in the folder, and stands in for the part of AWS Lambda that it needs.

const Meta = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).optional(),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).optional(),
});

type Handler = (event: object, stream: PassThrough, context: object) => Promise<unknown>;

const Entry = z.object({
  handler: z.custom<Handler>((value) => typeof value === "function"),
});

/** What each answer's stream was said to begin with. */
const metas = new WeakMap<PassThrough, unknown>();
Reflect.set(globalThis, "awslambda", {
  streamifyResponse: (handler: unknown) => handler,
  HttpResponseStream: {
    from(stream: PassThrough, meta: unknown) {
      metas.set(stream, meta);
      return stream;
    },
  },
});

/** Netlify's limit of a function over HTTP; the bootstrap only hands it on. */
const REMAINING_MS = 60_000;

const entry = join(process.argv[2] ?? "", "___netlify-entry-point.mjs");
const { handler } = Entry.parse(await import(pathToFileURL(entry).href));

serveRehearsal(async ({ method, url, headers, body }) => {
  const stream = new PassThrough();
  const written = text(stream);
  const event = { httpMethod: method, rawUrl: url, headers, body: body ?? "", isBase64Encoded: false };
  await handler(event, stream, {
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => REMAINING_MS,
  });
  const answer = await written;
  const { statusCode, headers: single = {}, multiValueHeaders = {} } = Meta.parse(metas.get(stream));
  const many = Object.entries(multiValueHeaders).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return { status: statusCode, headers: [...Object.entries(single), ...many], body: answer };
});
