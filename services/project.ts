import { type AlertSettings, readAlerts } from "../utils/alertSettings.ts";
import { type Config, readConfig, type Variables } from "../utils/config.ts";
import { resolveApiToken } from "./token.ts";

/** A project that is backed up. Made once from the settings; nothing below it reads variables. */
export interface Project {
  readonly id: string;
  /** As notifications name it. */
  readonly name: string | undefined;
  /** Its API token. */
  readonly token: string;
  /** Which backups it is to have, and how they are made. */
  readonly config: Config;
  /** Who is notified, and how. */
  readonly alerts: AlertSettings;
}

/**
 * The one project of a deployment.
 *
 * @param variables the host's environment variables
 * @throws ServiceError 500 `MISSING_API_TOKEN` or `INVALID_CONFIGURATION`
 */
export function projectFrom(variables: Variables): Project {
  const token = resolveApiToken(variables);
  const alerts = readAlerts(variables);
  return { id: "default", name: alerts.project, token, config: readConfig(variables), alerts };
}
