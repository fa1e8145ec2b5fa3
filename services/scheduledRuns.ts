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
  SCHEDULED_CADENCES,
  type ScheduleFacts,
  type ScheduleMode,
  type SkipReason,
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

/**
 * One tick of the daily job.
 *
 * @param mode `slot` for hourly ticks, `date` for one tick a day
 * @throws ServiceError 500 when DatoCMS cannot be read
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
    const notMade = verdict.due ? overtaken(outcome) : verdict;
    if (notMade !== undefined || outcome === undefined)
      return { kind: "skipped", cadence, schedule, ...(notMade ?? ALREADY_MADE) };
    return { kind: "ran", outcome, late: verdict.due && verdict.late, schedule };
  });
}

/** What a run over all cadences came to. */
export interface ScheduledBackups {
  readonly scheduler: Scheduler;
  readonly enabledCadences: readonly Cadence[];
  /** Ms since the epoch. */
  readonly checkedAt: number;
  /** One for each copy that this run made, or tried to. */
  readonly outcomes: readonly Outcome[];
  /** Why each of the others was left alone. */
  readonly skipped: readonly SkipReason[];
}

/**
 * Makes every copy that is due by date, whatever the hour; forks run side by side.
 *
 * @throws ServiceError 500 when DatoCMS cannot be read
 */
export async function runScheduledBackups(context: BackupContext): Promise<ScheduledBackups> {
  const questions = await Promise.all(SCHEDULED_CADENCES.map((cadence) => ask(context, cadence, "date")));
  const checkedAt = context.clock.now();
  return joined(context, `scheduled: all ${utcDate(checkedAt)}`, async () => {
    const dato = connect(context);
    const observation = await observe(dato);
    const verdicts = questions.map((question) => decide(question, observation.listed, observation.scheduler));
    const targets = verdicts.flatMap((verdict, index) => {
      const cadence = SCHEDULED_CADENCES[index];
      return verdict.due && cadence ? [{ cadence, date: verdict.date, fresh: false, forced: false }] : [];
    });
    const all = await rotateFor(context, dato, observation, targets);
    const outcomes = all.filter((outcome) => overtaken(outcome) === undefined);
    const skipped = [
      ...verdicts.filter((verdict) => !verdict.due),
      ...all.flatMap((outcome) => overtaken(outcome) ?? []),
    ];
    return {
      scheduler: observation.scheduler,
      enabledCadences: SCHEDULED_CADENCES,
      checkedAt,
      outcomes,
      skipped: skipped.map(({ reason }) => reason),
    };
  });
}

async function ask(
  { token, clock, config }: BackupContext,
  cadence: Cadence,
  mode: ScheduleMode,
): Promise<Question> {
  return { cadence, now: clock.now(), mode, slots: await slotsFor(token), catchUp: config.catchUp };
}

/** Between the decision and the run somebody else made the copy, or promoted it: this run made none. */
function overtaken(outcome: Outcome | undefined): Pick<NotDue, "reason" | "because"> | undefined {
  if (outcome?.kind === "promoted") return { reason: "TARGET_IS_PRIMARY", because: "promoted" };
  return outcome?.kind === "done" && outcome.reused ? ALREADY_MADE : undefined;
}

const ALREADY_MADE = { reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "already_made" } as const;
