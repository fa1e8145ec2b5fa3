import type { ANSWERS, PARAMETERS, REQUESTS } from "./parts.ts";

export type Tag = "plugin" | "jobs" | "looks";

export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly parameters?: readonly (keyof typeof PARAMETERS)[];
  readonly request?: keyof typeof REQUESTS;
  /** By status. */
  readonly answers: Readonly<Record<number, keyof typeof ANSWERS>>;
  /** Default: it is demanded where one is set. `always`: where none is set, the call is refused. */
  readonly secret?: "never" | "always";
  /** The secret for reading opens it too. */
  readonly toReaders?: true;
}

export interface Route {
  /** Its documented path, then its alias. */
  readonly paths: readonly [string, ...string[]];
  readonly tag: Tag;
  readonly get?: Operation;
  readonly post?: Operation;
}

export const TAGS: Readonly<Record<Tag, string>> = {
  plugin: "What the installed plugin calls",
  jobs: "What makes copies",
  looks: "What only looks",
};

const NETLIFY = "/.netlify/functions";

const FORCE = ["force", "forceHeader"] as const;
const SERVICE = { 401: "Unauthorized", 500: "ServiceFailed" } as const;
const DATOCMS = { 401: "Unauthorized", 500: "Failed" } as const;
const SIZE = { 413: "TooLarge", 415: "NotJson" } as const;
const BODY = { 400: "WrongBody", ...SIZE } as const;
const CALL = { 400: "WrongPluginRequest", ...SIZE } as const;
const RUN = { 401: "Unauthorized", 409: "NoRunByHand", 500: "RunFailed" } as const;
const BOTH = { 401: "Unauthorized", 409: "NeitherIsMade", 500: "InitializeFailed" } as const;

function job(path: string, alias: string, id: string, cadence: string): Route {
  return {
    paths: [path, `${NETLIFY}/${alias}`],
    tag: "jobs",
    get: {
      id: `${id}BySchedule`,
      summary: `Makes the ${cadence} copy if it is due; on Cloudflare, and forced, at once`,
      parameters: FORCE,
      answers: { 200: "JobAnswer", ...RUN },
    },
    post: {
      id,
      summary: `Makes a ${cadence} copy at once, in place of today's`,
      parameters: FORCE,
      request: "RunRequest",
      answers: { 200: "Ran", ...RUN, ...BODY },
    },
  };
}

/** What every call but `healthz` may meet at the door. */
export const DOOR = { 403: "CrossSite", 421: "UnknownHost", 429: "RateLimited" } as const;

/** Every address of the service, as `handlers/app.ts` mounts them. */
export const ROUTES: readonly Route[] = [
  {
    paths: ["/api/datocms/plugin-health", `${NETLIFY}/plugin-health`],
    tag: "plugin",
    post: {
      id: "pluginHealth",
      summary: "The plugin's handshake; no DatoCMS call",
      request: "HealthRequest",
      answers: {
        200: "Health",
        400: "WrongHealthRequest",
        401: "Unauthorized",
        ...SIZE,
        500: "HandshakeFailed",
      },
    },
  },
  {
    paths: ["/api/datocms/backup-status", `${NETLIFY}/backup-status`],
    tag: "plugin",
    post: {
      id: "backupStatus",
      toReaders: true,
      summary: "When each cadence was last backed up, and when it is next",
      request: "StatusRequest",
      answers: { 200: "Status", ...CALL, ...DATOCMS },
    },
  },
  {
    paths: ["/api/datocms/scheduler-disconnect", `${NETLIFY}/scheduler-disconnect`],
    tag: "plugin",
    post: {
      id: "schedulerDisconnect",
      summary: "Stops scheduled runs until the connection is tested again",
      request: "DisconnectRequest",
      answers: { 200: "Disconnected", ...CALL, ...DATOCMS, 404: "PluginNotFound" },
    },
  },
  {
    paths: ["/api/datocms/backup-now", `${NETLIFY}/backup-now`],
    tag: "plugin",
    get: {
      id: "backupNowDaily",
      summary: "Makes a daily copy at once",
      parameters: FORCE,
      answers: { 200: "BackupNow", ...RUN },
    },
    post: {
      id: "backupNow",
      summary: "Makes a copy of any cadence at once",
      parameters: FORCE,
      request: "BackupNowRequest",
      answers: { 200: "BackupNow", 400: "WrongScope", ...SIZE, ...RUN },
    },
  },
  job("/api/jobs/daily-backup", "dailyBackup", "dailyBackup", "daily"),
  job("/api/jobs/weekly-backup", "weeklyBackup", "weeklyBackup", "weekly"),
  {
    paths: ["/api/jobs/initialize", `${NETLIFY}/initialization`],
    tag: "jobs",
    get: {
      id: "initializeByGet",
      summary: "Makes what today lacks of daily and weekly",
      answers: { 200: "InitializeAnswer", ...BOTH },
    },
    post: {
      id: "initialize",
      summary: "Makes what today lacks of daily and weekly",
      request: "RunRequest",
      answers: { 200: "InitializeAnswer", ...BODY, ...BOTH },
    },
  },
  {
    paths: ["/api/jobs/scheduled-backups"],
    tag: "jobs",
    get: {
      id: "scheduledBackupsByGet",
      summary: "Makes every copy that is due today, whatever the hour",
      answers: { 200: "ScheduledBackupsAnswer", 401: "Unauthorized", 500: "ScheduledBackupsFailed" },
    },
    post: {
      id: "scheduledBackups",
      summary: "Makes every copy that is due today, whatever the hour",
      request: "RunRequest",
      answers: { 200: "ScheduledBackupsAnswer", ...BODY, 401: "Unauthorized", 500: "ScheduledBackupsFailed" },
    },
  },
  {
    paths: ["/api/check"],
    tag: "looks",
    get: {
      id: "check",
      toReaders: true,
      summary: "Will this deployment really make backups?",
      parameters: ["format"],
      answers: { 200: "Check", ...SERVICE },
    },
  },
  {
    paths: ["/api/alerts/test"],
    tag: "looks",
    post: {
      id: "alertsTest",
      summary: "Sends a sample to everybody who is told; only where a secret is set",
      secret: "always",
      answers: { 200: "AlertsSent", 401: "Unauthorized", 500: "AlertsFailed" },
    },
  },
  {
    paths: ["/api/backups"],
    tag: "looks",
    get: {
      id: "backups",
      toReaders: true,
      summary: "What exists, and what can be returned to",
      parameters: ["format", "others"],
      answers: { 200: "Inventory", ...DATOCMS },
    },
  },
  {
    paths: ["/api/restore-guide/{environmentId}"],
    tag: "looks",
    get: {
      id: "restoreGuide",
      summary: "How to get back to an environment",
      parameters: ["environmentId", "format"],
      answers: {
        200: "RestoreGuide",
        400: "WrongEnvironmentId",
        404: "EnvironmentNotFound",
        409: "EnvironmentNotRestorable",
        ...DATOCMS,
      },
    },
  },
  {
    paths: ["/metrics"],
    tag: "looks",
    get: {
      id: "metrics",
      toReaders: true,
      summary: "What exists in figures, for Prometheus",
      parameters: ["fresh"],
      answers: { 200: "Metrics", ...DATOCMS },
    },
  },
  {
    paths: ["/openapi.json"],
    tag: "looks",
    get: {
      id: "openapi",
      toReaders: true,
      summary: "This document",
      answers: { 200: "OpenApi", ...SERVICE },
    },
  },
  {
    paths: ["/healthz"],
    tag: "looks",
    get: { id: "healthz", summary: "Says that the service runs", answers: { 200: "Alive" }, secret: "never" },
  },
  {
    paths: ["/readyz"],
    tag: "looks",
    get: {
      id: "readyz",
      summary: "Says whether the settings can be used",
      answers: { 200: "Ready", 503: "NotReady" },
      secret: "never",
    },
  },
];
