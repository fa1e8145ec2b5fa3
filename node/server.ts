import { readCommandLine } from "../cli/commandLine.ts";
import { processVariables } from "./envFile.ts";
import { serverLogger, startProblem, startServing } from "./serve.ts";

const COMMAND = {
  call: "npm start",
  purpose: "Runs the backup service and its crons until it is told to end (Ctrl-C, SIGTERM).",
  options: {},
  notes: `Every setting is a variable, in the environment or in a file .env in the current directory:
DATOCMS_FULLACCESS_API_TOKEN, DATOCMS_BACKUPS_SHARED_SECRET, PORT, HOST and more. The file .env.example names
them all.
Exit code: 0 when told to end, 1 when it could not start, 2 for wrong options.`,
};

/** `npm start`: the self-hosted server. */
readCommandLine(COMMAND, () => {});
let logger = serverLogger({});
try {
  const variables = processVariables();
  logger = serverLogger(variables);
  await startServing(variables, logger);
} catch (error) {
  logger.error("not_started", { sentence: startProblem(error) });
  process.exitCode = 1;
}
