import * as z from "zod";
import { resolveApiToken } from "../services/backupService.ts";
import { problemSentence, readAlerts } from "../utils/alertSettings.ts";
import { OPEN, readAccess } from "../utils/auth.ts";
import { readConfig, type Variables } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";
import { unknownSentence, unknownSettings } from "../utils/unknownSettings.ts";
import { find, refused, SWITCH, shown, switchOf } from "../utils/variables.ts";

/** What only the self-hosted server can be told. */
export interface ServerSettings {
  readonly port: number;
  readonly cron: boolean;
  /** The address to listen on; undefined: all. Without a secret it is this machine's own, unless `HOST` says otherwise. */
  readonly hostname?: string;
  /** How many proxies of one's own stand before the server. */
  readonly trustedProxies: number;
}

const port = z.coerce.number().int().min(0).max(65_535);
const cron = z.string().transform(switchOf).pipe(z.boolean());
const host = z.string().regex(/^[\w.:-]+$/);
const hosts = z.string().regex(/^\s*[\w.-]+(?:\s*,\s*[\w.-]+)*\s*$/);
/** A switch; 1 to 9 are as many proxies. */
const proxies = z
  .string()
  .transform((text) => (/^[1-9]$/.test(text) ? Number(text) : switchOf(text)))
  .transform((given) => (typeof given === "boolean" ? Number(given) : given))
  .pipe(z.number());

/** Nobody but this machine. */
const LOOPBACK = "127.0.0.1";

/**
 * Reads the server's own settings.
 *
 * @throws Error with a sentence for the terminal
 */
export function readServerSettings(variables: Variables): ServerSettings {
  const allowed = "host names with commas between them";
  read(variables, "ALLOWED_HOSTS", hosts, "", allowed);
  const isOpen = readAccess(variables).kind === "open";
  const listensOn = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all";
  const hostname = read<string | undefined>(
    variables,
    "HOST",
    host,
    isOpen ? LOOPBACK : undefined,
    listensOn,
  );
  const before = "off, on, or how many proxies stand before the server, 1 to 9";
  return {
    port: read(variables, "PORT", port, 8787, "a whole number from 0 to 65535"),
    cron: read(variables, "BACKUP_CRON", cron, true, SWITCH),
    ...(hostname !== undefined && { hostname }),
    trustedProxies: read(variables, "TRUST_PROXY", proxies, 0, before),
  };
}

function read<T>(
  variables: Variables,
  name: string,
  schema: z.ZodType<T>,
  byDefault: T,
  expected: string,
): T {
  const found = find(variables, name);
  if (found.kind === "unset") return byDefault;
  const parsed = schema.safeParse(found.kind === "text" ? found.text : undefined);
  if (parsed.success) return parsed.data;
  throw new Error(`${refused(name, shown(found), expected)}.`);
}

/**
 * What keeps backups or calls from succeeding until it is corrected. None of it keeps the service from
 * starting: a deployment that does not answer at all cannot say what is wrong with it.
 */
export function startupErrors(variables: Variables): string[] {
  const errors: string[] = [];
  for (const check of [() => resolveApiToken(variables), () => readConfig(variables)]) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      errors.push(error.message);
    }
  }
  const access = readAccess(variables);
  if (access.kind === "misconfigured")
    errors.push(`${access.variable} ${access.why}, so every call is refused. Set it to a random secret.`);
  return errors;
}

/** What the owner should hear at start beside that. */
export function startupWarnings(variables: Variables): string[] {
  const warnings: string[] = [];
  const access = readAccess(variables);
  if (access.kind === "open")
    warnings.push(
      `${OPEN} Until then the server listens on ${LOOPBACK} only, which nothing outside of this machine or container reaches, unless HOST says otherwise.`,
    );
  if (access.kind === "secret" && access.short.length > 0)
    warnings.push(`${access.short.join(" and ")} should have at least 16 characters.`);
  for (const problem of readAlerts(variables).problems)
    warnings.push(`${problemSentence(problem)} Nobody is told by its channel until then.`);
  return [...warnings, ...unknownSettings(variables).map(unknownSentence)];
}
