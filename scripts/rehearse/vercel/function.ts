import { loadFunction } from "../../hosts/vercel/load.ts";
import { serveRehearsal } from "../functionProcess.ts";

// Run as a process of its own: `node function.ts <folder of a built function> <its handler>`.

const [directory = "", handler = ""] = process.argv.slice(2);
const call = await loadFunction({ directory, handler });

serveRehearsal(async ({ method, url, headers, body }) => {
  const response = await call(new Request(url, { method, headers, body }));
  return { status: response.status, headers: [...response.headers], body: await response.text() };
});
