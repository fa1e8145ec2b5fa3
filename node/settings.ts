import * as z from "zod";
import { resolveApiToken } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { OPEN, readAccess } from "../utils/auth.ts";
import { readConfig, type Variables, variable } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";

/** What only the self-hosted server can be told. */
export interface ServerSettings {
  readonly port: number;
  readonly cron: boolean;
  /** The address to listen on; undefined: all. Without a secret it is this machine's own, unless `HOST` says otherwise. */
  readonly hostname?: string;
  /** How many proxies of one's own stand before the server. */
  readonly trustedProxies: number;
}

const Settings = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8787),
  BACKUP_CRON: z.enum(["on", "off"]).default("on"),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/)
    .optional(),
  ALLOWED_HOSTS: z
    .string()
    .regex(/^\s*[\w.-]+(?:\s*,\s*[\w.-]+)*\s*$/)
    .optional(),
  TRUST_PROXY: z
    .enum(["off", "on"])
    .or(z.string().regex(/^[1-9]$/))
    .default("off"),
});

const EXPECTED: Readonly<Record<keyof z.infer<typeof Settings>, string>> = {
  PORT: "a whole number from 0 to 65535",
  BACKUP_CRON: "on or off",
  HOST: "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
  ALLOWED_HOSTS: "host names with commas between them",
  TRUST_PROXY: "off, on, or how many proxies stand before the server, 1 to 9",
};

/** Nobody but this machine. */
const LOOPBACK = "127.0.0.1";

/**
 * Reads the server's own settings.
 *
 * @throws Error with a sentence for the terminal
 */
export function readServerSettings(variables: Variables): ServerSettings {
  const parsed = Settings.safeParse({
    PORT: variable(variables, "PORT"),
    BACKUP_CRON: variable(variables, "BACKUP_CRON"),
    HOST: variable(variables, "HOST"),
    ALLOWED_HOSTS: variable(variables, "ALLOWED_HOSTS"),
    TRUST_PROXY: variable(variables, "TRUST_PROXY"),
  });
  if (!parsed.success) {
    const wrong = parsed.error.issues[0]?.path[0];
    const [name, expected] = Object.entries(EXPECTED).find(([each]) => each === wrong) ?? [];
    throw new Error(`${name} must be ${expected}.`);
  }
  const { PORT, BACKUP_CRON, HOST, TRUST_PROXY } = parsed.data;
  const hostname = HOST ?? (readAccess(variables).kind === "open" ? LOOPBACK : undefined);
  return {
    port: PORT,
    cron: BACKUP_CRON === "on",
    ...(hostname !== undefined && { hostname }),
    trustedProxies: TRUST_PROXY === "off" ? 0 : TRUST_PROXY === "on" ? 1 : Number(TRUST_PROXY),
  };
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
      `${OPEN} Until then the server listens on ${LOOPBACK} only, which nothing outside of this machine or container reaches, unless HOST says otherwise.`,
    );
  if (access.kind === "misconfigured")
    warnings.push(`${access.variable} ${access.why}, so every call is refused. Set it to a random secret.`);
  if (access.kind === "secret" && access.short.length > 0)
    warnings.push(`${access.short.join(" and ")} should have at least 16 characters.`);
  for (const { variable: name, expected } of readAlerts(variables).problems)
    warnings.push(`${name} must be ${expected}. Nobody is told by its channel until then.`);
  return warnings;
}
