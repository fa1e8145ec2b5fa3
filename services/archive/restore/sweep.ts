import { type Result, succeeded } from "../../../utils/failures.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";

/** Journals hold what people wrote, perhaps deleted since: so long they are kept, ms. */
export const KEPT_MS = 90 * 24 * 60 * 60_000;

const FOLDER = /^restores\/[^/]+\//;

/**
 * Deletes the runs of restores, with their journals, of which nothing was written for 90 days: since they ended or were
 * taken back, or were left. May be killed anywhere: what is left is as old at the next call.
 *
 * @returns the ids of the runs
 */
export async function sweepRestores(store: Store): Promise<Result<readonly string[], StoreFailure>> {
  const listed = await listAll(store, "restores/");
  if (!listed.ok) return listed;
  const [first] = listed.value;
  // Only the store's own clock tells how old its objects are.
  const seen = first === undefined ? succeeded(undefined) : await store.head(first.key);
  if (!seen.ok) return seen;
  if (seen.value === undefined) return succeeded([]);
  const oldest = seen.value.readAt - KEPT_MS;
  const folders = new Map<string, string[]>();
  const recent = new Set<string>();
  for (const { key, modifiedAt } of listed.value) {
    const folder = FOLDER.exec(key)?.[0] ?? "";
    folders.set(folder, [...(folders.get(folder) ?? []), key]);
    if (modifiedAt >= oldest) recent.add(folder);
  }
  const due = [...folders].filter(([folder]) => folder !== "" && !recent.has(folder));
  for (const [, keys] of due) {
    // Without its run nobody takes a journal for whole.
    const runFirst = keys.toSorted((one, other) => Number(isRun(other)) - Number(isRun(one)));
    const gone = await store.delete(runFirst);
    if (!gone.ok) return gone;
  }
  return succeeded(due.map(([folder]) => folder.split("/")[1] ?? ""));
}

function isRun(key: string): boolean {
  return key.endsWith("/run.json");
}
