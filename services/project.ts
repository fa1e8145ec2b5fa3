import { type AlertSettings, readAlerts } from "../utils/alertSettings.ts";
import { type Access, readAccess } from "../utils/auth.ts";
import { type Config, readConfig, type Variables } from "../utils/config.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import type { Refusal } from "../utils/refusals.ts";
import { resolveApiToken } from "./token.ts";

/** A project that is backed up. Made once from the settings; nothing below it reads variables. */
export interface Project {
  readonly id: string;
  /** As notifications name it. */
  readonly name: string | undefined;
  /** Its API token. */
  readonly token: string;
  /** Where its content is read. */
  readonly source: Pick<Config, "baseUrl">;
  /** Callers that may ask for its runs. */
  readonly secrets: Access;
  /** Which backups it is to have, and how they are made. */
  readonly policy: Omit<Config, "baseUrl">;
  /** Who is notified, and how. */
  readonly channels: AlertSettings;
}

/**
 * The one project of a deployment.
 *
 * @param variables the host's environment variables
 * @returns `MISSING_API_TOKEN` or `INVALID_CONFIGURATION` where it cannot be backed up
 */
export function projectFrom(variables: Variables): Result<Project, Refusal> {
  const token = resolveApiToken(variables);
  if (!token.ok) return token;
  const config = readConfig(variables);
  if (!config.ok) return config;
  const { baseUrl, ...policy } = config.value;
  const channels = readAlerts(variables);
  return succeeded({
    id: "default",
    name: channels.project,
    token: token.value,
    source: { baseUrl },
    secrets: readAccess(variables),
    policy,
    channels,
  });
}
