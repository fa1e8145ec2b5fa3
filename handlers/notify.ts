import {
  type BackupContext,
  createNotifier,
  LONGEST_NOTIFY_MS,
  NOTIFY_MS,
  type Notifier,
  noteMisconfigured,
  type Outcome,
} from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { TOKEN_VARIABLES, variable } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";
import type { Result } from "../utils/failures.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { continueAfterResponse } from "./continueAfterResponse.ts";
import { orThrow } from "./failures.ts";
import { backupContext, type RequestContext } from "./requestContext.ts";

/** Reserved from the run's budget for notifications. */
const RESERVED_MS = 5_000;
/** Notifications may take so much longer than the run: each host's limit lies 5 s above its budget at least. */
const LONGER_MS = 4_000;

/** The job of a scheduled run, and what triggered it. */
type Tick = Parameters<typeof noteMisconfigured>[2];

/** The context of a scheduled run; with a notifier where somebody wants notifications. */
export function notifyingContext(runtime: Runtime, logger: Logger, arrivedAt: number): BackupContext {
  const settings = readAlerts(runtime.variables);
  const isWanted = settings.channels.length > 0 || Object.keys(settings.heartbeats).length > 0;
  const budgetMs = isWanted ? runtime.budgetMs - RESERVED_MS : runtime.budgetMs;
  const service = backupContext(runtime, logger, arrivedAt, budgetMs);
  if (!isWanted && settings.problems.length === 0) return service;
  const { fetch, clock, token } = service;
  const notifier = createNotifier({ settings, logger, fetch, clock, token, sentBefore: runtime.told });
  return { ...service, notifier };
}

/**
 * The notifier of a run that could not begin because the settings are wrong.
 *
 * @returns undefined where nobody wants notifications
 */
export async function notifierOfMisconfigured(
  { variables, fetch, clock, told, cronFrequency }: Runtime,
  logger: Logger,
  tick: Tick,
  sentence: string,
): Promise<Notifier | undefined> {
  const settings = readAlerts(variables);
  if (settings.channels.length === 0 && Object.keys(settings.heartbeats).length === 0) return undefined;
  // Without a token the slot is nobody's own, but one hour of the day all the same.
  const [token = ""] = TOKEN_VARIABLES.flatMap((name) => variable(variables, name) ?? []);
  const notifier = createNotifier({ settings, logger, fetch, clock, token, sentBefore: told });
  await noteMisconfigured(notifier, { token, clock, cron: cronFrequency }, tick, sentence);
  return notifier;
}

/** Sends a run's notifications; a failure of that is logged and fails nothing. */
export async function notify(
  notifier: Pick<Notifier, "notify"> | undefined,
  { clock, budgetMs, isCron }: Pick<Runtime, "clock" | "budgetMs" | "isCron">,
  logger: Logger,
  arrivedAt: number,
  completed?: readonly Outcome[],
): Promise<void> {
  const patience = isCron ? LONGEST_NOTIFY_MS : NOTIFY_MS;
  const deadline = Math.min(clock.monotonic() + patience, arrivedAt + budgetMs + LONGER_MS);
  await notifier
    ?.notify(deadline, completed)
    .catch((error: unknown) =>
      logger.error("notification_failed", { name: error instanceof Error ? error.name : "unknown" }),
    );
}

/** A scheduled run that somebody called for; its notifications go out after the answer, where the host goes on. */
export async function runNotifying<T>(
  context: RequestContext,
  tick: Tick,
  run: (service: BackupContext) => Promise<Result<T>>,
  outcomesOf: (result: T) => readonly Outcome[],
): Promise<T> {
  const { env, var: variables } = context;
  const { logger, arrivedAt } = variables;
  let notifier: Notifier | undefined;
  let completed: Promise<readonly Outcome[]> | undefined;
  try {
    const service = notifyingContext(env, logger, arrivedAt);
    notifier = service.notifier;
    const result = orThrow(await run(service));
    completed = continueAfterResponse(context, outcomesOf(result), "schedule");
    return result;
  } catch (error) {
    if (notifier === undefined && error instanceof ServiceError)
      notifier = await notifierOfMisconfigured(env, logger, tick, error.message);
    throw error;
  } finally {
    await notifyAfterwards(context, notifier, completed);
  }
}

async function notifyAfterwards(
  { env, var: { logger, arrivedAt } }: RequestContext,
  notifier: Notifier | undefined,
  completed: Promise<readonly Outcome[]> | undefined,
): Promise<void> {
  const { afterAnswer, clock } = env;
  if (afterAnswer === undefined) return notify(notifier, env, logger, arrivedAt);
  if (notifier === undefined) return;
  // Nobody waits any more, as for a cron.
  const host = { clock, budgetMs: LONGEST_NOTIFY_MS, isCron: true };
  afterAnswer.keep(
    Promise.resolve(completed).then((outcomes) =>
      notify(notifier, host, logger, clock.monotonic(), outcomes),
    ),
  );
}
