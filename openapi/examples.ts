import { CALLS, CONTRACT_VERSION, greeting, PLUGIN_NAME, type PluginCall } from "../utils/healthContract.ts";

/** One example of each request and of each answer that is more than its schema tells. */

const AT = "2026-03-07T05:05:02.601Z";
const NEXT = "2026-03-08T04:05:00.000Z";
const DAILY = "backup-plugin-daily-2026-03-07";
const FORMER = "backup-plugin-daily-2026-03-06";

function asked(call: Exclude<PluginCall, "backupNow">, mpi: object = {}) {
  const { event, ask } = CALLS[call];
  return {
    event_type: event,
    mpi: { message: ask, version: CONTRACT_VERSION, ...mpi },
    plugin: { name: PLUGIN_NAME, environment: "main" },
  };
}

const schedule = {
  timezone: "Europe/Rome",
  enabledCadences: ["daily", "weekly"],
  anchorLocalDate: "2026-01-30",
};
const scheduler = { provider: "netlify", cadence: "hourly", enabled: true };
const slots = { slotHourUtc: 4, slotWeekdayUtc: null, currentHourUtc: 4, currentWeekdayUtc: 6 };

const result = {
  scope: "daily",
  state: "ready",
  createdEnvironmentId: DAILY,
  deletedEnvironmentId: FORMER,
  deletedEnvironmentIds: [FORMER],
  completedAt: AT,
};
const creating = {
  scope: "weekly",
  state: "creating",
  createdEnvironmentId: "backup-plugin-weekly-2026-03-07",
  deletedEnvironmentId: null,
  deletedEnvironmentIds: [],
  percentage: 40,
  replaces: null,
};

const coverage = {
  points: 1,
  newestAt: AT,
  oldestAt: AT,
  largestGapSeconds: 7_200,
  sentence: "You can return to 1 point in time; it is 2 hours old.",
};

const slot = {
  executionMode: "lambda_cron",
  lastBackupAt: null,
  nextBackupAt: null,
  environmentId: null,
  timeliness: null,
  lateSince: null,
  enabled: false,
  dueNow: false,
  state: "missing",
  copies: 0,
  held: [],
  hanging: [],
};
const due = { ...slot, enabled: true, dueNow: true, timeliness: "missing", nextBackupAt: NEXT };
const made = { lastBackupAt: AT, environmentId: DAILY, timeliness: "on time", state: "ready", copies: 1 };

const off = {
  enabled: false,
  timeliness: null,
  lateSince: null,
  nextBackupAt: null,
  expectedIntervalSeconds: 1_209_600,
};

export const REQUEST_EXAMPLES = {
  HealthRequest: asked("health", { phase: "config_connect" }),
  StatusRequest: asked("status"),
  DisconnectRequest: asked("disconnect"),
  BackupNowRequest: { slot: { scope: "daily" } },
  RunRequest: { force: true },
};

export const ANSWER_EXAMPLES = {
  Health: greeting("health"),
  Disconnected: {
    ...greeting("disconnect"),
    scheduler: { enabled: false, disconnectedAt: AT },
    plugin: { id: "PLUGIN_ID" },
  },
  Status: {
    ...greeting("status"),
    scheduler,
    schedule,
    slots: {
      daily: { scope: "daily", ...due, ...made, dueNow: false },
      weekly: { scope: "weekly", ...due },
      biweekly: { scope: "biweekly", ...slot },
      monthly: { scope: "monthly", ...slot },
    },
    coverage,
    problems: [],
    checkedAt: AT,
  },
  BackupNow: {
    ...greeting("backupNow"),
    result,
    checkedAt: AT,
    backup: {
      scope: "daily",
      executionMode: "lambda_cron",
      createdEnvironmentId: DAILY,
      deletedEnvironmentId: FORMER,
      completedAt: AT,
    },
  },
  Ran: { ok: true, result },
  JobAnswer: {
    ok: true,
    skipped: true,
    reason: "NOT_DUE_IN_DISTRIBUTED_SLOT",
    because: "already_made",
    scope: "daily",
    schedule: slots,
  },
  InitializeAnswer: {
    ok: true,
    message:
      "Initialization is under way: DatoCMS is still making the copies. Call this again to see them ready.",
    result: { daily: result, weekly: creating },
  },
  ScheduledBackupsAnswer: {
    ok: true,
    result: {
      scheduler,
      schedule,
      checkedAt: AT,
      skipped: false,
      results: [{ scope: "daily", status: "executed", result }],
    },
  },
  Alive: { ok: true, service: greeting("health").service, status: "ready" },
  Check: {
    ok: true,
    verdict: "ok",
    summary: "Backups will be made.",
    lines: [{ level: "ok", code: "SECRET_SET", sentence: "A secret is set." }],
    checkedAt: AT,
  },
  Inventory: {
    ok: true,
    coverage,
    cadences: {
      daily: {
        enabled: true,
        timeliness: "on time",
        lateSince: null,
        nextBackupAt: NEXT,
        expectedIntervalSeconds: 86_400,
      },
      weekly: off,
      biweekly: off,
      monthly: off,
    },
    copies: [
      {
        environmentId: DAILY,
        cadence: "daily",
        date: "2026-03-07",
        takenAt: AT,
        ageSeconds: 7_200,
        state: "ready",
        totals: { records: 120, uploads: 15 },
      },
    ],
    others: 2,
    room: { sandboxes: 3, limit: 8, overageThreshold: null },
    checkedAt: AT,
  },
  AlertsSent: {
    ok: true,
    message: "A sample was sent to each channel.",
    channels: [{ channel: "slack", ok: true, status: 200 }],
  },
  Unauthorized: {
    ok: false,
    error: {
      code: "UNAUTHORIZED",
      message:
        "The shared secret is missing or wrong. Send it as X-Datocms-Backups-Auth, or as Authorization: Bearer",
      details: {},
    },
  },
  RunFailed: {
    ok: false,
    error: {
      code: "INTERNAL_SERVER_ERROR",
      message:
        "The DatoCMS plan has no room for another environment; nothing was destroyed for it. Delete a sandbox that nobody needs, keep fewer copies, or take a plan with more environments",
      details: {
        cause: "ENVIRONMENT_LIMIT_REACHED",
        limit: 1,
        inUse: 1,
        ours: 0,
        foreign: 1,
        scope: "daily",
        environmentId: DAILY,
        requestId: "5f0c2f6e-0d0f-4a0a-9f5b-0d3a4a7b8c9d",
      },
    },
  },
};
