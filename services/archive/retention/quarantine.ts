import { type Result, succeeded } from "../../../utils/failures.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";

/** Bytes that had changed are kept so long, for whoever wants to know what has changed them, ms. */
export const QUARANTINE_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Deletes what was put aside 30 days ago: no archive names it.
 *
 * @param now the store's time, ms since the epoch
 */
export async function emptyQuarantine(store: Store, now: number): Promise<Result<void, StoreFailure>> {
  const listed = await listAll(store, "quarantine/");
  if (!listed.ok) return listed;
  const old = listed.value.filter(({ modifiedAt }) => now - modifiedAt >= QUARANTINE_MS);
  const deleted = await store.delete(old.map(({ key }) => key));
  return deleted.ok ? succeeded(undefined) : deleted;
}
