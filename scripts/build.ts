import { rmSync } from "node:fs";
import { build } from "esbuild";
import { readCommandLine } from "../cli/commandLine.ts";
import { ROOT } from "./root.ts";

const FOLDER = "dist";
const COMMAND = {
  call: "npm run build",
  purpose: `Compiles the commands to plain JavaScript in ${FOLDER}/, which is what a package holds. \`npm pack\` calls it by itself;
nothing in a checkout needs it.`,
  options: {},
  notes: `Reads no variables.
Exit code: 0 when it is written, 1 when it failed, 2 for wrong options.`,
} as const;

/** The demo brings a whole DatoCMS with it: it stays in the repository. */
const LEFT_OUT = ["../../node/demo/show.ts"];

readCommandLine(COMMAND, () => {});
rmSync(`${ROOT}${FOLDER}`, { recursive: true, force: true });
const { warnings } = await build({
  absWorkingDir: ROOT,
  entryPoints: { "datocms-backups": "cli/main.ts" },
  outdir: FOLDER,
  bundle: true,
  // What a command loads when it is called stays a file of its own.
  splitting: true,
  chunkNames: "parts/[name]-[hash]",
  format: "esm",
  platform: "node",
  target: "node20.11",
  // npm installs what package.json names.
  packages: "external",
  external: LEFT_OUT,
  legalComments: "none",
  logLevel: "warning",
});
if (warnings.length > 0) process.exitCode = 1;
else process.stdout.write(`${FOLDER}/ is written.\n`);
