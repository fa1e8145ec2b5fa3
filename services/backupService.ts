/** The service as handlers and crons see it; what stands behind each name is documented where it is defined. */

export type { BackupContext } from "./context.ts";
export type { Limits } from "./datocms/budget.ts";
export { createInFlightReads } from "./datocms/inFlightReads.ts";
export { LOOK_MAX_AGE_MS, METRICS_MAX_AGE_MS, sharedFetch } from "./datocms/sharedReads.ts";
export { disconnectScheduler } from "./disconnect.ts";
export {
  type Check,
  type CronFacts,
  checkDeployment,
  type Deployment,
  type SecretFacts,
} from "./health/check.ts";
export {
  type CadenceFigures,
  type Inventory,
  readInventory,
  type StoredCopy,
} from "./inventory.ts";
export { type MetricsFacts, type MetricsFormat, metricsText } from "./metrics.ts";
export {
  createNotifier,
  LONGEST_NOTIFY_MS,
  NOTIFY_MS,
  type Notifier,
  notifyDisconnected,
  testAlerts,
} from "./notify/notifier.ts";
export type { ChannelResult } from "./notify/send.ts";
export type { Coverage } from "./recovery/coverage.ts";
export type { Timeliness } from "./recovery/timeliness.ts";
export { type Guide, readRestoreGuide, type Step } from "./restoreGuide.ts";
export type { Outcome, Problem } from "./rotation/outcome.ts";
export { type AskedBy, type ByHand, completeBackups, runBackup, runInitialization } from "./runs.ts";
export type { ScheduleFacts } from "./schedule/due.ts";
export type { Trigger } from "./schedule/mode.ts";
export type { Schedule } from "./schedule/schedule.ts";
export type { Scheduler } from "./schedule/scheduler.ts";
export {
  noteMisconfigured,
  runScheduledBackups,
  runScheduledDailyBackup,
  runScheduledWeeklyBackup,
  type ScheduledBackups,
  type ScheduledRun,
} from "./scheduledRuns.ts";
export { type CadenceStatus, readStatus, type Status } from "./status.ts";
export { resolveApiToken } from "./token.ts";
