import { CADENCES, type Cadence } from "../utils/config.ts";
import { type Job, jobOf } from "../utils/cron.ts";
import { failed, INTERNAL_ERROR, mapped, type Result, succeeded } from "../utils/failures.ts";
import type { Outcome, Problem } from "./backup/outcome.ts";
import type { Target } from "./backup/target.ts";
import { backupId, utcDate } from "./catalog/names.ts";
import { type BackupContext, connect, type FullObservation, readProject, singleFlight } from "./context.ts";
import {
  type BackupRecord,
  type DueCadence,
  dueIn,
  statusOf,
  type Tick,
  type Verdicts,
} from "./history/record.ts";
import { type Made, recorded } from "./history/recorded.ts";
import { rotateFor } from "./rotation.ts";
import {
  type DueQuery,
  isAwake,
  isDue,
  mayWait,
  type NotDue,
  type ScheduleFacts,
  scheduleFacts,
} from "./schedule/due.ts";
import { modeOf, type Trigger } from "./schedule/mode.ts";
import { referenceTime } from "./schedule/referenceTime.ts";
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

/**
 * One tick of a job: the daily one, or the weekly one for weekly and the longer cadences.
 *
 * @param trigger the host's cron, or somebody's call
 */
export async function runScheduled(
  context: BackupContext,
  job: Job,
  trigger: Trigger,
): Promise<Result<ScheduledRun>> {
  const query = await queryFor(context, job, trigger);
  const { mode } = query;
  const schedule = scheduleFacts(query);
  const skipped = ({ reason, because }: Omit<NotDue, "due">): ScheduledRun => ({
    kind: "skipped",
    cadence: job,
    schedule,
    reason,
    because,
  });
  if (mode === "slot" && !isAwake(query))
    return succeeded(skipped({ reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "other_hour" }));

  return singleFlight(context, `scheduled: ${job} ${mode} ${utcDate(query.now)}`, async () => {
    const cadences = CADENCES.filter((cadence) => jobOf(cadence) === job);
    return mapped(await runDue(context, query, cadences), (made): ScheduledRun => {
      const { attempts, left } = attemptsOf(made);
      const [first, ...others] = attempts;
      // The job's own cadence speaks for all of them.
      if (first === undefined) return skipped(left[0] ?? ALREADY_MADE);
      return { kind: "ran", attempts: [first, ...others], schedule };
    });
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

/** Makes every copy that is due by date, whatever the hour; forks run side by side. */
export async function runScheduledBackups(context: BackupContext): Promise<Result<ScheduledBackups>> {
  const query = await queryFor(context, "daily", "by-date");
  return singleFlight(context, `scheduled: all ${utcDate(query.now)}`, async () =>
    mapped(await runDue(context, query, CADENCES), (made) => {
      const { attempts, left } = attemptsOf(made);
      const { outcomes, verdicts } = made;
      return {
        scheduler: verdicts.scheduler,
        schedule: verdicts.judged.schedule,
        checkedAt: query.now,
        outcomes: attempts.map(({ outcome }) => outcome),
        left,
        problems: outcomes.flatMap(withoutRoom),
      };
    }),
  );
}

/** What a run found due, and made of it: an outcome for each that is due, in their order. */
interface MadeBySchedule extends Made {
  readonly verdicts: Verdicts;
}

/** Makes those of some cadences that are due, and ends in one record, whatever happens. */
async function runDue(
  context: BackupContext,
  query: DueQuery,
  cadences: readonly Cadence[],
): Promise<Result<MadeBySchedule>> {
  const dato = connect(context);
  let tick: Tick = { query, paused: context.project.policy.paused, verdicts: undefined };
  return recorded(
    context,
    dato.budget,
    () => ({ trigger: "schedule", by: "schedule", tick }),
    async () => {
      const project = await readProject(context, dato);
      if (!project.ok) return project;
      const observation = project.value;
      const asked = { ...query, now: referenceTime(query.now, observation.catalog.environments) };
      const kept = new Set<string>();
      const verdicts = { ...judge(context, asked, cadences, observation), kept };
      tick = { ...tick, query: asked, verdicts };
      const due = dueIn(verdicts);
      context.observer?.began(asked, due);
      const { enabledCadences } = observation.schedule;
      const circumstances = { askedBy: "schedule", enabledCadences, kept } as const;
      const outcomes = await rotateFor(context, dato, observation, due.map(targetOf), circumstances);
      return succeeded({ outcomes, verdicts });
    },
  );
}

/** Finds out which cadences are due; their order is kept. */
function judge(
  { project, cron }: BackupContext,
  asked: DueQuery,
  cadences: readonly Cadence[],
  { catalog, scheduler, schedule, parameters, primaryTakenUntil }: FullObservation,
): Omit<Verdicts, "kept"> {
  // A fork that is being made already was begun by a run that said so.
  const isNew = (name: string) => catalog.find(name)?.status !== "creating";
  const waits = primaryTakenUntil !== undefined && mayWait(asked);
  return {
    scheduler,
    judged: { schedule, catalog, cron, parameters },
    keep: project.policy.keep,
    cadences: cadences.map((cadence) => {
      const verdict = isDue({ ...asked, cadence }, schedule, catalog, scheduler);
      if (!verdict.due) return { cadence, ...verdict };
      const isToFork = isNew(backupId(cadence, verdict.date));
      return waits && isToFork
        ? { cadence, due: false, ...RESTORE_UNDER_WAY }
        : { cadence, ...verdict, isNew: isToFork };
    }),
  };
}

function targetOf({ cadence, date, replaces }: DueCadence): Target {
  return { cadence, date, want: replaces === undefined ? "ensure" : "replace", replaces };
}

/** Tells what a run made, or tried to, from what it left alone, if only because another run came before it. */
function attemptsOf({ outcomes, verdicts }: MadeBySchedule): {
  readonly attempts: readonly Attempt[];
  readonly left: readonly Omit<NotDue, "due">[];
} {
  const due = dueIn(verdicts);
  const all = outcomes.map((outcome, index) => ({ outcome, late: due[index]?.late ?? false }));
  const notDue = verdicts.cadences.flatMap((each) => (each.due ? [] : [each]));
  return {
    attempts: all.filter(({ outcome }) => overtaken(outcome) === undefined),
    left: [...all.flatMap(({ outcome }) => overtaken(outcome) ?? []), ...notDue],
  };
}

/**
 * The record of a run that could not even begin, because the deployment's settings are wrong.
 *
 * @param sentence says what is wrong
 */
export async function misconfiguredRun(
  { token, clock, cron }: Omit<Asker, "catchUp">,
  { job, trigger }: { readonly job: Job; readonly trigger: Trigger },
  sentence: string,
): Promise<BackupRecord> {
  const query = await ask({ token, clock, cron, catchUp: true }, job, trigger);
  const result = failed({ ...INTERNAL_ERROR, sentence });
  return {
    kind: "backup",
    trigger: "schedule",
    by: "schedule",
    startedAt: query.now,
    durationMs: 0,
    calls: 0,
    status: statusOf(result),
    result,
    tick: { query, paused: false, verdicts: undefined },
  };
}

/** What a question rests on. */
interface Asker extends Pick<BackupContext, "clock" | "cron"> {
  /** The project's, on which the slots rest. */
  readonly token: string;
  readonly catchUp: boolean;
}

async function ask(
  { token, clock, cron, catchUp }: Asker,
  cadence: Cadence,
  trigger: Trigger,
): Promise<DueQuery> {
  return { cadence, now: clock.now(), mode: modeOf(trigger, cron), slots: await slotsFor(token), catchUp };
}

function queryFor({ project, clock, cron }: BackupContext, cadence: Cadence, trigger: Trigger) {
  const { token, policy } = project;
  return ask({ token, clock, cron, catchUp: policy.catchUp }, cadence, trigger);
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

const RESTORE_UNDER_WAY = { reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "restore_under_way" } as const;
const ALREADY_MADE = { reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "already_made" } as const;
