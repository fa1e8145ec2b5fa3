import { mapped, type Result, succeeded, valueIn } from "../utils/failures.ts";
import { findArchive, type ListedArchive } from "./archive/archives.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import { sweepRestores } from "./archive/restore/sweep.ts";
import type { ErasedThing } from "./archive/retention/erased.ts";
import { type Forgotten, forget } from "./archive/retention/forget.ts";
import { pin, unpin } from "./archive/retention/pins.ts";
import { type Pruned, pruneArchives } from "./archive/retention/prune.ts";
import { readKeepRules } from "./archive/retention/settings.ts";
import { deleteArchive, undelete } from "./archive/retention/trash.ts";
import { readScheduleKeeps } from "./archive/schedules/schedules.ts";
import { LOOK_BACK_MS } from "./archive/watch/facts.ts";
import { isSweepRefused } from "./archive/watch/refusal.ts";
import type { ArchiveRuns } from "./archiveRuns.ts";
import { historyOf } from "./history/history.ts";
import { jobsOf } from "./jobs/jobs.ts";
import { claimStore, type OffsiteStoreHost } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import { openRestores, sparedFor } from "./restoreJobs.ts";
import type { Store } from "./stores/store.ts";

export interface PruneRequest {
  /** Nothing is changed: the answer tells what would be. */
  readonly isDryRun: boolean;
  /** Objects that nothing names are deleted even where they are more than a fifth of all. */
  readonly isForced: boolean;
}

export interface PruneAnswer extends Pruned {
  /** Ids of archives that were deleted, or would be. */
  readonly deleted: readonly string[];
}

/** The verbs that decide which archives stay. An archive's `name` is an id, `latest` or a date, as everywhere. */
export interface ArchiveRetention {
  /** Deletes what no rule of `BACKUP_ARCHIVE_KEEP`, or of its schedule, keeps, and what no archive needs any more. */
  prune(request: PruneRequest): Promise<Result<PruneAnswer, ArchiveFailure>>;
  /** Deletes one archive, which can be got back for seven days; answers its id. */
  delete(name: string): Promise<Result<string, ArchiveFailure>>;
  /**
   * Gets a deleted archive back, and pins it; answers its id.
   *
   * @param name an id, or `latest`: the one that was deleted last
   */
  undelete(name: string): Promise<Result<string, ArchiveFailure>>;
  /** Keeps an archive until it is unpinned, whatever the rules say. */
  pin(name: string): Promise<Result<string, ArchiveFailure>>;
  unpin(name: string): Promise<Result<string, ArchiveFailure>>;
  /** Keeps a record or an upload out of every restore, search and comparison. */
  forget(thing: ErasedThing): Promise<Result<Forgotten, ArchiveFailure>>;
}

/** The same for a store that is open. Nothing is changed in another project's. */
export function retentionIn(
  store: Store,
  project: Project,
  host: OffsiteStoreHost,
  runs: ArchiveRuns,
): ArchiveRetention {
  const { clock } = host;

  async function prune({ isDryRun, isForced }: PruneRequest): Promise<Result<PruneAnswer, ArchiveFailure>> {
    const keep = readKeepRules(host.variables);
    if (!keep.ok) return keep;
    const claimed = await claimStore(store, project, host);
    if (!claimed.ok) return claimed;
    const { shrinkLimit } = project.policy;
    const schedules = await readScheduleKeeps(store);
    if (!schedules.ok) return schedules;
    const restores = await openRestores(jobsOf(store, clock));
    if (!restores.ok) return restores;
    const inUse = sparedFor(restores.value, "archive", clock.now());
    const options = { keep: keep.value, schedules: schedules.value, shrinkLimit, inUse, isDryRun, isForced };
    const pruned = await pruneArchives(store, clock, options);
    if (!pruned.ok) return pruned;
    const swept = isDryRun ? pruned : await sweepRestores(store);
    if (!swept.ok) return swept;
    return succeeded({ ...pruned.value, deleted: pruned.value.removed.map(({ id }) => id) });
  }

  /** The same, for the record of a run that changed nothing: it tells where the one before was refused its sweep. */
  async function pruneForRecord(request: PruneRequest) {
    const pruned = await prune(request);
    if (!pruned.ok || pruned.value.deleted.length > 0 || pruned.value.refusal !== undefined) return pruned;
    const last = { kind: "prune", since: clock.now() - LOOK_BACK_MS, limit: 1 } as const;
    const runs = valueIn(await historyOf(store).list(last))?.runs ?? [];
    return succeeded({ ...pruned.value, wasRefused: isSweepRefused(runs) });
  }

  async function find(name: string): Promise<Result<ListedArchive, ArchiveFailure>> {
    const claimed = await claimStore(store, project, host);
    return claimed.ok ? findArchive(store, name) : claimed;
  }

  /** Does something to the archive of a name, and answers its id. */
  async function onArchive(
    name: string,
    work: (archive: ListedArchive) => Promise<Result<void, ArchiveFailure>>,
  ): Promise<Result<string, ArchiveFailure>> {
    const found = await find(name);
    return found.ok ? mapped(await work(found.value), () => found.value.id) : found;
  }

  return {
    prune: (request) => (request.isDryRun ? prune(request) : runs.prune(() => pruneForRecord(request))),
    delete: (name) =>
      onArchive(name, async (archive) => {
        const gone = await runs.prune(async () =>
          mapped(await deleteArchive(store, archive), () => ({ deleted: [archive.id], kept: [] })),
        );
        return mapped(gone, () => undefined);
      }),
    async undelete(name) {
      const claimed = await claimStore(store, project, host);
      return claimed.ok ? undelete(store, name, clock.now()) : claimed;
    },
    pin: (name) => onArchive(name, ({ id }) => pin(store, id, clock.now())),
    unpin: (name) => onArchive(name, ({ id }) => unpin(store, id)),
    async forget(thing) {
      const claimed = await claimStore(store, project, host);
      return claimed.ok ? forget(store, thing, clock.now()) : claimed;
    },
  };
}
