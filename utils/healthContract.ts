import * as z from "zod/mini";

/** Words that the installed plugin and this service exchange; both sides compare them exactly. */
export const CONTRACT_VERSION = "2026-02-26";
export const PLUGIN_NAME = "datocms-plugin-automatic-environment-backups";
export const SERVICE_NAME = "datocms-backups-scheduled-function";

const word = (suffix: string) => `DATOCMS_AUTOMATIC_BACKUPS_${suffix}`;

/** Phases in which the plugin checks the connection. */
export const HEALTH_PHASES = ["finish_installation", "config_mount", "config_connect"] as const;

/** One entry per call of the plugin: what it sends and what it wants to hear. */
export const CALLS = {
  health: { event: "plugin_health_ping", ask: word("PLUGIN_PING"), answer: word("LAMBDA_PONG") },
  status: { event: "backup_status_request", ask: word("PLUGIN_STATUS"), answer: word("LAMBDA_STATUS") },
  backupNow: {
    event: "backup_now_request",
    ask: word("PLUGIN_BACKUP_NOW"),
    answer: word("LAMBDA_BACKUP_NOW"),
  },
  disconnect: {
    event: "scheduler_disconnect_request",
    ask: word("PLUGIN_SCHEDULER_DISCONNECT"),
    answer: word("LAMBDA_SCHEDULER_DISCONNECTED"),
  },
} as const;

export type PluginCall = keyof typeof CALLS;

/** The members that every answer to the plugin begins with. */
export function greeting(call: PluginCall) {
  return {
    ok: true as const,
    mpi: { message: CALLS[call].answer, version: CONTRACT_VERSION },
    service: SERVICE_NAME,
    status: "ready" as const,
  };
}

/**
 * What the plugin sends. The members are checked one by one in the order of the documented codes, so that
 * each mistake is answered by its own code.
 */
export const PluginRequest = z.partial(
  z.object({
    event_type: z.unknown(),
    mpi: z.catch(z.partial(z.object({ message: z.unknown(), version: z.unknown(), phase: z.unknown() })), {}),
    plugin: z.catch(z.partial(z.object({ name: z.unknown(), environment: z.unknown() })), {}),
  }),
);
