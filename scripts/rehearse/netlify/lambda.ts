import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { headOf, LIMIT_MS } from "../../hosts/netlify/answer.ts";
import { loadFunction } from "../../hosts/netlify/bootstrap.ts";
import { serveRehearsal } from "../functionProcess.ts";

// Run as a process of its own: `node lambda.ts <folder of a built function>`, in which Netlify's bootstrap lies.

const entry = join(process.argv[2] ?? "", "___netlify-entry-point.mjs");
const invoke = await loadFunction(pathToFileURL(entry).href, LIMIT_MS.http);

serveRehearsal(async ({ method, url, headers, body }) => {
  const event = { httpMethod: method, rawUrl: url, headers, body: body ?? "", isBase64Encoded: false };
  const answer = await invoke(event);
  const { status, headers: all } = headOf(answer.meta);
  return { status, headers: [...all], body: answer.body.toString() };
});
