import {
  type Notifier,
  runScheduledDailyBackup,
  runScheduledWeeklyBackup,
  type ScheduledRun,
} from "../services/backupService.ts";
import { ServiceError } from "../utils/errors.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { orThrow } from "./failures.ts";
import { noticesOfMisconfigured, tell, toldContext } from "./tell.ts";

/** The two jobs that have a cron. */
export type Job = "daily" | "weekly";

/** When a host with hourly crons calls each job; what is due then is decided by the tick. */
export const CRON_EXPRESSIONS: Readonly<Record<Job, string>> = { daily: "5 * * * *", weekly: "35 * * * *" };

/**
 * One tick of a host's cron. Nobody reads an answer, so everything is told to the log; a tick that fails is
 * made up for by the next.
 *
 * @returns what the tick came to; undefined when it failed
 */
export async function runTick(job: Job, runtime: Runtime): Promise<ScheduledRun | undefined> {
  const logger = runtime.logger.with({ runId: crypto.randomUUID(), job });
  const arrivedAt = runtime.clock.monotonic();
  const mode = runtime.cadenceMode === "daily" ? "date" : "slot";
  let notices: Notifier | undefined;
  try {
    const context = toldContext(runtime, logger, arrivedAt);
    notices = context.notices;
    const tick = job === "daily" ? runScheduledDailyBackup : runScheduledWeeklyBackup;
    const run = orThrow(await tick(context, mode));
    if (run.kind === "skipped") logger.info("tick_skipped", { reason: run.reason, because: run.because });
    return run;
  } catch (error) {
    if (error instanceof ServiceError)
      logger.error("tick_failed", { code: error.code, cause: error.failure?.cause, sentence: error.message });
    else logger.error("bug", error instanceof Error ? { name: error.name, stack: error.stack } : {});
    if (notices === undefined && error instanceof ServiceError)
      notices = await noticesOfMisconfigured(runtime, logger, { job, mode }, error.message);
    return undefined;
  } finally {
    await tell(notices, runtime, logger, arrivedAt);
  }
}
