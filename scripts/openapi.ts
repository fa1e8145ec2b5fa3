// npm run openapi [-- --check]: writes openapi.json from the table of routes. Works on the current
// directory, which npm makes the package's.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openapiDocument } from "../openapi/document.ts";

const FILE = "openapi.json";
const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The document as the formatter leaves every file. */
function formatted(document: object): string {
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/biome",
    ["format", `--stdin-file-path=${FILE}`],
    { cwd: ROOT, input: JSON.stringify(document, null, 2), encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`biome could not format ${FILE}: ${stderr}`);
  return stdout;
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const wanted = formatted(await openapiDocument());
if (existsSync(FILE) && readFileSync(FILE, "utf8") === wanted)
  process.stdout.write(`${FILE} is up to date.\n`);
else if (values.check) {
  process.stderr.write(`Out of date: ${FILE}. Run: npm run openapi\n`);
  process.exitCode = 1;
} else {
  writeFileSync(FILE, wanted);
  process.stdout.write(`${FILE} is written.\n`);
}
