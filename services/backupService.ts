import type { Job } from "../utils/cron.ts";
import { contextOf, type Invocation } from "./context.ts";
import { disconnectScheduler } from "./disconnect.ts";
import { readInventory } from "./inventory.ts";
import { keepBackup } from "./keepBackup.ts";
import type { Project } from "./project.ts";
import { removeBackup } from "./removeBackup.ts";
import { readRestoreGuide } from "./restoreGuide.ts";
import {
  type Asked,
  type BackupRequest,
  type ByHand,
  completeBackups,
  runBackup,
  runInitialization,
} from "./runsByHand.ts";
import type { Trigger } from "./schedule/mode.ts";
import { runScheduled, runScheduledBackups } from "./scheduledRuns.ts";
import { readStatus } from "./status.ts";

/** The types of what the verbs take and return, and what a deployment has without a project. */

export type { Outcome, Problem } from "./backup/outcome.ts";
export type { OthersWork } from "./context.ts";
export type { Limits } from "./datocms/budget.ts";
export { createInFlightReads } from "./datocms/inFlightReads.ts";
export { LOOK_MAX_AGE_MS, METRICS_MAX_AGE_MS, sharedFetch } from "./datocms/sharedReads.ts";
export type { Finding } from "./findings/finding.ts";
export {
  type Check,
  type CronFacts,
  checkDeployment,
  type Deployment,
  type SecretFacts,
} from "./health/check.ts";
export { HEADLINE_STATES, type Headline, type HeadlineState, type LastRun } from "./health/headline.ts";
export { type Overview, readOverview } from "./health/overview.ts";
export type { BackupRecord, RunObserver, RunRecord, SandboxRecord } from "./history/record.ts";
export type { KeptBackup } from "./keepBackup.ts";
export { type MetricsFacts, type MetricsFormat, metricsText } from "./metrics.ts";
export {
  createNotifier,
  LONGEST_NOTIFY_MS,
  NOTIFY_MS,
  notifyDisconnected,
  testAlerts,
} from "./notify/notifier.ts";
export type { ChannelResult } from "./notify/send.ts";
export { type Project, projectFrom } from "./project.ts";
export type { Coverage } from "./recovery/coverage.ts";
export { type CadenceFigures, earliestNext } from "./recovery/figures.ts";
export type { Inventory, StoredBackup } from "./recovery/inventory.ts";
export type { Timeliness } from "./recovery/timeliness.ts";
export type { Removed } from "./removeBackup.ts";
export type { Guide, Step } from "./restoreGuide.ts";
export type { Asked, ByHand } from "./runsByHand.ts";
export type { ScheduleFacts } from "./schedule/due.ts";
export type { Trigger } from "./schedule/mode.ts";
export type { Schedule } from "./schedule/schedule.ts";
export type { Scheduler } from "./schedule/scheduler.ts";
export {
  misconfiguredRun,
  type ScheduledBackups,
  type ScheduledRun,
} from "./scheduledRuns.ts";
export type { CadenceStatus, Status } from "./status.ts";
export { resolveApiToken } from "./token.ts";

/** One project's verbs, for one invocation. None throws because of DatoCMS: a failure is a value. */
export type BackupService = ReturnType<typeof createBackupService>;

/**
 * Makes the verbs of one project.
 *
 * @param invocation the request or the tick that they serve; all of them spend its time
 */
export function createBackupService(invocation: Invocation, project: Project) {
  const context = contextOf(invocation, project);
  return {
    project,
    status: () => readStatus(context),
    /** @param counts contents are counted, as far as calls and time go */
    inventory: (counts: boolean) => readInventory(context, counts),
    restoreGuide: (environmentId: string) => readRestoreGuide(context, environmentId),
    /** Makes a backup at once. */
    backup: (request: BackupRequest) => runBackup(context, request),
    /** Makes what today lacks of daily and weekly. */
    initialize: (asked: ByHand) => runInitialization(context, asked),
    /** Keeps a backup for good, under a name of its own. */
    keep: (asked: Parameters<typeof keepBackup>[1]) => keepBackup(context, asked),
    /** Removes a backup for good. */
    remove: (asked: Parameters<typeof removeBackup>[1]) => removeBackup(context, asked),
    /** Sees backups through that were left in the making. */
    complete: (backups: Parameters<typeof completeBackups>[1], asked: Asked) =>
      completeBackups(context, backups, asked),
    /** One tick of a job. */
    tick: (job: Job, trigger: Trigger) => runScheduled(context, job, trigger),
    /** Every backup that is due by date. */
    runByDate: () => runScheduledBackups(context),
    /** Stops scheduled runs. */
    disconnect: () => disconnectScheduler(context),
  };
}
