import type { Clock } from "../../utils/clock.ts";
import { type Failure, type Result, succeeded } from "../../utils/failures.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Refusal } from "../../utils/refusals.ts";
import type { Budget } from "../datocms/budget.ts";
import type { RunObserver, SandboxRecord } from "./record.ts";

/** What records go to, and what they are measured by. */
interface Recorder {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: RunObserver | undefined;
}

type About = Pick<SandboxRecord, "kind" | "trigger" | "by" | "cadence" | "environmentId" | "name">;

/** What came of a deed; `about` from when on DatoCMS was asked to change something. */
export interface Ended<T> {
  readonly about: About | undefined;
  readonly result: Result<T, Failure | Refusal>;
}

/**
 * Does something to one backup, and ends it in one record and one line of the log; what was refused before anything was
 * sent in neither.
 *
 * @param budget the deed's calls are counted by it
 */
export async function recordedDeed<T>(
  { clock, logger, observer }: Recorder,
  budget: Budget,
  deed: () => Promise<Ended<T>>,
): Promise<Result<T, Failure | Refusal>> {
  const [startedAt, began] = [clock.now(), clock.monotonic()];
  const { about, result } = await deed();
  if (about === undefined) return result;
  const calls = budget.callsMade();
  observer?.did?.({
    ...about,
    status: result.ok ? "done" : "failed",
    startedAt,
    durationMs: clock.monotonic() - began,
    calls,
    result: result.ok ? succeeded(undefined) : result,
  });
  const { kind, cadence: _, ...fields } = about;
  if (result.ok) logger.info(kind === "keep" ? "backup_kept" : "backup_removed", { ...fields, calls });
  else {
    const { cause, sentence } = result.failure;
    logger.error(kind === "keep" ? "backup_not_kept" : "backup_not_removed", {
      ...fields,
      calls,
      cause,
      sentence,
    });
  }
  return result;
}
