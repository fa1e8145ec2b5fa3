import type {
  BackupService,
  ByHand,
  Outcome,
  ScheduledBackups,
  ScheduledRun,
} from "../services/backupService.ts";
import type { Job } from "../utils/cron.ts";
import {
  errorAnswer,
  failureOf,
  iso,
  isSuccess,
  resultOf,
  scheduleAnswer,
  schedulerAnswer,
  skipAnswer,
  type Unsuccessful,
} from "./answers.ts";
import { continueAfterResponse } from "./continueAfterResponse.ts";
import { errorOf, orThrow } from "./failures.ts";
import { runNotifying } from "./notify.ts";
import { type RequestContext, serviceFor } from "./requestContext.ts";
import { limitReused } from "./reused.ts";
import type { RunRequest } from "./runRequest.ts";
import type { ServiceError } from "./serviceError.ts";

/** The daily job: by schedule on GET, at once on POST or when forced. */
export function dailyBackup(context: RequestContext, asked: RunRequest): Promise<Response> {
  return job(context, "daily", asked);
}

/** The weekly job; see `dailyBackup`. */
export function weeklyBackup(context: RequestContext, asked: RunRequest): Promise<Response> {
  return job(context, "weekly", asked);
}

async function job(context: RequestContext, cadence: Job, { forced }: RunRequest): Promise<Response> {
  const { isCron, jobCalls } = context.env;
  if (forced || context.req.method === "POST" || jobCalls === "at-once") {
    const service = serviceFor(context);
    const asked = askerOf(service);
    const outcome = orThrow(await service.backup({ cadence, forced, ...asked }));
    limitReused(context, [outcome]);
    continueAfterResponse(context, [outcome], asked);
    return context.json(runAnswer(outcome));
  }
  const trigger = isCron ? "cron" : "call";
  const run = await runNotifying(
    context,
    { job: cadence, trigger },
    (service) => service.tick(cadence, trigger),
    (each) => (each.kind === "ran" ? each.attempts.map(({ outcome }) => outcome) : []),
  );
  return context.json(scheduledAnswer(run));
}

function askerOf({ project: { secrets } }: BackupService): ByHand {
  return { by: secrets.kind === "open" ? "anybody-by-job" : "holder", trigger: "hand" };
}

/**
 * The answer to a run by hand.
 *
 * @throws ServiceError when there is no backup to show
 */
export function runAnswer(outcome: Outcome) {
  if (!isSuccess(outcome)) throw failed(outcome);
  return { ok: true, result: resultOf(outcome) };
}

/**
 * The answer to a tick.
 *
 * @throws ServiceError when a backup was due and there is none to show
 */
export function scheduledAnswer(run: ScheduledRun) {
  if (run.kind === "skipped") return skipAnswer(run);
  const { attempts, schedule } = run;
  const results = attempts.flatMap(({ outcome, late }) =>
    isSuccess(outcome) ? [{ ...resultOf(outcome), ...(late && { late: true as const }) }] : [],
  );
  const [failure, ...others] = attempts.flatMap(({ outcome }) => (isSuccess(outcome) ? [] : [outcome]));
  if (failure !== undefined)
    throw failed(failure, {
      ...(results.length > 0 && { results }),
      ...(others.length > 0 && {
        failures: others.map((other) => ({ scope: other.cadence, ...entryOf(other) })),
      }),
    });
  const [result] = results;
  return { ok: true, result, ...(attempts.length > 1 && { results }), schedule };
}

/** @param beside what else stands in the answer's details */
function failed(outcome: Unsuccessful, beside: Record<string, unknown> = {}): ServiceError {
  const { cadence, environmentId } = outcome;
  return errorOf(failureOf(outcome), { scope: cadence, environmentId, ...doneBy(outcome), ...beside });
}

/** Makes today's daily and weekly backup where they are missing. */
export async function initialize(context: RequestContext): Promise<Response> {
  const service = serviceFor(context);
  const asked = askerOf(service);
  const outcomes = orThrow(await service.initialize(asked));
  limitReused(context, outcomes);
  continueAfterResponse(context, outcomes, asked);
  const result = Object.fromEntries(
    outcomes.map((outcome) => [outcome.cadence, isSuccess(outcome) ? resultOf(outcome) : entryOf(outcome)]),
  );
  const failure = outcomes.find((outcome) => !isSuccess(outcome));
  if (failure !== undefined && !isSuccess(failure)) throw errorOf(failureOf(failure), { result });
  const isReady = outcomes.every((outcome) => outcome.kind === "done");
  return context.json({
    ok: true,
    message: isReady
      ? "Initialization completed successfully!"
      : "Initialization is under way: DatoCMS is still making the backups. Call this again to see them ready.",
    result,
  });
}

function entryOf(outcome: Unsuccessful) {
  const { cause, sentence, facts } = failureOf(outcome);
  return errorAnswer(cause, sentence, { ...facts, ...doneBy(outcome) });
}

/** The deeds of a run that left no backup. */
function doneBy({ deleted, problems }: Unsuccessful) {
  return {
    ...(deleted.length > 0 && { deletedEnvironmentIds: deleted }),
    ...(problems.length > 0 && { problems }),
  };
}

/** Reasons that say more than that nothing is due. */
const NOT_BY_DATE = ["SCHEDULER_DISABLED", "TARGET_IS_PRIMARY"] as const;

function reasonOf(left: ScheduledBackups["left"]) {
  return NOT_BY_DATE.find((reason) => left.some((each) => each.reason === reason)) ?? "NOT_DUE";
}

/** Runs every cadence that is due by date, whatever the hour. */
export async function scheduledBackups(context: RequestContext): Promise<Response> {
  const { scheduler, schedule, checkedAt, outcomes, left, problems } = await runNotifying(
    context,
    { job: "daily", trigger: "by-date" },
    (service) => service.runByDate(),
    (each) => each.outcomes,
  );
  const isSkipped = outcomes.length === 0;
  const result = {
    scheduler: schedulerAnswer(context.env, scheduler),
    schedule: scheduleAnswer(schedule),
    checkedAt: iso(checkedAt),
    skipped: isSkipped,
    ...(isSkipped && { reason: reasonOf(left) }),
    ...(problems.length > 0 && { problems }),
    results: outcomes.map((outcome) =>
      isSuccess(outcome)
        ? {
            scope: outcome.cadence,
            status: outcome.kind === "done" ? ("executed" as const) : ("creating" as const),
            result: resultOf(outcome),
          }
        : { scope: outcome.cadence, status: "failed" as const, error: entryOf(outcome) },
    ),
  };
  const failures = outcomes.filter((outcome) => !isSuccess(outcome)).map(({ cadence }) => cadence);
  if (failures.length === 0) return context.json({ ok: true, result });
  const error = errorAnswer(
    "SCHEDULED_BACKUPS_PARTIAL_FAILURE",
    `No backup could be made for: ${failures.join(", ")}. Each cause stands beside its scope.`,
    { failedScopes: failures, requestId: context.var.requestId },
  );
  return context.json({ ok: false, error, result }, 500);
}
