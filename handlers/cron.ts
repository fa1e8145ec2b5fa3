import type { ScheduledRun } from "../services/backupService.ts";
import type { Job } from "../utils/cron.ts";
import { ServiceError } from "../utils/errors.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { orThrow } from "./failures.ts";
import { misconfigured, notify, type Send, watched } from "./notify.ts";

/**
 * One tick of a host's cron. Nobody reads an answer, so everything goes to the log; the next tick makes up for one
 * that fails.
 *
 * @returns what the tick came to; undefined when it failed
 */
export async function runTick(job: Job, runtime: Runtime): Promise<ScheduledRun | undefined> {
  const logger = runtime.logger.with({ runId: crypto.randomUUID(), job });
  const arrivedAt = runtime.clock.monotonic();
  let send: Send | undefined;
  try {
    const watch = watched(runtime, logger, arrivedAt);
    send = watch.send;
    const run = orThrow(await watch.service.tick(job, "cron"));
    if (run.kind === "skipped") logger.info("tick_skipped", { reason: run.reason, because: run.because });
    return run;
  } catch (error) {
    if (error instanceof ServiceError)
      logger.error("tick_failed", { code: error.code, cause: error.failure?.cause, sentence: error.message });
    else logger.error("bug", error instanceof Error ? { name: error.name, stack: error.stack } : {});
    if (send === undefined && error instanceof ServiceError)
      send = await misconfigured(runtime, logger, { job, trigger: "cron" }, error.message);
    return undefined;
  } finally {
    await notify(send, runtime, logger, arrivedAt);
  }
}
