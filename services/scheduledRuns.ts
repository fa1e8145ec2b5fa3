import { CADENCES, type Cadence, type Config } from "../utils/config.ts";
import { type Job, jobOf } from "../utils/cron.ts";
import { INTERNAL_ERROR, type Result, succeeded } from "../utils/failures.ts";
import type { Outcome, Problem } from "./backup/outcome.ts";
import { backupId, utcDate } from "./catalog/names.ts";
import { type BackupContext, connect, type Dato, readProject, singleFlight } from "./context.ts";
import type { CadenceRecord, RunObserver, RunRecord } from "./history/record.ts";
import { rotateFor } from "./runs.ts";
import {
  type DueQuery,
  isAwake,
  isDue,
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
  const query = await ask(context, job, trigger);
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
    const run = await runDue(context, query, cadences);
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

/** Makes every copy that is due by date, whatever the hour; forks run side by side. */
export async function runScheduledBackups(context: BackupContext): Promise<Result<ScheduledBackups>> {
  const query = await ask(context, "daily", "by-date");
  return singleFlight(context, `scheduled: all ${utcDate(query.now)}`, async () => {
    const run = await runDue(context, query, CADENCES);
    if (!run.ok) return run;
    const { attempts, records: _, ...rest } = run.value;
    const outcomes = attempts.map(({ outcome }) => outcome);
    return succeeded({ ...rest, checkedAt: query.now, outcomes });
  });
}

/** Makes those of some cadences that are due, and ends in one record, whatever happens. */
async function runDue(context: BackupContext, query: DueQuery, cadences: readonly Cadence[]) {
  const { observer, clock, config } = context;
  const beganAt = clock.monotonic();
  const dato = connect(context);
  let progress: Pick<RunRecord, "query" | "due"> = { query, due: undefined };
  const began: RunObserver["began"] = (asked, due) => {
    progress = { query: asked, due };
    observer?.began(asked, due);
  };
  const end = (failure: RunRecord["failure"], records: readonly CadenceRecord[] = []) => {
    // Where the schedule is paused, nobody misses a run that broke.
    if (failure !== undefined && config.paused) return;
    const durationMs = clock.monotonic() - beganAt;
    observer?.ended({ ...progress, cadences: records, failure, durationMs, calls: dato.budget.callsMade() });
  };
  try {
    const run = await makeDue(context, dato, query, cadences, began);
    if (run.ok) end(undefined, run.value.records);
    else end(run.failure);
    return run;
  } catch (error) {
    end(INTERNAL_ERROR);
    throw error;
  }
}

/**
 * The record of a run that could not even begin, because the deployment's settings are wrong.
 *
 * @param token the project's, on which the slots rest
 * @param sentence says what is wrong
 */
export async function misconfiguredRun(
  { token, clock, cron }: Pick<BackupContext, "token" | "clock" | "cron">,
  { job, trigger }: { readonly job: Job; readonly trigger: Trigger },
  sentence: string,
): Promise<RunRecord> {
  const query = await ask({ token, clock, cron, config: { catchUp: true } }, job, trigger);
  const failure = { cause: INTERNAL_ERROR.cause, sentence };
  return { query, due: undefined, cadences: [], failure, durationMs: 0, calls: 0 };
}

/** The most important first. */
async function makeDue(
  context: BackupContext,
  dato: Dato,
  query: DueQuery,
  cadences: readonly Cadence[],
  began: RunObserver["began"],
) {
  const { config, cron } = context;
  const project = await readProject(context, dato);
  if (!project.ok) return project;
  const observation = project.value;
  const { catalog, scheduler, schedule, parameters } = observation;
  const asked = { ...query, now: referenceTime(query.now, catalog.environments) };
  const verdicts = cadences.map((cadence) => ({
    cadence,
    verdict: isDue({ ...asked, cadence }, schedule, catalog, scheduler),
  }));
  const due = verdicts.flatMap(({ cadence, verdict }) => (verdict.due ? [{ cadence, ...verdict }] : []));
  // A fork that is being made already was begun by a run that said so.
  const isInTheMaking = (name: string) => catalog.find(name)?.status === "creating";
  began(
    asked,
    due.map(({ cadence, date }) => ({ cadence, isNew: !isInTheMaking(backupId(cadence, date)) })),
  );
  const targets = due.map(
    ({ cadence, date, replaces }) =>
      ({
        cadence,
        date,
        want: replaces === undefined ? "ensure" : "replace",
        replaces,
      }) as const,
  );
  const kept = new Set<string>();
  const outcomes = await rotateFor(context, dato, observation, targets, {
    askedBy: "schedule",
    enabledCadences: schedule.enabledCadences,
    kept,
  });
  const { keep } = config;
  const judged = { schedule, catalog, cron, parameters };
  const records = verdicts.map(
    ({ cadence, verdict }): CadenceRecord => ({
      query: { ...asked, cadence },
      scheduler,
      judged,
      keep,
      kept,
      verdict,
      outcome: outcomes.find((outcome) => outcome.cadence === cadence),
    }),
  );
  const all = outcomes.map((outcome, index) => ({ outcome, late: due[index]?.late ?? false }));
  const left = verdicts.flatMap(({ verdict }) => (verdict.due ? [] : [verdict]));
  return succeeded({
    records,
    scheduler,
    schedule,
    attempts: all.filter(({ outcome }) => overtaken(outcome) === undefined),
    left: [...all.flatMap(({ outcome }) => overtaken(outcome) ?? []), ...left],
    problems: outcomes.flatMap(withoutRoom),
  });
}

type Asker = Pick<BackupContext, "token" | "clock" | "cron"> & { readonly config: Pick<Config, "catchUp"> };

async function ask(
  { token, clock, cron, config }: Asker,
  cadence: Cadence,
  trigger: Trigger,
): Promise<DueQuery> {
  const mode = modeOf(trigger, cron);
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
