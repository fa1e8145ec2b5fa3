import { spawnSync } from "node:child_process";
import { readCommandLine } from "../cli/commandLine.ts";
import { openapiDocument } from "../openapi/document.ts";
import { bringUpToDate } from "./generated.ts";
import { ROOT } from "./root.ts";

const DOCUMENT = "openapi.json";
/** The beginnings of all addresses: every process needs them, and the whole document is large. */
const ADDRESSES = "utils/addresses.json";
/** Works on the current directory, which npm makes the package's. */
const COMMAND = {
  call: "npm run openapi",
  purpose: "Writes openapi.json, and utils/addresses.json with its addresses, from the table of routes.",
  options: { check: { type: "boolean", help: "change nothing; fail where one is out of date" } },
  notes: `Reads no variables.
Exit code: 0 when they are up to date or written, 1 when --check fails, 2 for wrong options.`,
} as const;

/** A file's content as the formatter leaves it. */
function formatted(file: string, content: object): string {
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/biome",
    ["format", `--stdin-file-path=${file}`],
    { cwd: ROOT, input: JSON.stringify(content, null, 2), encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`biome could not format ${file}: ${stderr}`);
  return stdout;
}

const options = readCommandLine(COMMAND, ({ check = false }) => ({ check }));
const document = await openapiDocument();
const addresses = Object.keys(document.paths).map((path) => path.replace(/\{.*/, ""));
const files = {
  [DOCUMENT]: () => formatted(DOCUMENT, document),
  [ADDRESSES]: () => formatted(ADDRESSES, [...new Set(addresses)]),
};
bringUpToDate({ call: COMMAND.call, files }, options);
