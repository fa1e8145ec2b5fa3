import { readCommandLine } from "../cli/commandLine.ts";
import { secretsIn } from "../utils/auth.ts";
import type { Variables } from "../utils/config.ts";
import { createLogger, type Logger } from "../utils/logger.ts";
import { processVariables } from "./envFile.ts";
import { whenOrphaned } from "./parent.ts";
import { type Service, startService } from "./service.ts";
import { readServerSettings, startupErrors, startupWarnings } from "./settings.ts";
import { onStopSignal } from "./stopSignals.ts";

const COMMAND = {
  call: "npm start",
  purpose: "Runs the backup service and its crons until it is told to end (Ctrl-C, SIGTERM).",
  options: {},
  notes: `Every setting is a variable, in the environment or in a file .env in the current directory:
DATOCMS_FULLACCESS_API_TOKEN, DATOCMS_BACKUPS_SHARED_SECRET, PORT, HOST and more. The file .env.example names
them all.
Exit code: 0 when told to end, 1 when it could not start, 2 for wrong options.`,
};

// The reader of the log may end; backups are made all the same.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});

/** `npm start`: the self-hosted server. */
readCommandLine(COMMAND, () => {});
await start();

async function start(): Promise<void> {
  let logger = loggerFor({});
  try {
    const variables = processVariables();
    logger = loggerFor(variables);
    const settings = readServerSettings(variables);
    const service = await startService({ ...settings, variables, logger });
    for (const sentence of startupErrors(variables)) logger.error("configuration", { sentence });
    for (const sentence of startupWarnings(variables)) logger.warn("configuration", { sentence });
    // Before anybody can know that the server is there: whoever does may stop it.
    stopWhenTold(service, logger);
    logger.info("listening", {
      url: `http://${nameOf(settings.hostname)}:${service.port}`,
      cron: settings.cron,
    });
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

/** How the server is called from this machine, where it listens on this address, or on all. */
function nameOf(hostname: string | undefined): string {
  if (hostname === undefined || ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(hostname)) return "localhost";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Ends cleanly on the first signal, or when npm, which may pass none on, is gone; at once on the second signal. */
function stopWhenTold(service: Service, logger: Logger): void {
  const stop = onStopSignal(async (why) => {
    logger.info("stopping", { signal: why });
    const cut = await service.close();
    if (cut > 0) logger.warn("stopped_early", { cut });
    // The client's own time-outs would keep the process for half a minute after a broken connection.
    process.exit(0);
  });
  if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(() => stop("parent gone"));
}
