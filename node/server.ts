import { parseArgs } from "node:util";
import { secretsIn } from "../utils/auth.ts";
import type { Variables } from "../utils/config.ts";
import { createLogger, type Logger } from "../utils/logger.ts";
import { processVariables } from "./envFile.ts";
import { startService } from "./service.ts";
import { readServerSettings, startupErrors, startupWarnings } from "./settings.ts";

const HELP = `Runs the backup service and its crons. Every setting is a variable, in the environment or in a file .env in the
current directory; .env.example and the README name them all.

Usage: npm start -- [options]

  --help   this text
`;

/** `npm start`: the self-hosted server. */
if (isToStart()) await start();

async function start(): Promise<void> {
  let logger = loggerFor({});
  try {
    const variables = processVariables();
    logger = loggerFor(variables);
    const settings = readServerSettings(variables);
    const service = await startService({ ...settings, variables, logger });
    for (const sentence of startupErrors(variables)) logger.error("configuration", { sentence });
    for (const sentence of startupWarnings(variables)) logger.warn("configuration", { sentence });
    logger.info("listening", { url: `http://localhost:${service.port}`, cron: settings.cron });
    stopOnSignal(() => service.close(), logger);
  } catch (error) {
    logger.error("not_started", { sentence: sentenceOf(error) });
    process.exitCode = 1;
  }
}

function loggerFor(variables: Variables): Logger {
  return createLogger({
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
    readable: process.stdout.isTTY === true,
    secrets: secretsIn(variables),
  });
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const isTaken = "code" in error && error.code === "EADDRINUSE";
  return isTaken ? "The port is in use. Set PORT to another one." : error.message;
}

/** Reads the flags; whoever misspells one must not get a server that does something else. */
function isToStart(): boolean {
  try {
    const { help } = parseArgs({ options: { help: { type: "boolean", default: false } } }).values;
    if (help) process.stdout.write(HELP);
    return !help;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : ""}\n\n${HELP}`);
    process.exitCode = 2;
    return false;
  }
}

/** Ends cleanly on the first signal, at once on the second. */
function stopOnSignal(close: () => Promise<void>, logger: Logger): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info("stopping", { signal });
    await close();
    // The client's own time-outs would keep the process for half a minute after a broken connection.
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
