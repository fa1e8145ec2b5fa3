import {
  type Outcome,
  runBackup,
  runInitialization,
  runScheduledBackups,
  runScheduledDailyBackup,
  runScheduledWeeklyBackup,
  type ScheduledBackups,
  type ScheduledRun,
} from "../services/backupService.ts";
import type { ServiceError } from "../utils/errors.ts";
import {
  errorAnswer,
  failureOf,
  iso,
  isSuccess,
  resultOf,
  scheduleAnswer,
  skipAnswer,
  type Unsuccessful,
} from "./answers.ts";
import { contextOf, type Exchange } from "./exchange.ts";
import { errorOf, orThrow } from "./failures.ts";
import { goOn } from "./goOn.ts";
import { limitReused } from "./reused.ts";
import { runRequest } from "./runRequest.ts";
import { telling } from "./tell.ts";

/** The daily job: by schedule on GET, at once on POST or when forced. */
export function dailyBackup(exchange: Exchange): Promise<Response> {
  return job(exchange, "daily");
}

/** The weekly job; see `dailyBackup`. */
export function weeklyBackup(exchange: Exchange): Promise<Response> {
  return job(exchange, "weekly");
}

async function job(exchange: Exchange, cadence: "daily" | "weekly"): Promise<Response> {
  const { forced } = await runRequest(exchange);
  const { isCron, cadenceMode, jobCalls } = exchange.env;
  if (forced || exchange.req.method === "POST" || jobCalls === "at-once") {
    const askedBy = askerOf(exchange);
    const outcome = orThrow(await runBackup(contextOf(exchange), { cadence, forced, askedBy }));
    limitReused(exchange, [outcome]);
    goOn(exchange, [outcome], askedBy);
    return exchange.json(runAnswer(outcome));
  }
  // Only a cron that comes once a day must not be asked for the right hour.
  const mode = isCron && cadenceMode === "daily" ? "date" : "slot";
  const scheduled = cadence === "daily" ? runScheduledDailyBackup : runScheduledWeeklyBackup;
  const run = await telling(
    exchange,
    { job: cadence, mode },
    (context) => scheduled(context, mode),
    (each) => (each.kind === "ran" ? each.attempts.map(({ outcome }) => outcome) : []),
  );
  return exchange.json(scheduledAnswer(run));
}

function askerOf({ var: { access } }: Exchange) {
  return access.kind === "open" ? ("anybody-by-job" as const) : ("holder" as const);
}

/**
 * The answer to a run by hand.
 *
 * @throws ServiceError when there is no copy to show
 */
export function runAnswer(outcome: Outcome) {
  if (!isSuccess(outcome)) throw failed(outcome);
  return { ok: true, result: resultOf(outcome) };
}

/**
 * The answer to a tick.
 *
 * @throws ServiceError when a copy was due and there is none to show
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

/** Makes what today lacks of daily and weekly. */
export async function initialize(exchange: Exchange): Promise<Response> {
  await runRequest(exchange);
  const askedBy = askerOf(exchange);
  const outcomes = orThrow(await runInitialization(contextOf(exchange), askedBy));
  limitReused(exchange, outcomes);
  goOn(exchange, outcomes, askedBy);
  const result = Object.fromEntries(
    outcomes.map((outcome) => [outcome.cadence, isSuccess(outcome) ? resultOf(outcome) : entryOf(outcome)]),
  );
  const failure = outcomes.find((outcome) => !isSuccess(outcome));
  if (failure !== undefined && !isSuccess(failure)) throw errorOf(failureOf(failure), { result });
  const isReady = outcomes.every((outcome) => outcome.kind === "done");
  return exchange.json({
    ok: true,
    message: isReady
      ? "Initialization completed successfully!"
      : "Initialization is under way: DatoCMS is still making the copies. Call this again to see them ready.",
    result,
  });
}

function entryOf(outcome: Unsuccessful) {
  const { cause, sentence, facts } = failureOf(outcome);
  return errorAnswer(cause, sentence, { ...facts, ...doneBy(outcome) });
}

/** What a run without a copy has done all the same. */
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
export async function scheduledBackups(exchange: Exchange): Promise<Response> {
  await runRequest(exchange);
  const { scheduler, schedule, checkedAt, outcomes, left, problems } = await telling(
    exchange,
    { job: "daily", mode: "date" },
    runScheduledBackups,
    (each) => each.outcomes,
  );
  const { provider, cadenceMode } = exchange.env;
  const isSkipped = outcomes.length === 0;
  const result = {
    scheduler: { provider, cadence: cadenceMode, ...scheduler },
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
  if (failures.length === 0) return exchange.json({ ok: true, result });
  const error = errorAnswer(
    "SCHEDULED_BACKUPS_PARTIAL_FAILURE",
    `No copy could be made for: ${failures.join(", ")}. Each cause stands beside its scope.`,
    { failedScopes: failures, requestId: exchange.var.requestId },
  );
  return exchange.json({ ok: false, error, result }, 500);
}
