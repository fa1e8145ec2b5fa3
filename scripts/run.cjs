// node scripts/run.cjs <file.ts> [arguments]: how package.json starts every file. A Node that strips types by
// itself runs it as it is, an older one through tsx. In CommonJS and words that any Node reads, so that one that
// is too old can say so.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 11))
  giveUp(`This needs Node 20.11 or newer, and runs on ${process.versions.node}.`);

const { existsSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
if (!existsSync(join(__dirname, "..", "node_modules")))
  giveUp("The packages are not installed yet. Run: npm ci --omit=dev");

// The next start finds what this one has compiled, and takes half the time. It lies beside the packages, where nobody
// writes who could not change them too; a folder that takes nothing is done without. NODE_COMPILE_CACHE comes first.
const { enableCompileCache, flushCompileCache } = require("node:module");
if (enableCompileCache) enableCompileCache(join(__dirname, "..", "node_modules", ".cache", "compiled"));

// What is run finds its arguments where Node itself would have put them.
process.argv.splice(1, 2, resolve(process.argv[2]));
run(pathToFileURL(process.argv[1]).href);

async function run(file) {
  if (!process.features.typescript) {
    const { register } = await import("tsx/esm/api");
    register();
  }
  await import(file);
  // Node writes what it has compiled when a process ends by itself. A server is often killed.
  if (flushCompileCache) flushCompileCache();
}

function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
