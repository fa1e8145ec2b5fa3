import { resolveApiToken } from "../services/backupService.ts";
import { problemSentence, readAlerts } from "../utils/alertSettings.ts";
import { OPEN, readAccess } from "../utils/auth.ts";
import { readConfig } from "../utils/config.ts";
import { readSetting, settingOf } from "../utils/settings/read.ts";
import { SETTINGS, type SettingName, type ValueOrDefault } from "../utils/settings/table.ts";
import { unknownSentence, unknownSettings } from "../utils/unknownSettings.ts";
import { refused, type Variables } from "../utils/variables.ts";

/** Settings of the self-hosted server alone. */
export interface ServerSettings {
  readonly port: number;
  readonly cron: boolean;
  /** The address to listen on; undefined: all. Without a secret it is this machine's own, unless `HOST` says otherwise. */
  readonly hostname?: string;
  /** How many proxies of one's own stand before the server. */
  readonly trustedProxies: number;
}

/** Nobody but this machine. */
const LOOPBACK = "127.0.0.1";

/**
 * Reads the server's own settings.
 *
 * @throws Error with a sentence for the terminal
 */
export function readServerSettings(variables: Variables): ServerSettings {
  required(variables, "ALLOWED_HOSTS");
  const isOpen = readAccess(variables).kind === "open";
  const hostname = required(variables, "HOST") ?? (isOpen ? LOOPBACK : undefined);
  return {
    port: required(variables, "PORT"),
    cron: required(variables, "BACKUP_CRON"),
    ...(hostname !== undefined && { hostname }),
    trustedProxies: required(variables, "TRUST_PROXY"),
  };
}

/** A setting without which the server does not start where it is wrong. */
function required<Name extends SettingName>(variables: Variables, name: Name): ValueOrDefault<Name> {
  const reading = readSetting(variables, name);
  if (reading.kind === "refused") throw new Error(`${refused(name, reading.is, SETTINGS[name].expected)}.`);
  return settingOf(variables, name);
}

/**
 * Sentences about settings that keep backups or calls from succeeding until somebody corrects them. The service
 * starts all the same: a deployment that does not answer at all cannot say what is wrong with it.
 */
export function startupErrors(variables: Variables): string[] {
  const errors = [resolveApiToken(variables), readConfig(variables)].flatMap((reading) =>
    reading.ok ? [] : [reading.failure.sentence],
  );
  const access = readAccess(variables);
  if (access.kind === "misconfigured")
    errors.push(`${access.variable} ${access.why}, so every call is refused. Set it to a random secret.`);
  return errors;
}

/** Sentences about settings that the owner should know of at start. */
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
    warnings.push(`${problemSentence(problem)} What it sets is left out until then.`);
  return [...warnings, ...unknownSettings(variables).map(unknownSentence)];
}
