import type { ScheduledRun } from "../services/backupService.ts";
import type { Job } from "../utils/cron.ts";
import { errorOf } from "./failures.ts";
import { notify, type Send, watched } from "./notify.ts";
import type { AppRuntime } from "./requestContext.ts";

/**
 * One tick of a host's cron. Nobody reads an answer, so everything goes to the log; the next tick makes up for one
 * that fails.
 *
 * @returns what the tick came to; undefined when it failed
 */
export async function runTick(job: Job, runtime: AppRuntime): Promise<ScheduledRun | undefined> {
  const logger = runtime.logger.with({ runId: crypto.randomUUID(), job });
  const arrivedAt = runtime.clock.monotonic();
  let send: Send | undefined;
  try {
    const watch = await watched(runtime, logger, arrivedAt, { job, trigger: "cron" });
    send = watch.send;
    const { service } = watch;
    const result = service.ok ? await service.value.tick(job, "cron") : service;
    if (!result.ok) {
      const { cause, sentence } = result.failure;
      logger.error("tick_failed", { code: errorOf(result.failure).code, cause, sentence });
      return undefined;
    }
    const run = result.value;
    if (run.kind === "skipped") logger.info("tick_skipped", { reason: run.reason, because: run.because });
    return run;
  } catch (error) {
    logger.error("bug", error instanceof Error ? { name: error.name, stack: error.stack } : {});
    return undefined;
  } finally {
    await notify(send, runtime, logger, arrivedAt);
  }
}
