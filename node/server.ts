import { existsSync } from "node:fs";
import { secretsIn } from "../utils/auth.ts";
import { createLogger } from "../utils/logger.ts";
import { whenOrphaned } from "./parent.ts";
import { startService } from "./service.ts";
import { readServerSettings, startupWarnings } from "./settings.ts";

/** Two signals under npm that are less than this apart are one, ms. */
const ONE_SIGNAL_MS = 500;

// Whoever reads the log may end; backups are made all the same.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});

/** `npm start`: the self-hosted server. Every setting is an environment variable; see `.env.example`. */
if (existsSync(".env")) process.loadEnvFile(".env");
const variables = process.env;
const logger = createLogger({
  write: (line) => process.stdout.write(`${line}\n`),
  now: Date.now,
  readable: process.stdout.isTTY === true,
  secrets: secretsIn(variables),
});

try {
  const settings = readServerSettings(variables);
  const service = await startService({ ...settings, variables, logger });
  for (const sentence of startupWarnings(variables)) logger.warn("configuration", { sentence });
  logger.info("listening", { url: `http://localhost:${service.port}`, cron: settings.cron });
  stopOnSignal(() => service.close());
} catch (error) {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const sentence = isTaken
    ? "The port is in use. Set PORT to another one."
    : error instanceof Error
      ? error.message
      : "";
  logger.error("not_started", { sentence });
  process.exitCode = 1;
}

/**
 * Ends cleanly on the first signal, at once on the second. npm passes on a signal that the terminal has sent to all
 * of its processes, so under npm two that come together are one.
 */
function stopOnSignal(close: () => Promise<number>): void {
  let stoppingSince: number | undefined;
  const isUnderNpm = variables.npm_lifecycle_event !== undefined;
  const stop = async (why: string) => {
    const now = performance.now();
    if (stoppingSince !== undefined) {
      if (isUnderNpm && now - stoppingSince < ONE_SIGNAL_MS) return;
      process.exit(1);
    }
    stoppingSince = now;
    logger.info("stopping", { signal: why });
    const cut = await close();
    if (cut > 0) logger.warn("stopped_early", { cut });
    // The client's own time-outs would keep the process for half a minute after a broken connection.
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (isUnderNpm) whenOrphaned(() => void (stoppingSince === undefined && stop("parent gone")));
}
