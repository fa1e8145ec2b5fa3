import { type AskedBy, completeBackups, type Outcome } from "../services/backupService.ts";
import { valueIn } from "../utils/failures.ts";
import { backupContext, type Exchange } from "./exchange.ts";

/**
 * Sees copies through that were still in the making when their answer went out, as long as the host allows.
 * Where it does not, or ends sooner, the next tick does it.
 *
 * @param askedBy whoever asked for the run that began them
 * @returns what becomes of them; undefined where nothing goes on. Never rejects
 */
export function goOn(
  exchange: Exchange,
  outcomes: readonly Outcome[],
  askedBy: AskedBy,
): Promise<Outcome[]> | undefined {
  const { afterAnswer, clock } = exchange.env;
  const creating = outcomes.filter(({ kind }) => kind === "creating");
  if (afterAnswer === undefined || creating.length === 0) return undefined;
  const { logger } = exchange.var;
  const runtime = { ...exchange.env, budgetMs: afterAnswer.budgetMs };
  const context = backupContext(runtime, logger, clock.monotonic());
  const completed = completeBackups(context, creating, askedBy).then(
    (result) => {
      if (!result.ok) logger.error("not_completed", { name: result.failure.cause });
      return valueIn(result) ?? [];
    },
    (error: unknown) => {
      logger.error("not_completed", { name: error instanceof Error ? error.name : "unknown" });
      return [];
    },
  );
  afterAnswer.keep(completed);
  return completed;
}
