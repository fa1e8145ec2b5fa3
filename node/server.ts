import { existsSync } from "node:fs";
import { secretsIn } from "../utils/auth.ts";
import { createLogger } from "../utils/logger.ts";
import { startService } from "./service.ts";
import { readServerSettings, startupWarnings } from "./settings.ts";

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
  logger.info("listening", {
    url: `http://${nameOf(settings.hostname)}:${service.port}`,
    cron: settings.cron,
  });
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

/** How the server is called from this machine, where it listens on this address, or on all. */
function nameOf(hostname: string | undefined): string {
  if (hostname === undefined || ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(hostname)) return "localhost";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Ends cleanly on the first signal, at once on the second. */
function stopOnSignal(close: () => Promise<void>): void {
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
