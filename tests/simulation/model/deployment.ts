import type { Project } from "../../../emulator/emulator.ts";
import { CADENCES } from "./ours.ts";
import type { Setting } from "./setting.ts";

/** A history takes one of these; their slots lie in different hours. */
export const TOKENS = [
  "token-of-history-one",
  "token-of-history-two",
  "token-of-history-three",
  "token-of-history-4",
];
export const SECRET = "a-shared-secret-of-the-histories";

/** The environment variables of a deployment. */
export function variablesOf(setting: Setting, token: string): Record<string, string> {
  const { keep, rotation, forkMode, holdDays, shrinkLimit, catchUp, paused, cadences, secured } = setting;
  return {
    DATOCMS_FULLACCESS_API_TOKEN: token,
    BACKUP_ROTATION: rotation,
    BACKUP_FORK_MODE: forkMode,
    BACKUP_HOLD_CHANGED_DAYS: String(holdDays),
    BACKUP_SHRINK_LIMIT: shrinkLimit === undefined ? "off" : String(shrinkLimit),
    BACKUP_CATCH_UP: catchUp ? "on" : "off",
    BACKUP_SCHEDULER: paused ? "off" : "on",
    BACKUP_CADENCES: cadences.join(","),
    ...Object.fromEntries(
      CADENCES.map((cadence) => [`BACKUP_KEEP_${cadence.toUpperCase()}`, String(keep[cadence])]),
    ),
    ...(secured && { DATOCMS_BACKUPS_SHARED_SECRET: SECRET }),
  };
}

/** The plugin's parameters as a user has left them. */
export function parametersOf(
  { saved, disconnected }: Pick<Setting, "saved" | "disconnected">,
  now: number,
): Record<string, unknown> {
  return {
    ...(saved !== undefined && {
      backupSchedule: { version: 1, ...saved, updatedAt: new Date(now).toISOString() },
    }),
    ...(disconnected && { schedulerDisconnect: { disconnectedAt: new Date(now).toISOString() } }),
  };
}

interface Told {
  readonly schedulerDisconnect?: { readonly disconnectedAt: string };
  readonly lambdaConnection?: { readonly lastCheckedAt: string };
}

/** Whether somebody has disconnected the scheduler and not tested the connection since. */
export function isDisconnected(project: Project): boolean {
  const primary = project.environments().find((each) => each.primary);
  const told: Told = primary?.plugins[0]?.parameters ?? {};
  const since = told.schedulerDisconnect?.disconnectedAt;
  return since !== undefined && !((told.lambdaConnection?.lastCheckedAt ?? "") > since);
}
