import type { Cadence } from "../utils/config.ts";
import { type BackupContext, connect, joined, observe } from "./context.ts";
import type { Scheduler } from "./datocms/pluginSettings.ts";
import { utcDate } from "./rotation/names.ts";
import type { Outcome } from "./rotation/outcome.ts";
import { rotateFor } from "./runs.ts";
import {
  decide,
  isAwake,
  type NotDue,
  type Question,
  type ScheduleFacts,
  type ScheduleMode,
  scheduleFacts,
} from "./schedule/due.ts";
import { slotsFor } from "./schedule/slots.ts";

/** What a tick came to. */
export type ScheduledRun =
  | ({ readonly kind: "skipped"; readonly cadence: Cadence; readonly schedule: ScheduleFacts } & Omit<
      NotDue,
      "due"
    >)
  | {
      readonly kind: "ran";
      readonly outcome: Outcome;
      readonly late: boolean;
      readonly schedule: ScheduleFacts;
    };

/** Which cadences run where the plugin has saved no schedule. */
const SCHEDULED_CADENCES = ["daily", "weekly"] as const;

/**
 * One tick of the daily job.
 *
 * @param mode `slot` for hourly ticks, `date` for one tick a day
 * @throws FailureError when DatoCMS cannot be read
 */
export function runScheduledDailyBackup(context: BackupContext, mode: ScheduleMode): Promise<ScheduledRun> {
  return runScheduled(context, "daily", mode);
}

/** One tick of the weekly job; see `runScheduledDailyBackup`. */
export function runScheduledWeeklyBackup(context: BackupContext, mode: ScheduleMode): Promise<ScheduledRun> {
  return runScheduled(context, "weekly", mode);
}

async function runScheduled(
  context: BackupContext,
  cadence: "daily" | "weekly",
  mode: ScheduleMode,
): Promise<ScheduledRun> {
  const question = await ask(context, cadence, mode);
  const schedule = scheduleFacts(question);
  if (mode === "slot" && !isAwake(question))
    return {
      kind: "skipped",
      cadence,
      schedule,
      reason: "NOT_DUE_IN_DISTRIBUTED_SLOT",
      because: "other_hour",
    };

  return joined(context, `scheduled: ${cadence} ${mode} ${utcDate(question.now)}`, async () => {
    const dato = connect(context);
    const observation = await observe(dato);
    const verdict = decide(question, observation.listed, observation.scheduler);
    const targets = verdict.due ? [{ cadence, date: verdict.date, fresh: false, forced: false }] : [];
    const [outcome] = await rotateFor(context, dato, observation, targets);
    if (!verdict.due || outcome === undefined || outcome.kind === "promoted") {
      const { reason, because } = verdict.due ? PROMOTED : verdict;
      return { kind: "skipped", cadence, schedule, reason, because };
    }
    return { kind: "ran", outcome, late: verdict.late, schedule };
  });
}

/** What a run over all cadences came to. */
export interface ScheduledBackups {
  readonly scheduler: Scheduler;
  readonly enabledCadences: readonly Cadence[];
  /** Ms since the epoch. */
  readonly checkedAt: number;
  /** One for each cadence that was due. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Makes every copy that is due by date, whatever the hour; forks run side by side.
 *
 * @throws FailureError when DatoCMS cannot be read
 */
export async function runScheduledBackups(context: BackupContext): Promise<ScheduledBackups> {
  const questions = await Promise.all(SCHEDULED_CADENCES.map((cadence) => ask(context, cadence, "date")));
  const checkedAt = context.clock.now();
  return joined(context, `scheduled: all ${utcDate(checkedAt)}`, async () => {
    const dato = connect(context);
    const observation = await observe(dato);
    const targets = questions.flatMap((question) => {
      const verdict = decide(question, observation.listed, observation.scheduler);
      return verdict.due
        ? [{ cadence: question.cadence, date: verdict.date, fresh: false, forced: false }]
        : [];
    });
    const outcomes = await rotateFor(context, dato, observation, targets);
    return { scheduler: observation.scheduler, enabledCadences: SCHEDULED_CADENCES, checkedAt, outcomes };
  });
}

async function ask(
  { token, clock, config }: BackupContext,
  cadence: Cadence,
  mode: ScheduleMode,
): Promise<Question> {
  return { cadence, now: clock.now(), mode, slots: await slotsFor(token), catchUp: config.catchUp };
}

/** Today's copy was promoted between the decision and the run. */
const PROMOTED = { reason: "TARGET_IS_PRIMARY", because: "promoted" } as const;
