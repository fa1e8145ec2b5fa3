import * as z from "zod";
import { resolveApiToken } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { readAccess } from "../utils/auth.ts";
import { readConfig, type Variables, variable } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";

/** What only the self-hosted server can be told. */
export interface ServerSettings {
  readonly port: number;
  readonly cron: boolean;
}

const Settings = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8787),
  BACKUP_CRON: z.enum(["on", "off"]).default("on"),
});

/**
 * Reads the server's own settings.
 *
 * @throws Error with a sentence for the terminal
 */
export function readServerSettings(variables: Variables): ServerSettings {
  const parsed = Settings.safeParse({
    PORT: variable(variables, "PORT"),
    BACKUP_CRON: variable(variables, "BACKUP_CRON"),
  });
  if (parsed.success) return { port: parsed.data.PORT, cron: parsed.data.BACKUP_CRON === "on" };
  const isPort = parsed.error.issues.some(({ path }) => path[0] === "PORT");
  throw new Error(isPort ? "PORT must be a whole number from 0 to 65535." : "BACKUP_CRON must be on or off.");
}

/**
 * What the owner should hear at start. None of it keeps the service from starting: a deployment that does
 * not answer at all cannot say what is wrong with it.
 */
export function startupWarnings(variables: Variables): string[] {
  const warnings: string[] = [];
  for (const check of [() => resolveApiToken(variables), () => readConfig(variables)]) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      warnings.push(error.message);
    }
  }
  const access = readAccess(variables);
  if (access.kind === "open")
    warnings.push(
      "No shared secret is configured: whoever knows the address can start backups. Set DATOCMS_BACKUPS_SHARED_SECRET.",
    );
  if (access.kind === "misconfigured")
    warnings.push(`${access.variable} ${access.why}, so every call is refused. Set it to a random secret.`);
  if (access.kind === "secret" && access.short.length > 0)
    warnings.push(`${access.short.join(" and ")} should have at least 16 characters.`);
  for (const { variable: name, expected } of readAlerts(variables).problems)
    warnings.push(`${name} must be ${expected}. Nobody is told by its channel until then.`);
  return warnings;
}
