import type { Context } from "hono";
import type { BackupContext, MetricsFacts } from "../services/backupService.ts";
import { LOOK_MAX_AGE_MS, resolveApiToken } from "../services/backupService.ts";
import type { Access } from "../utils/auth.ts";
import { readConfig } from "../utils/config.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import type { ReusedAnswers } from "./reused.ts";

/** The values that Hono carries through one request. */
export interface AppEnv {
  Bindings: Runtime;
  Variables: {
    /** Stands in the log and in answers to failures, so that the two can be brought together. */
    requestId: string;
    /** On the clock's monotonic scale. */
    arrivedAt: number;
    logger: Logger;
    access: Access;
    /** The process's memory for `limitReused`. */
    reusedAnswers: ReusedAnswers;
    /** The latest answer that called DatoCMS; undefined where there was none. */
    lastAnswer: () => MetricsFacts["lastAnswer"];
    /** The documented path of the route that took the request; unset where none did. */
    route: string | undefined;
  };
}

export type RequestContext = Context<AppEnv>;

/**
 * Gathers what the services need for a request.
 *
 * @param budgetMs for callers with less patience than the host
 * @throws ServiceError 500 `MISSING_API_TOKEN` or `INVALID_CONFIGURATION`
 */
export function serviceContext(context: RequestContext, budgetMs?: number): BackupContext {
  return backupContext(context.env, context.var.logger, context.var.arrivedAt, budgetMs);
}

/**
 * The same for those who only look. They share what others have just read, unless they ask by
 * `Cache-Control: no-cache` for what is there now.
 *
 * @param maxAgeMs how old it may be
 */
export function lookContext(context: RequestContext, budgetMs: number, maxAgeMs?: number): BackupContext {
  return { ...serviceContext(context, budgetMs), maxAgeMs: maxAgeFor(context, maxAgeMs) };
}

/** The age in ms up to which a read of this process will do for a request that only looks. */
export function maxAgeFor(context: RequestContext, maxAgeMs = LOOK_MAX_AGE_MS): number {
  return /\bno-cache\b/i.test(context.req.header("cache-control") ?? "") ? 0 : maxAgeMs;
}

/** The same where there is no request: for crons. */
export function backupContext(
  runtime: Runtime,
  logger: Logger,
  arrivedAt: number,
  budgetMs = runtime.budgetMs,
): BackupContext {
  return {
    token: resolveApiToken(runtime.variables),
    config: readConfig(runtime.variables),
    clock: runtime.clock,
    limits: {
      deadline: arrivedAt + Math.min(budgetMs, runtime.budgetMs),
      maxCalls: runtime.maxCalls,
      isAwaited: !runtime.isCron,
      stop: runtime.stop,
    },
    cron: runtime.cronFrequency,
    logger,
    fetch: runtime.fetch,
    inFlight: runtime.inFlight,
    reads: runtime.reads,
  };
}
