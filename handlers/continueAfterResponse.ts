import type { Asked, Outcome } from "../services/backupService.ts";
import { valueIn } from "../utils/failures.ts";
import { type RequestContext, serviceOf } from "./requestContext.ts";

/**
 * Completes backups that were still in the making when their answer went out, as long as the host allows; the next
 * tick completes the others.
 *
 * @param asked who asked for the run that began them
 * @returns their outcomes; undefined where nothing goes on. Never rejects
 */
export function continueAfterResponse(
  context: RequestContext,
  outcomes: readonly Outcome[],
  asked: Asked,
): Promise<readonly Outcome[]> | undefined {
  const { afterAnswer, clock } = context.env;
  const creating = outcomes.filter(({ kind }) => kind === "creating");
  if (afterAnswer === undefined || creating.length === 0) return undefined;
  const { logger } = context.var;
  const runtime = { ...context.env, budgetMs: afterAnswer.budgetMs };
  const service = serviceOf(runtime, logger, clock.monotonic());
  const completed = service.complete(creating, asked).then(
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
