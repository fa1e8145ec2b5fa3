import {
  type BackupRecord,
  type BackupService,
  createNotifier,
  LONGEST_NOTIFY_MS,
  misconfiguredRun,
  NOTIFY_MS,
  type Outcome,
  projectFrom,
} from "../services/backupService.ts";
import { type AlertSettings, readAlerts } from "../utils/alertSettings.ts";
import { TOKEN_VARIABLES, variable } from "../utils/config.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import type { Refusal } from "../utils/refusals.ts";
import { continueAfterResponse } from "./continueAfterResponse.ts";
import { orThrow } from "./failures.ts";
import { type AppRuntime, type RequestContext, serviceOf } from "./requestContext.ts";

/** Reserved from the run's budget for notifications. */
const RESERVED_MS = 5_000;
/** Notifications may take so much longer than the run: each host's limit lies 5 s above its budget at least. */
const LONGER_MS = 4_000;

/** The job of a scheduled run, and what triggered it. */
type Tick = Parameters<typeof misconfiguredRun>[1];

/** Sends the notifications of a run that is over. */
export type Send = (deadline: number, completed?: readonly Outcome[]) => Promise<void>;

/** A scheduled run's service, and what there is to send once the run is over. */
export interface WatchedRun {
  readonly service: Result<BackupService, Refusal>;
  /** Undefined where nobody wants notifications. */
  readonly send: Send | undefined;
}

/** The service of a scheduled run; where the settings are wrong there is none, and that is what there is to send. */
export async function watched(
  runtime: AppRuntime,
  logger: Logger,
  arrivedAt: number,
  tick: Tick,
): Promise<WatchedRun> {
  const found = projectFrom(runtime.variables);
  if (!found.ok)
    return { service: found, send: await misconfigured(runtime, logger, tick, found.failure.sentence) };
  const project = found.value;
  const { channels: settings, token } = project;
  const budgetMs = isWanted(settings) ? runtime.budgetMs - RESERVED_MS : runtime.budgetMs;
  if (!isWanted(settings) && settings.problems.length === 0) {
    const service = serviceOf(runtime, logger, arrivedAt, { budgetMs }, project);
    return { service: succeeded(service), send: undefined };
  }
  const { fetch, clock, sentBefore } = runtime;
  const notifier = createNotifier({ settings, logger, fetch, clock, token, sentBefore });
  let record: BackupRecord | undefined;
  const observer = {
    began: notifier.began,
    ended(ended: BackupRecord) {
      record = ended;
    },
  };
  return {
    service: succeeded(serviceOf(runtime, logger, arrivedAt, { budgetMs, observer }, project)),
    send: async (deadline, completed) => notifier.notify(record, deadline, completed),
  };
}

function isWanted({ channels, heartbeats }: AlertSettings): boolean {
  return channels.length > 0 || Object.keys(heartbeats).length > 0;
}

/**
 * Sends the notifications of a run that could not begin because the settings are wrong.
 *
 * @returns undefined where nobody wants notifications
 */
async function misconfigured(
  { variables, fetch, clock, sentBefore, cronFrequency }: Runtime,
  logger: Logger,
  tick: Tick,
  sentence: string,
): Promise<Send | undefined> {
  const settings = readAlerts(variables);
  if (!isWanted(settings)) return undefined;
  // Without a token the slot is nobody's own, but one hour of the day all the same.
  const [token = ""] = TOKEN_VARIABLES.flatMap((name) => variable(variables, name) ?? []);
  const notifier = createNotifier({ settings, logger, fetch, clock, token, sentBefore });
  const record = await misconfiguredRun({ token, clock, cron: cronFrequency }, tick, sentence);
  return (deadline) => notifier.notify(record, deadline);
}

/** Sends a run's notifications; a failure of that is logged and fails nothing. */
export async function notify(
  send: Send | undefined,
  { clock, budgetMs, isCron }: Pick<Runtime, "clock" | "budgetMs" | "isCron">,
  logger: Logger,
  arrivedAt: number,
  completed?: readonly Outcome[],
): Promise<void> {
  const patience = isCron ? LONGEST_NOTIFY_MS : NOTIFY_MS;
  const deadline = Math.min(clock.monotonic() + patience, arrivedAt + budgetMs + LONGER_MS);
  await send?.(deadline, completed).catch((error: unknown) =>
    logger.error("notification_failed", { name: error instanceof Error ? error.name : "unknown" }),
  );
}

const BY_SCHEDULE = { by: "schedule", trigger: "schedule" } as const;

/** A scheduled run that somebody called for; its notifications go out after the answer, where the host goes on. */
export async function runNotifying<T>(
  context: RequestContext,
  tick: Tick,
  run: (service: BackupService) => Promise<Result<T>>,
  outcomesOf: (result: T) => readonly Outcome[],
): Promise<T> {
  const { env, var: variables } = context;
  const { logger, arrivedAt } = variables;
  let send: Send | undefined;
  let completed: Promise<readonly Outcome[]> | undefined;
  try {
    const watch = await watched(env, logger, arrivedAt, tick);
    send = watch.send;
    const result = orThrow(await run(orThrow(watch.service)));
    completed = continueAfterResponse(context, outcomesOf(result), BY_SCHEDULE);
    return result;
  } finally {
    await notifyAfterwards(context, send, completed);
  }
}

async function notifyAfterwards(
  { env, var: { logger, arrivedAt } }: RequestContext,
  send: Send | undefined,
  completed: Promise<readonly Outcome[]> | undefined,
): Promise<void> {
  const { afterAnswer, clock } = env;
  if (afterAnswer === undefined) return notify(send, env, logger, arrivedAt);
  if (send === undefined) return;
  // Nobody waits any more, as for a cron.
  const host = { clock, budgetMs: LONGEST_NOTIFY_MS, isCron: true };
  afterAnswer.keep(
    Promise.resolve(completed).then((outcomes) => notify(send, host, logger, clock.monotonic(), outcomes)),
  );
}
