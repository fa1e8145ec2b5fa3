import { CADENCES, type Cadence } from "../utils/config.ts";
import { INTERNAL_ERROR, type Result, succeeded } from "../utils/failures.ts";
import { type BackupContext, connect, readProject, singleFlight } from "./context.ts";
import type { Notifier } from "./notify/notifier.ts";
import type { Ticks } from "./recovery/timeliness.ts";
import { heldIds } from "./rotation/held.ts";
import { backupId, utcDate } from "./rotation/names.ts";
import type { Outcome, Problem } from "./rotation/outcome.ts";
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
import { presentMoment } from "./schedule/presentMoment.ts";
import type { Schedule } from "./schedule/schedule.ts";
import type { Scheduler } from "./schedule/scheduler.ts";
import { slotsFor } from "./schedule/slots.ts";

/** A copy that a tick made, or tried to; `late`: after its slot's own hour. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly late: boolean;
}

/** What a tick came to. */
export type ScheduledRun =
  | ({ readonly kind: "skipped"; readonly cadence: Cadence; readonly schedule: ScheduleFacts } & Omit<
      NotDue,
      "due"
    >)
  | {
      readonly kind: "ran";
      /** The job's own cadence first; at least one. */
      readonly attempts: readonly [Attempt, ...Attempt[]];
      readonly schedule: ScheduleFacts;
    };

/** What each job makes: the longer cadences have no cron of their own and come with weekly's. */
const CADENCES_OF = { daily: ["daily"], weekly: ["weekly", "biweekly", "monthly"] } as const;

/**
 * One tick of the daily job.
 *
 * @param mode `slot` for hourly ticks, `date` for one tick a day
 */
export function runScheduledDailyBackup(
  context: BackupContext,
  mode: ScheduleMode,
): Promise<Result<ScheduledRun>> {
  return runScheduled(context, "daily", mode);
}

/** One tick of the weekly job, for weekly and the longer cadences; see `runScheduledDailyBackup`. */
export function runScheduledWeeklyBackup(
  context: BackupContext,
  mode: ScheduleMode,
): Promise<Result<ScheduledRun>> {
  return runScheduled(context, "weekly", mode);
}

async function runScheduled(
  context: BackupContext,
  job: "daily" | "weekly",
  mode: ScheduleMode,
): Promise<Result<ScheduledRun>> {
  const question = await ask(context, job, mode);
  const schedule = scheduleFacts(question);
  const skipped = ({ reason, because }: Omit<NotDue, "due">): ScheduledRun => ({
    kind: "skipped",
    cadence: job,
    schedule,
    reason,
    because,
  });
  if (mode === "slot" && !isAwake(question))
    return succeeded(skipped({ reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "other_hour" }));

  return singleFlight(context, `scheduled: ${job} ${mode} ${utcDate(question.now)}`, async () => {
    const run = await runDue(context, question, CADENCES_OF[job], mode === "slot" ? "hourly" : "daily");
    if (!run.ok) return run;
    const { attempts, left } = run.value;
    const [first, ...others] = attempts;
    if (first !== undefined) return succeeded({ kind: "ran", attempts: [first, ...others], schedule });
    // The job's own cadence speaks for all of them.
    return succeeded(skipped(left[0] ?? ALREADY_MADE));
  });
}

/** What a run over all cadences came to. */
export interface ScheduledBackups {
  readonly scheduler: Scheduler;
  readonly schedule: Schedule;
  /** Ms since the epoch. */
  readonly checkedAt: number;
  /** One for each copy that this run made, or tried to. */
  readonly outcomes: readonly Outcome[];
  /** Why each of the others was left alone. */
  readonly left: readonly Omit<NotDue, "due">[];
  /** What a person should know about copies that were left alone. */
  readonly problems: readonly Problem[];
}

/**
 * Makes every copy that is due by date, whatever the hour; forks run side by side.
 *
 */
export async function runScheduledBackups(context: BackupContext): Promise<Result<ScheduledBackups>> {
  const question = await ask(context, "daily", "date");
  return singleFlight(context, `scheduled: all ${utcDate(question.now)}`, async () => {
    const run = await runDue(context, question, CADENCES, "elsewhere");
    if (!run.ok) return run;
    const { attempts, ...rest } = run.value;
    const outcomes = attempts.map(({ outcome }) => outcome);
    return succeeded({ ...rest, checkedAt: question.now, outcomes });
  });
}

/** Makes those of some cadences that are due, and takes down what there is to tell of it. */
async function runDue(
  context: BackupContext,
  question: Question,
  cadences: readonly Cadence[],
  ticks: Ticks,
) {
  const { paused } = context.config;
  try {
    const run = await makeDue(context, question, cadences, ticks);
    if (!run.ok && !paused) context.notices?.broke(question, run.failure);
    return run;
  } catch (error) {
    if (!paused) context.notices?.broke(question, INTERNAL_ERROR);
    throw error;
  }
}

/**
 * Takes down that a run could not even begin, because the deployment's settings are wrong.
 *
 * @param token the project's, on which the slots rest
 * @param sentence what is wrong
 */
export async function tellMisconfigured(
  notices: Notifier,
  { token, clock }: Pick<BackupContext, "token" | "clock">,
  { job, mode }: { readonly job: "daily" | "weekly"; readonly mode: ScheduleMode },
  sentence: string,
): Promise<void> {
  const slots = await slotsFor(token);
  const question: Question = { cadence: job, now: clock.now(), mode, slots, catchUp: true };
  notices.broke(question, { cause: INTERNAL_ERROR.cause, sentence });
}

/** The most important first. */
async function makeDue(
  context: BackupContext,
  question: Question,
  cadences: readonly Cadence[],
  ticks: Ticks,
) {
  const { config, notices } = context;
  const dato = connect(context);
  const project = await readProject(context, dato);
  if (!project.ok) return project;
  const observation = project.value;
  const { listed, scheduler, schedule, plugin } = observation;
  const held = heldIds(listed, config.holdDays);
  const asked = { ...question, now: presentMoment(question.now, listed) };
  const verdicts = cadences.map((cadence) => ({
    cadence,
    verdict: decide({ ...asked, cadence }, schedule, listed, scheduler, held),
  }));
  const due = verdicts.flatMap(({ cadence, verdict }) => (verdict.due ? [{ cadence, ...verdict }] : []));
  // A fork that is being made already was begun by a run that said so.
  const isInTheMaking = (name: string) =>
    listed.some(({ id, status }) => id === name && status === "creating");
  notices?.began(
    asked,
    due.map(({ cadence, date }) => ({ cadence, isNew: !isInTheMaking(backupId(cadence, date)) })),
  );
  const targets = due.map(({ cadence, date, replaces }) => ({
    cadence,
    date,
    fresh: replaces !== undefined,
    replaces,
    forced: false,
  }));
  const kept = new Set<string>();
  const outcomes = await rotateFor(context, dato, observation, targets, {
    askedBy: "schedule",
    enabledCadences: schedule.enabledCadences,
    kept,
  });
  const { holdDays, keep } = config;
  const judged = { schedule, listed, holdDays, ticks, parameters: plugin?.parameters };
  notices?.ended(
    verdicts.map(({ cadence, verdict }) => ({
      question: { ...asked, cadence },
      scheduler,
      judged,
      keep,
      kept,
      verdict,
      outcome: outcomes.find((outcome) => outcome.cadence === cadence),
    })),
  );
  const all = outcomes.map((outcome, index) => ({ outcome, late: due[index]?.late ?? false }));
  const left = verdicts.flatMap(({ verdict }) => (verdict.due ? [] : [verdict]));
  return succeeded({
    scheduler,
    schedule,
    attempts: all.filter(({ outcome }) => overtaken(outcome) === undefined),
    left: [...all.flatMap(({ outcome }) => overtaken(outcome) ?? []), ...left],
    problems: outcomes.flatMap(withoutRoom),
  });
}

async function ask(
  { token, clock, config }: BackupContext,
  cadence: Cadence,
  mode: ScheduleMode,
): Promise<Question> {
  return { cadence, now: clock.now(), mode, slots: await slotsFor(token), catchUp: config.catchUp };
}

/**
 * Between the decision and the run somebody else made the copy, or promoted it; or the one of an earlier day has to
 * stay, for want of room: this run made none.
 */
function overtaken(outcome: Outcome): Omit<NotDue, "due"> | undefined {
  if (outcome.kind === "promoted") return { reason: "TARGET_IS_PRIMARY", because: "promoted" };
  if (outcome.kind !== "done" || !outcome.reused) return undefined;
  return withoutRoom(outcome).length > 0 ? { ...ALREADY_MADE, because: "no_room" } : ALREADY_MADE;
}

function withoutRoom({ problems }: Outcome): Problem[] {
  return problems.filter(({ code }) => code === "NO_ROOM_FOR_REPLACEMENT");
}

const ALREADY_MADE = { reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "already_made" } as const;
