import { readCommandLine, wholeNumber } from "../cli/commandLine.ts";
import { isTaken, showDemo, type Wanted } from "./demo/show.ts";

const COMMAND = {
  call: "npm run demo",
  purpose: `Shows the backup service at work beside a simulated DatoCMS, in about 8 seconds. Needs no account and no setting,
and nothing reaches DatoCMS.`,
  options: {
    once: { type: "boolean", help: "end after the story instead of serving on" },
    verbose: { type: "boolean", help: "every call, answer and environment: some 210 lines" },
    port: {
      type: "string",
      value: "<n>",
      help: "port of the service; default 8787 or the next free one",
    },
  },
  notes: `Reads no variables but NO_COLOR.
Exit code: 0 when told to end, 1 when it failed, 2 for wrong options, 130 when interrupted before the end of the
story.`,
} as const;

/** `npm run demo` */
const wanted = readCommandLine(COMMAND, ({ once = false, verbose = false, port }): Wanted => {
  return { once, verbose, port: port === undefined ? undefined : wholeNumber("port", port, { to: 65_535 }) };
});
try {
  await showDemo(wanted);
} catch (error) {
  if (!isTaken(error)) throw error;
  process.stderr.write(`Port ${wanted.port} is in use. Give another one with --port.\n`);
  process.exit(1);
}
