import { zipFunctions } from "@netlify/zip-it-and-ship-it";

// Run as a process of its own: `node build.ts <clone> <functions folder> <out>`. Netlify's own builder; it leaves
// a manifest beside the functions.

const [clone = "", functions = "", out = ""] = process.argv.slice(2);
await zipFunctions(functions, out, {
  archiveFormat: "none",
  basePath: clone,
  repositoryRoot: clone,
  manifest: `${out}/manifest.json`,
});
