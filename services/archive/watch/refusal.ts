import { type Result, succeeded } from "../../../utils/failures.ts";
import type { History } from "../../history/history.ts";
import type { RunFailure } from "../../history/record.ts";
import type { RunSummary } from "../../history/run.ts";
import type { StoreFailure } from "../../stores/failures.ts";

/** The reason of a run of an older version, which kept none. */
const UNTOLD: RunFailure = {
  cause: "SWEEP_REFUSED",
  sentence: "The last `archive prune` deleted no objects. `archive prune --dry-run` says why.",
};

/** Tells whether the newest run that pruned had to leave objects that may be surplus. */
export function isSweepRefused(runs: readonly RunSummary[]): boolean {
  return newestPrune(runs)?.status === "partial";
}

/**
 * Reads why the newest run that pruned had to leave objects that may be surplus; undefined where it had not.
 *
 * @param runs the newest first
 */
export async function sweepRefusal(
  history: Pick<History, "get">,
  runs: readonly RunSummary[],
): Promise<Result<RunFailure | undefined, StoreFailure>> {
  const last = newestPrune(runs);
  if (last?.status !== "partial") return succeeded(undefined);
  const run = await history.get(last.id);
  return run.ok ? succeeded(run.value?.prune?.refusal ?? UNTOLD) : run;
}

function newestPrune(runs: readonly RunSummary[]): RunSummary | undefined {
  return runs.find(({ kind }) => kind === "prune");
}
