import { type Result, succeeded } from "../../utils/failures.ts";
import { sideBySide } from "../../utils/sideBySide.ts";
import type { StoreFailure } from "../stores/failures.ts";
import type { History } from "./history.ts";
import type { RunSummary, StoredRun } from "./run.ts";

/** A run, with all that its record tells; with its summary alone where the record is gone or damaged. */
export type KnownRun = RunSummary & Partial<Omit<StoredRun, keyof RunSummary>>;

/** Records that are read side by side. */
const AT_ONCE = 8;
/** Records that are remembered: some pages of a list. */
const MOST = 300;

/**
 * Reads the records of runs that a list has shown. A record never changes, so each is read once while it is
 * remembered.
 */
export function createRunReader(most = MOST) {
  const remembered = new Map<string, StoredRun>();

  function remember(run: StoredRun): void {
    const [oldest] = remembered.keys();
    if (remembered.size >= most && oldest !== undefined) remembered.delete(oldest);
    remembered.set(run.id, run);
  }

  return async function readRuns(
    history: Pick<History, "read">,
    runs: readonly RunSummary[],
  ): Promise<Result<KnownRun[], StoreFailure>> {
    return sideBySide<RunSummary, KnownRun, StoreFailure>(runs, AT_ONCE, async (run) => {
      const known = remembered.get(run.id);
      if (known !== undefined) return succeeded(known);
      const found = await history.read(run);
      if (!found.ok) return found;
      if (found.value !== undefined) remember(found.value);
      return succeeded(found.value ?? run);
    });
  };
}
