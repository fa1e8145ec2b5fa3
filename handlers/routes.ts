import { alertsTest } from "./alerts.ts";
import { backupNow, backupNowRequest } from "./backupNow.ts";
import { backupStatus } from "./backupStatus.ts";
import { backups } from "./backups.ts";
import { check } from "./check.ts";
import { keepBackup, removeBackup } from "./deeds.ts";
import { dailyBackup, initialize, scheduledBackups, weeklyBackup } from "./jobs.ts";
import { metrics } from "./metrics.ts";
import { offsite } from "./offsite.ts";
import { openapi } from "./openapi.ts";
import { pluginHealth } from "./pluginHealth.ts";
import { pluginRequest } from "./pluginRequest.ts";
import { healthz, readyz } from "./probes.ts";
import type { RequestContext } from "./requestContext.ts";
import { restoreGuide, restoreGuideRequest } from "./restoreGuide.ts";
import { runRequest } from "./runRequest.ts";
import { schedulerDisconnect } from "./schedulerDisconnect.ts";

/**
 * Callers that a route lets in. `anybody`: needs no secret. `holder`: holders of the secret, and everybody where none
 * is set. `reader`: the same, and holders of `BACKUP_READ_SECRET`. `secret`: holders of the secret alone. `admin`:
 * holders of `BACKUP_ADMIN_SECRET`, which opens all the others as well.
 */
export type Auth = "anybody" | "holder" | "reader" | "secret" | "admin";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Address {
  /** As documented; `:name` stands for a part that varies. */
  readonly path: string;
  readonly aliases?: readonly string[];
  readonly methods: readonly Method[];
  readonly auth: Auth;
  /** The plugin calls it, from a page of another site. */
  readonly byPlugin?: true;
}

export interface Route extends Address {
  readonly handle: (context: RequestContext) => Response | Promise<Response>;
}

/** A route whose request is checked before its handler gets it. */
function asking<T>({
  request,
  handle,
  ...address
}: Address & {
  readonly request: (context: RequestContext) => Promise<T>;
  readonly handle: (context: RequestContext, asked: T) => Promise<Response>;
}): Route {
  return { ...address, handle: async (context) => handle(context, await request(context)) };
}

const NETLIFY = "/.netlify/functions";
const ARCHIVES = "/api/archives";
const ARCHIVE = `${ARCHIVES}/:archiveId`;
const SCHEDULES = "/api/schedules";
const SCHEDULE = `${SCHEDULES}/:scheduleId`;

/**
 * Every address of the service; the methods of one may stand in several rows. The words that the OpenAPI document has for a route stand beside
 * its handler.
 */
export const ROUTES: readonly Route[] = [
  asking({
    path: "/api/datocms/plugin-health",
    aliases: [`${NETLIFY}/plugin-health`],
    methods: ["POST"],
    auth: "holder",
    byPlugin: true,
    request: pluginRequest("health"),
    handle: pluginHealth,
  }),
  asking({
    path: "/api/datocms/backup-status",
    aliases: [`${NETLIFY}/backup-status`],
    methods: ["POST"],
    auth: "reader",
    byPlugin: true,
    request: pluginRequest("status"),
    handle: backupStatus,
  }),
  asking({
    path: "/api/datocms/scheduler-disconnect",
    aliases: [`${NETLIFY}/scheduler-disconnect`],
    methods: ["POST"],
    auth: "holder",
    request: pluginRequest("disconnect"),
    handle: schedulerDisconnect,
  }),
  asking({
    path: "/api/datocms/backup-now",
    aliases: [`${NETLIFY}/backup-now`],
    methods: ["GET", "POST"],
    auth: "holder",
    byPlugin: true,
    request: backupNowRequest,
    handle: backupNow,
  }),
  asking({
    path: "/api/jobs/daily-backup",
    aliases: [`${NETLIFY}/dailyBackup`],
    methods: ["GET", "POST"],
    auth: "holder",
    request: runRequest,
    handle: dailyBackup,
  }),
  asking({
    path: "/api/jobs/weekly-backup",
    aliases: [`${NETLIFY}/weeklyBackup`],
    methods: ["GET", "POST"],
    auth: "holder",
    request: runRequest,
    handle: weeklyBackup,
  }),
  asking({
    path: "/api/jobs/initialize",
    aliases: [`${NETLIFY}/initialization`],
    methods: ["GET", "POST"],
    auth: "holder",
    request: runRequest,
    handle: initialize,
  }),
  asking({
    path: "/api/jobs/scheduled-backups",
    methods: ["GET", "POST"],
    auth: "holder",
    request: runRequest,
    handle: scheduledBackups,
  }),
  { path: "/api/check", methods: ["GET"], auth: "reader", handle: check },
  { path: "/api/alerts/test", methods: ["POST"], auth: "secret", handle: alertsTest },
  { path: "/api/backups", methods: ["GET"], auth: "reader", handle: backups },
  { path: "/api/backups/:environmentId", methods: ["DELETE"], auth: "admin", handle: removeBackup },
  { path: "/api/backups/:environmentId/keep", methods: ["POST"], auth: "admin", handle: keepBackup },
  asking({
    path: "/api/restore-guide/:environmentId",
    methods: ["GET"],
    auth: "holder",
    request: restoreGuideRequest,
    handle: restoreGuide,
  }),
  { path: "/api/runs", methods: ["GET"], auth: "reader", handle: offsite("runs") },
  { path: "/api/runs/stats", methods: ["GET"], auth: "reader", handle: offsite("runStats") },
  { path: "/api/runs/:runId", methods: ["GET"], auth: "holder", handle: offsite("run") },
  // Beside the jobs that make backups: ids of long work begin with `job_`.
  { path: "/api/jobs", methods: ["GET"], auth: "reader", handle: offsite("jobs") },
  { path: "/api/jobs/:jobId", methods: ["GET"], auth: "holder", handle: offsite("job") },
  { path: ARCHIVES, methods: ["GET"], auth: "reader", handle: offsite("archives") },
  { path: ARCHIVES, methods: ["POST"], auth: "admin", handle: offsite("createArchive") },
  { path: `${ARCHIVES}/prune`, methods: ["POST"], auth: "admin", handle: offsite("pruneArchives") },
  { path: `${ARCHIVES}/upload`, methods: ["POST"], auth: "admin", handle: offsite("uploadArchive") },
  { path: ARCHIVE, methods: ["GET"], auth: "holder", handle: offsite("archive") },
  { path: ARCHIVE, methods: ["DELETE"], auth: "admin", handle: offsite("deleteArchive") },
  { path: `${ARCHIVE}/verify`, methods: ["POST"], auth: "admin", handle: offsite("verifyArchive") },
  { path: `${ARCHIVE}/pin`, methods: ["PUT"], auth: "admin", handle: offsite("pinArchive") },
  { path: `${ARCHIVE}/pin`, methods: ["DELETE"], auth: "admin", handle: offsite("unpinArchive") },
  { path: `${ARCHIVE}/download`, methods: ["GET"], auth: "admin", handle: offsite("downloadArchive") },
  { path: SCHEDULES, methods: ["GET"], auth: "reader", handle: offsite("schedules") },
  { path: SCHEDULES, methods: ["POST"], auth: "admin", handle: offsite("createSchedule") },
  { path: SCHEDULE, methods: ["PUT"], auth: "admin", handle: offsite("replaceSchedule") },
  { path: SCHEDULE, methods: ["PATCH"], auth: "admin", handle: offsite("changeSchedule") },
  { path: SCHEDULE, methods: ["DELETE"], auth: "admin", handle: offsite("deleteSchedule") },
  { path: "/metrics", methods: ["GET"], auth: "reader", handle: metrics },
  { path: "/openapi.json", methods: ["GET"], auth: "reader", handle: openapi },
  { path: "/healthz", methods: ["GET"], auth: "anybody", handle: healthz },
  { path: "/readyz", methods: ["GET"], auth: "anybody", handle: readyz },
];
