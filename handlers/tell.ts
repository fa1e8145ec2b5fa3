import {
  type BackupContext,
  type Notices,
  noticesOf,
  type Outcome,
  TELL_MS,
  tellMisconfigured,
} from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { TOKEN_VARIABLES, variable } from "../utils/config.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { backupContext, type Exchange } from "./exchange.ts";
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
  return { ...context, notices: noticesOf({ settings, logger, fetch, clock, token }) };
}

/**
 * What a tick has to tell that ended before it began, because the settings are wrong.
 *
 * @returns undefined where nobody is told, or without a token: then only the log and a missing heartbeat tell
 */
export async function noticesOfMisconfigured(
  { variables, fetch, clock }: Runtime,
  logger: Logger,
  tick: Parameters<typeof tellMisconfigured>[2],
  sentence: string,
): Promise<Notices | undefined> {
  const settings = readAlerts(variables);
  if (settings.channels.length === 0 && Object.keys(settings.heartbeats).length === 0) return undefined;
  const [token] = TOKEN_VARIABLES.flatMap((name) => variable(variables, name) ?? []);
  if (token === undefined) return undefined;
  const notices = noticesOf({ settings, logger, fetch, clock, token });
  await tellMisconfigured(notices, { token, clock }, tick, sentence);
  return notices;
}

/** Tells what there is to tell; a failure of it is nobody's but the log's. */
export async function tell(
  notices: Pick<Notices, "tell"> | undefined,
  { clock, budgetMs }: Pick<Runtime, "clock" | "budgetMs">,
  logger: Logger,
  arrivedAt: number,
  completed?: readonly Outcome[],
): Promise<void> {
  const deadline = Math.min(clock.monotonic() + TELL_MS, arrivedAt + budgetMs + LONGER_MS);
  await notices
    ?.tell(deadline, completed)
    .catch((error: unknown) =>
      logger.error("not_told", { name: error instanceof Error ? error.name : "unknown" }),
    );
}

/** A scheduled run that somebody called for: it is told after the answer, where the host goes on. */
export async function telling<T>(
  exchange: Exchange,
  run: (context: BackupContext) => Promise<T>,
  outcomesOf: (result: T) => readonly Outcome[],
): Promise<T> {
  const { env, var: variables } = exchange;
  const { logger, arrivedAt } = variables;
  const context = toldContext(env, logger, arrivedAt);
  let completed: Promise<readonly Outcome[]> | undefined;
  try {
    const result = await run(context);
    completed = goOn(exchange, outcomesOf(result));
    return result;
  } finally {
    const { afterAnswer, clock } = env;
    if (context.notices !== undefined && afterAnswer !== undefined)
      afterAnswer.keep(
        Promise.resolve(completed).then((outcomes) =>
          tell(context.notices, { clock, budgetMs: TELL_MS }, logger, clock.monotonic(), outcomes),
        ),
      );
    else await tell(context.notices, env, logger, arrivedAt);
  }
}
