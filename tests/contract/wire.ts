/** The words of the contract, written out: a slip in the service's own constants must not pass unseen. */
export const PLUGIN = "datocms-plugin-automatic-environment-backups";
export const SERVICE = "datocms-backups-scheduled-function";
export const VERSION = "2026-02-26";

export const HEALTH = "/api/datocms/plugin-health";
export const STATUS = "/api/datocms/backup-status";
export const BACKUP_NOW = "/api/datocms/backup-now";
export const DISCONNECT = "/api/datocms/scheduler-disconnect";
export const DAILY = "/api/jobs/daily-backup";
export const WEEKLY = "/api/jobs/weekly-backup";
export const INITIALIZE = "/api/jobs/initialize";
export const SCHEDULED = "/api/jobs/scheduled-backups";

/** Every route: its methods, and its older address. */
export const ROUTES = [
  { path: HEALTH, methods: ["POST"], alias: "/.netlify/functions/plugin-health" },
  { path: STATUS, methods: ["POST"], alias: "/.netlify/functions/backup-status" },
  { path: DISCONNECT, methods: ["POST"], alias: "/.netlify/functions/scheduler-disconnect" },
  { path: BACKUP_NOW, methods: ["GET", "POST"], alias: "/.netlify/functions/backup-now" },
  { path: DAILY, methods: ["GET", "POST"], alias: "/.netlify/functions/dailyBackup" },
  { path: WEEKLY, methods: ["GET", "POST"], alias: "/.netlify/functions/weeklyBackup" },
  { path: INITIALIZE, methods: ["GET", "POST"], alias: "/.netlify/functions/initialization" },
  { path: SCHEDULED, methods: ["GET", "POST"], alias: undefined },
] as const;

/** An address that does something, and the methods that it takes. */
export interface Address {
  readonly address: string;
  readonly methods: readonly string[];
}

/** One address of each kind, the plugin's and a job's; and all the others. */
export const SOME_ADDRESSES: readonly Address[] = addresses((path) => path === HEALTH || path === DAILY);
export const OTHER_ADDRESSES: readonly Address[] = addresses((path) => path !== HEALTH && path !== DAILY);
/** The plugin's documented address and a job's older one, where each address starts something of its own. */
export const TWO_ADDRESSES: readonly Address[] = addresses(
  (path) => path === HEALTH || path === "/.netlify/functions/dailyBackup",
);

function addresses(isWanted: (address: string) => boolean): Address[] {
  return ROUTES.flatMap(({ path, alias, methods }) =>
    [path, alias].flatMap((address) =>
      address !== undefined && isWanted(address) ? { address, methods } : [],
    ),
  );
}

/** Every address that does something. */
export const PATHS = ROUTES.flatMap(({ path, alias }) => (alias === undefined ? [path] : [path, alias]));

/** Called by the plugin from a browser of another origin; the jobs' older addresses are not. */
export function isPluginFacing(path: string): boolean {
  return (
    path.startsWith("/api/datocms/") ||
    ROUTES.some((route) => route.alias === path && route.path.startsWith("/api/datocms/"))
  );
}

const plugin = { name: PLUGIN, environment: "main" };

export const healthBody = {
  event_type: "plugin_health_ping",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_PING", version: VERSION, phase: "config_connect" },
  plugin,
};

export const statusBody = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: VERSION },
  plugin,
};

export const disconnectBody = {
  event_type: "scheduler_disconnect_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_SCHEDULER_DISCONNECT", version: VERSION },
  plugin,
};

export function backupNowBody(scope: unknown) {
  return {
    event_type: "backup_now_request",
    mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_BACKUP_NOW", version: VERSION },
    plugin,
    slot: { scope },
  };
}

/** What every answer to the plugin begins with. */
export function greeting(word: string) {
  return {
    ok: true,
    mpi: { message: `DATOCMS_AUTOMATIC_BACKUPS_LAMBDA_${word}`, version: VERSION },
    service: SERVICE,
    status: "ready",
  };
}
