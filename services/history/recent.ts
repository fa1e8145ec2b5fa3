import { type Result, succeeded } from "../../utils/failures.ts";
import type { StoreFailure } from "../stores/failures.ts";
import { type Bars, barsOf, isMixed } from "./bars.ts";
import type { History } from "./history.ts";
import type { createRunReader, KnownRun } from "./known.ts";

/** The last runs, for somebody who wants to see at a glance how things go. */
export interface RecentRuns {
  /** The newest first, ten at most. */
  readonly latest: readonly KnownRun[];
  readonly bars: Bars;
}

const LATEST = 10;
/** Runs of backups that the bars are made from: with all kinds on every day of half a year. */
const MOST_FOR_BARS = 200;

/**
 * Reads the last runs. Nothing but one short listing while no run has ended since: what was read before is then what
 * there is.
 */
export function createRecentRuns(readRuns: ReturnType<typeof createRunReader>) {
  let before: RecentRuns | undefined;

  return async function recentRuns(history: History): Promise<Result<RecentRuns, StoreFailure>> {
    const listed = await history.list({ limit: LATEST });
    // What was there before a store went away is there still.
    if (!listed.ok) return before === undefined ? listed : succeeded(before);
    const ids = listed.value.runs.map(({ id }) => id);
    if (before !== undefined && ids.join() === before.latest.map(({ id }) => id).join())
      return succeeded(before);

    const backups = await history.list({ kind: "backup", limit: MOST_FOR_BARS });
    if (!backups.ok) return backups;
    const mixed = await readRuns(history, backups.value.runs.filter(isMixed));
    if (!mixed.ok) return mixed;
    const latest = await readRuns(history, listed.value.runs);
    if (!latest.ok) return latest;

    const known = new Map(mixed.value.map((run) => [run.id, run]));
    before = {
      latest: latest.value,
      bars: barsOf(backups.value.runs.map((run) => known.get(run.id) ?? run)),
    };
    return succeeded(before);
  };
}
