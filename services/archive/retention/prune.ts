import type { Clock } from "../../../utils/clock.ts";
import { type Failure, failed, type Result, succeeded } from "../../../utils/failures.ts";
import { FORMAT_UNKNOWN } from "../../stores/failures.ts";
import { ROOT_KEY } from "../../stores/root.ts";
import type { Store } from "../../stores/store.ts";
import { listArchives } from "../archives.ts";
import type { ArchiveFailure } from "../failures.ts";
import { sweepBlocked, sweepTooLarge } from "./failures.ts";
import { isPinned } from "./pins.ts";
import { type KeptArchive, planRetention, type RemovedArchive, type Retention } from "./plan.ts";
import { emptyQuarantine } from "./quarantine.ts";
import { type Sweep, type SweepOptions, sweep } from "./sweep.ts";
import { emptyTrash, moveToTrash, takeFromTrash } from "./trash.ts";

export type PruneOptions = Retention & Omit<SweepOptions, "now">;

export interface Pruned {
  readonly kept: readonly KeptArchive[];
  /** Those that were deleted, or would be. */
  readonly removed: readonly RemovedArchive[];
  /** Undefined where nothing could be swept, for the reason in `refusal`. */
  readonly sweep: Sweep | undefined;
  /** Why objects stay that may be surplus: somebody has to look at it. */
  readonly refusal: Failure<"SWEEP_REFUSED"> | undefined;
}

/**
 * Deletes the archives that no rule keeps, empties the trash, sweeps what no archive names any more, and then what was
 * put aside long ago. Each of it may be killed at any moment, and is ended by the next call.
 *
 * @returns `CLOCK_SKEW`, or what the store refuses; then some of it may be done
 */
export async function pruneArchives(
  store: Store,
  clock: Clock,
  options: PruneOptions,
): Promise<Result<Pruned, ArchiveFailure>> {
  const listed = await listArchives(store);
  if (!listed.ok) return listed;
  const root = await store.head(ROOT_KEY);
  if (!root.ok) return root;
  if (root.value === undefined)
    return listed.value.length === 0
      ? succeeded({ kept: [], removed: [], sweep: undefined, refusal: undefined })
      : failed(FORMAT_UNKNOWN);
  const now = root.value.readAt;
  const plan = planRetention(listed.value, options, now);
  if (!plan.ok) return plan;
  const applied = options.isDryRun ? plan : await apply(store, plan.value, now);
  if (!applied.ok) return applied;
  const swept = await sweep(store, clock, { ...options, now });
  if (swept.ok) {
    const { state, due, objects } = swept.value;
    const emptied =
      state === "swept" && !options.isDryRun ? await emptyQuarantine(store, now) : succeeded(undefined);
    if (!emptied.ok) return emptied;
    const refusal = state === "refused" ? sweepTooLarge(due, objects) : undefined;
    return succeeded({ ...applied.value, sweep: swept.value, refusal });
  }
  const { cause, facts } = swept.failure;
  if (cause !== "ARCHIVE_DAMAGED" && cause !== "ARCHIVE_TOO_NEW") return swept;
  const refusal = sweepBlocked(String(facts?.archive));
  return succeeded({ ...applied.value, sweep: undefined, refusal });
}

type Plan = Pick<Pruned, "kept" | "removed">;

async function apply(store: Store, plan: Plan, now: number): Promise<Result<Plan, ArchiveFailure>> {
  const pinned: KeptArchive[] = [];
  for (const { id } of plan.removed) {
    const moved = await moveToTrash(store, id);
    if (!moved.ok) return moved;
    const back = await takeBackIfPinned(store, id);
    if (!back.ok) return back;
    if (back.value) pinned.push({ id, because: ["pinned"] });
  }
  const emptied = await emptyTrash(store, now);
  if (!emptied.ok) return emptied;
  return succeeded({
    kept: [...plan.kept, ...pinned],
    removed: plan.removed.filter(({ id }) => pinned.every((each) => each.id !== id)),
  });
}

/** Somebody may have pinned it since the archives were listed. */
async function takeBackIfPinned(store: Store, id: string): Promise<Result<boolean, ArchiveFailure>> {
  for (const folder of ["archives", "trash"] as const) {
    const pinned = await isPinned(store, id, folder);
    if (!pinned.ok) return pinned;
    if (!pinned.value) continue;
    const taken = await takeFromTrash(store, id);
    return taken.ok ? succeeded(true) : taken;
  }
  return succeeded(false);
}
