import type { Clock } from "../../utils/clock.ts";
import { type Failure, failed, INTERNAL_ERROR, mapped, type Result } from "../../utils/failures.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Refusal } from "../../utils/refusals.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { Budget } from "../datocms/budget.ts";
import { type BackupRecord, type RunObserver, statusOf } from "./record.ts";

/** What records of runs go to, and what they are measured by. */
interface Recorder {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: RunObserver | undefined;
}

/** What a run made, or tried to. */
export interface Made {
  readonly outcomes: readonly Outcome[];
}

type Circumstances = Pick<BackupRecord, "trigger" | "by" | "tick">;

/**
 * Does a run and ends it in one record, whatever happens: the log gets it, and whoever follows the run.
 *
 * @param budget the run's calls are counted by it
 * @param circumstances asked at the run's end
 * @returns what the run came to; rejects for a bug, once that is recorded
 */
export async function recorded<T extends Made, F extends Failure | Refusal>(
  { clock, logger, observer }: Recorder,
  budget: Budget,
  circumstances: () => Circumstances,
  run: () => Promise<Result<T, F>>,
): Promise<Result<T, F>> {
  const startedAt = clock.now();
  const began = clock.monotonic();
  const end = (result: BackupRecord["result"]) => {
    const durationMs = clock.monotonic() - began;
    const measured = { startedAt, durationMs, calls: budget.callsMade(), status: statusOf(result) };
    const record = { kind: "backup", ...circumstances(), ...measured, result } as const;
    writeTo(logger, record);
    observer?.ended(record);
  };
  try {
    const result = await run();
    end(mapped(result, ({ outcomes }) => outcomes));
    return result;
  } catch (error) {
    end(failed(INTERNAL_ERROR));
    throw error;
  }
}

/** A line for each backup; whoever answers for a run that broke logs that. */
function writeTo(logger: Logger, { trigger, by, calls, result }: BackupRecord): void {
  for (const outcome of result.ok ? result.value : []) {
    const { kind, cadence, environmentId, deleted, problems } = outcome;
    const codes = problems.map(({ code }) => code);
    const fields = { outcome: kind, cadence, environmentId, deleted, problems: codes, calls, trigger, by };
    if (outcome.kind === "failed") {
      const { cause, sentence } = outcome.failure;
      logger.error("run_failed", { ...fields, cause, sentence });
    } else logger.info("run_ended", fields);
  }
}
