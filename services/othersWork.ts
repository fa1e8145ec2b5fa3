import type { Clock } from "../utils/clock.ts";
import { type Result, valueIn } from "../utils/failures.ts";
import { inTime } from "../utils/inTime.ts";
import type { OthersWork } from "./context.ts";
import type { Kept, OffsiteFailure } from "./offsite.ts";
import { type OpenRestore, openRestores, primaryTakenUntil, sparedFor } from "./restoreJobs.ts";

/** Nothing rests on a picture of the environments that is older, ms; see `World`. */
const PATIENCE_MS = 1_500;

/**
 * Looks in the store which restores are under way, whoever works on them. Where it does not answer in time, what it said
 * last counts.
 *
 * @param archivesRead ids of environments that this process archives
 */
export function createOthersWork(
  { clock }: { readonly clock: Clock },
  offsite: { open(): Promise<Result<Pick<Kept, "jobs">, OffsiteFailure>> },
  archivesRead: () => readonly string[],
): OthersWork {
  let known: readonly OpenRestore[] = [];

  async function look(): Promise<void> {
    const opened = await offsite.open();
    if (!opened.ok) return;
    known = valueIn(await openRestores(opened.value.jobs)) ?? known;
  }

  return async () => {
    await inTime(look(), PATIENCE_MS, clock);
    const now = clock.now();
    return {
      inUse: [...archivesRead(), ...sparedFor(known, "environment", now)],
      primaryTakenUntil: primaryTakenUntil(known, now),
    };
  };
}
