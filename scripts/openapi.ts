import { spawnSync } from "node:child_process";
import { readCommandLine } from "../cli/commandLine.ts";
import { openapiDocument } from "../openapi/document.ts";
import { bringUpToDate } from "./generated.ts";
import { ROOT } from "./root.ts";

const FILE = "openapi.json";
/** Works on the current directory, which npm makes the package's. */
const COMMAND = {
  call: "npm run openapi",
  purpose: "Writes openapi.json from the table of routes.",
  options: { check: { type: "boolean", help: "change nothing; fail where it is out of date" } },
  notes: `Reads no variables.
Exit code: 0 when it is up to date or written, 1 when --check fails, 2 for wrong options.`,
} as const;

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

const options = readCommandLine(COMMAND, ({ check = false }) => ({ check }));
const wanted = formatted(await openapiDocument());
bringUpToDate({ call: COMMAND.call, files: { [FILE]: () => wanted } }, options);
