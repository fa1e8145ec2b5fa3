import type { Outcome, Schedule, ScheduledRun, Scheduler } from "../services/backupService.ts";
import { shownFrequency } from "../utils/cron.ts";
import { type Failure, idIsPrimary } from "../utils/failures.ts";
import type { Runtime } from "../utils/platformAdapters.ts";

/** An outcome that left a backup, or one in the making. */
export type Success = Extract<Outcome, { kind: "done" | "creating" }>;

/** An outcome without a backup to show. */
export type Unsuccessful = Exclude<Outcome, Success>;

/** An instant in ms since the epoch, as answers write it. */
export function iso(instant: number): string {
  return new Date(instant).toISOString();
}

/** The documented `result`, and more that a person wants to know. */
export function resultOf(outcome: Success) {
  const deleted = [...outcome.deleted].sort().reverse();
  const common = {
    scope: outcome.cadence,
    state: outcome.kind === "done" ? ("ready" as const) : ("creating" as const),
    createdEnvironmentId: outcome.environmentId,
    deletedEnvironmentId: deleted[0] ?? null,
    deletedEnvironmentIds: deleted,
    ...(outcome.problems.length > 0 && { problems: outcome.problems }),
  };
  return outcome.kind === "done"
    ? { ...common, completedAt: iso(outcome.takenAt), ...(outcome.reused && { reused: true }) }
    : { ...common, percentage: outcome.percentage, replaces: outcome.replaces };
}

/** The cause of an outcome without a backup. */
export function failureOf(outcome: Unsuccessful): Failure {
  return outcome.kind === "failed" ? outcome.failure : idIsPrimary(outcome.environmentId);
}

/** The outcome left a backup to show, ready or in the making. */
export function isSuccess(outcome: Outcome): outcome is Success {
  return outcome.kind === "done" || outcome.kind === "creating";
}

/** The schedule that decides on which days backups are made; without an anchor the project's slots decide. */
export function scheduleAnswer({ timezone, enabledCadences, anchorLocalDate }: Schedule) {
  return { timezone, enabledCadences, anchorLocalDate };
}

/** The host, how often its cron comes round, and whether scheduled runs may happen. */
export function schedulerAnswer({ provider, cronFrequency }: Runtime, scheduler: Scheduler) {
  return { provider, cadence: shownFrequency(cronFrequency), ...scheduler };
}

/** The documented answer of a tick that had nothing to do. */
export function skipAnswer(run: Extract<ScheduledRun, { kind: "skipped" }>) {
  const { reason, because, cadence, schedule } = run;
  return { ok: true, skipped: true, reason, because, scope: cadence, schedule };
}

/**
 * The documented envelope's `error`. Its message ends without a full stop: the plugin's screen adds one. Those
 * between its sentences stay.
 *
 * @param sentence of the failure, as logs and checks write it
 */
export function errorAnswer<Details extends object>(code: string, sentence: string, details: Details) {
  return { code, message: sentence.replace(/\.$/, ""), details };
}
