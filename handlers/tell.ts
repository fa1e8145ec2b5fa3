import {
  type BackupContext,
  createNotifier,
  LONGEST_NOTIFY_MS,
  NOTIFY_MS,
  type Notifier,
  type Outcome,
  tellMisconfigured,
} from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { TOKEN_VARIABLES, variable } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";
import type { Result } from "../utils/failures.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { backupContext, type Exchange } from "./exchange.ts";
import { orThrow } from "./failures.ts";
import { goOn } from "./goOn.ts";

/** A run that is told ends so much sooner, to leave time for it. */
const SOONER_MS = 5_000;
/** Notices may take so much longer than the run: each host's limit lies 5 s above its budget at least. */
const LONGER_MS = 4_000;

/** What a scheduled run rests on; `notices` where somebody is to be told. */
export function toldContext(runtime: Runtime, logger: Logger, arrivedAt: number): BackupContext {
  const settings = readAlerts(runtime.variables);
  const isTold = settings.channels.length > 0 || Object.keys(settings.heartbeats).length > 0;
  const budgetMs = isTold ? runtime.budgetMs - SOONER_MS : runtime.budgetMs;
  const context = backupContext(runtime, logger, arrivedAt, budgetMs);
  if (!isTold && settings.problems.length === 0) return context;
  const { fetch, clock, token } = context;
  const { told } = runtime;
  return { ...context, notices: createNotifier({ settings, logger, fetch, clock, token, sentBefore: told }) };
}

/**
 * What a run has to tell that ended before it began, because the settings are wrong.
 *
 * @returns undefined where nobody is told
 */
export async function noticesOfMisconfigured(
  { variables, fetch, clock, told }: Runtime,
  logger: Logger,
  tick: Parameters<typeof tellMisconfigured>[2],
  sentence: string,
): Promise<Notifier | undefined> {
  const settings = readAlerts(variables);
  if (settings.channels.length === 0 && Object.keys(settings.heartbeats).length === 0) return undefined;
  // Without a token the slot is nobody's own, but one hour of the day all the same.
  const [token = ""] = TOKEN_VARIABLES.flatMap((name) => variable(variables, name) ?? []);
  const notices = createNotifier({ settings, logger, fetch, clock, token, sentBefore: told });
  await tellMisconfigured(notices, { token, clock }, tick, sentence);
  return notices;
}

/** Tells what there is to tell; a failure of it is nobody's but the log's. */
export async function tell(
  notices: Pick<Notifier, "notify"> | undefined,
  { clock, budgetMs, isCron }: Pick<Runtime, "clock" | "budgetMs" | "isCron">,
  logger: Logger,
  arrivedAt: number,
  completed?: readonly Outcome[],
): Promise<void> {
  const patience = isCron ? LONGEST_NOTIFY_MS : NOTIFY_MS;
  const deadline = Math.min(clock.monotonic() + patience, arrivedAt + budgetMs + LONGER_MS);
  await notices
    ?.notify(deadline, completed)
    .catch((error: unknown) =>
      logger.error("notification_failed", { name: error instanceof Error ? error.name : "unknown" }),
    );
}

/**
 * A scheduled run that somebody called for: it is told after the answer, where the host goes on.
 *
 * @param tick the job, and how it was asked
 */
export async function telling<T>(
  exchange: Exchange,
  tick: Parameters<typeof tellMisconfigured>[2],
  run: (context: BackupContext) => Promise<Result<T>>,
  outcomesOf: (result: T) => readonly Outcome[],
): Promise<T> {
  const { env, var: variables } = exchange;
  const { logger, arrivedAt } = variables;
  let notices: Notifier | undefined;
  let completed: Promise<readonly Outcome[]> | undefined;
  try {
    const context = toldContext(env, logger, arrivedAt);
    notices = context.notices;
    const result = orThrow(await run(context));
    completed = goOn(exchange, outcomesOf(result), "schedule");
    return result;
  } catch (error) {
    if (notices === undefined && error instanceof ServiceError)
      notices = await noticesOfMisconfigured(env, logger, tick, error.message);
    throw error;
  } finally {
    await tellAfter(exchange, notices, completed);
  }
}

async function tellAfter(
  { env, var: { logger, arrivedAt } }: Exchange,
  notices: Notifier | undefined,
  completed: Promise<readonly Outcome[]> | undefined,
): Promise<void> {
  const { afterAnswer, clock } = env;
  if (afterAnswer === undefined) return tell(notices, env, logger, arrivedAt);
  if (notices === undefined) return;
  // Nobody waits any more, as for a cron.
  const host = { clock, budgetMs: LONGEST_NOTIFY_MS, isCron: true };
  afterAnswer.keep(
    Promise.resolve(completed).then((outcomes) => tell(notices, host, logger, clock.monotonic(), outcomes)),
  );
}
