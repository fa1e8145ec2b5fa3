import { type Result, succeeded } from "../utils/failures.ts";
import { sideBySide } from "../utils/sideBySide.ts";
import { manifestKey } from "./archive/manifest.ts";
import type { History } from "./history/history.ts";
import type { StoredRun } from "./history/run.ts";
import type { StoreFailure } from "./stores/failures.ts";
import type { Store } from "./stores/store.ts";

/** What has become of an archive that a run has made. */
export type ArchiveFate =
  | { readonly kind: "kept" }
  /** `at`: ms since the epoch; undefined where no run tells when it went. */
  | { readonly kind: "expired"; readonly at: number | undefined };

/** Pruning runs are read side by side, and so many at most: one a day, for as long as history reaches. */
const AT_ONCE = 8;
const MOST_READ = 400;

/** What has become of the archive that a run has made; undefined where it made none. */
export async function fateOfMade(
  store: Store,
  history: History,
  { archive, startedAt }: StoredRun,
): Promise<Result<ArchiveFate | undefined, StoreFailure>> {
  const archiveId = archive?.id ?? undefined;
  return archiveId === undefined
    ? succeeded(undefined)
    : fateOf(store, history, { archiveId, madeAt: startedAt });
}

/**
 * Looks what has become of an archive: a run's record is never changed, and outlives its archive. One call of the store
 * where it is there; else the runs that pruned since are read, the earliest first.
 *
 * @param madeAt ms since the epoch
 */
export async function fateOf(
  store: Store,
  history: History,
  { archiveId, madeAt }: { readonly archiveId: string; readonly madeAt: number },
): Promise<Result<ArchiveFate, StoreFailure>> {
  const manifest = await store.head(manifestKey(archiveId));
  if (!manifest.ok) return manifest;
  if (manifest.value !== undefined) return succeeded({ kind: "kept" });
  const runs = await history.all(madeAt);
  if (!runs.ok) return runs;
  const prunes = runs.value.filter(
    ({ kind, status }) => kind === "prune" && (status === "done" || status === "partial"),
  );
  const earliestFirst = prunes.toReversed().slice(0, MOST_READ);
  for (let first = 0; first < earliestFirst.length; first += AT_ONCE) {
    const read = await sideBySide(earliestFirst.slice(first, first + AT_ONCE), AT_ONCE, ({ id }) =>
      history.get(id),
    );
    if (!read.ok) return read;
    const at = read.value.find((run) => run?.prune?.deleted.includes(archiveId))?.startedAt;
    if (at !== undefined) return succeeded({ kind: "expired", at });
  }
  return succeeded({ kind: "expired", at: undefined });
}
