import { existsSync } from "node:fs";
import { secretsIn } from "../utils/auth.ts";
import { createLogger } from "../utils/logger.ts";
import { startService } from "./service.ts";
import { readServerSettings, startupWarnings } from "./settings.ts";
import { onStopSignal } from "./stopSignals.ts";

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
  onStopSignal(async (signal) => {
    logger.info("stopping", { signal });
    await service.close();
    // The client's own time-outs would keep the process for half a minute after a broken connection.
    process.exit(0);
  });
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
