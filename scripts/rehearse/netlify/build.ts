import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildFunctions } from "../../hosts/netlify/build.ts";
import { netlifySite } from "../../hosts/netlify/site.ts";

// Run as a process of its own: `node build.ts <clone> <out>`. Netlify's builder changes what all others in its process
// see of `fetch`; it leaves functions.json, all that it knows of them, beside the functions.

const [clone = "", out = ""] = process.argv.slice(2);
const functions = await buildFunctions(netlifySite(clone), out);
await writeFile(join(out, "functions.json"), JSON.stringify(functions));
