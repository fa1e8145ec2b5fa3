import { secretsIn } from "../utils/auth.ts";
import type { Variables } from "../utils/config.ts";
import { createLogger, type Logger } from "../utils/logger.ts";
import { whenOrphaned } from "./parent.ts";
import { type Service, startService } from "./service.ts";
import { readServerSettings, startupErrors, startupWarnings } from "./settings.ts";
import { keepHeapSmall } from "./smallHeap.ts";
import { onStopSignal } from "./stopSignals.ts";

/**
 * Starts the self-hosted server in this process, which ends with it when it is told to.
 *
 * @returns as soon as it listens
 * @throws Error whose sentence `startProblem` knows, when it cannot start
 */
export async function startServing(variables: Variables, logger: Logger): Promise<void> {
  keepHeapSmall();
  // The reader of the log may end; backups are made all the same.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
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
}

/** Writes the server's log to standard output: JSON, or text for a terminal. */
export function serverLogger(variables: Variables): Logger {
  return createLogger({
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
    readable: process.stdout.isTTY === true,
    secrets: secretsIn(variables),
  });
}

/** The sentence for the terminal about a server that could not start. */
export function startProblem(error: unknown): string {
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
