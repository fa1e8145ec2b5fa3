import type { Result } from "../utils/failures.ts";
import { mapped, valueIn } from "../utils/failures.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import { keptIn } from "./archiveRuns.ts";
import type { RestoreRecord } from "./history/record.ts";
import { isStoreSet, openOffsiteStore } from "./offsiteStore.ts";
import type { RestoreOutcome, RestoreRequest } from "./restoreRequest.ts";
import type { RestoreHost } from "./restoreSides.ts";

/**
 * Lets a restore end as one record of the history, where there is a store; see `services/history/record.ts`. One that is
 * interrupted has no end of its own.
 */
export async function recorded(
  host: RestoreHost,
  { into }: RestoreRequest,
  work: () => Promise<Result<RestoreOutcome, RestoreFailure>>,
): Promise<Result<RestoreOutcome, RestoreFailure>> {
  const { clock, signal } = host;
  const [startedAt, began] = [clock.now(), clock.monotonic()];
  const ended = await work();
  if (signal?.aborted || !isStoreSet(host)) return ended;
  const store = await openOffsiteStore(host);
  if (!store.ok) return ended;
  const record: RestoreRecord = {
    kind: "restore",
    status: statusOf(ended),
    trigger: "hand",
    by: "holder",
    startedAt,
    durationMs: clock.monotonic() - began,
    calls: valueIn(ended)?.calls ?? 0,
    environmentId: into.id,
    result: mapped(ended, ({ id, applied, refused }) => ({
      restoreId: id,
      ...applied,
      refused: [...new Set(refused.map(({ code }) => code))],
    })),
  };
  await keptIn(store.value)(record);
  return ended;
}

function statusOf(ended: Result<RestoreOutcome, RestoreFailure>): RestoreRecord["status"] {
  if (!ended.ok) return "failed";
  return ended.value.refused.length > 0 ? "partial" : "done";
}
