import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { Backup } from "../catalog/backup.ts";
import { identityOf } from "../catalog/backup.ts";
import { type Catalog, isHanging } from "../catalog/catalog.ts";
import { backupId } from "../catalog/names.ts";
import type { Policy } from "../catalog/policy.ts";
import type { Environment } from "../datocms/environments.ts";
import { evictable, evictionOf, isSingle } from "./evict.ts";
import type { Memory } from "./memory.ts";
import { noRoom, type WhyNoRoom } from "./messages.ts";
import { isFreeing, isFull as isFullFor, leavesPlacesToOthers, makesRoom, placesIn } from "./places.ts";
import { planPrune, type Removed, surplusOf } from "./prune/plan.ts";
import type { Target } from "./target.ts";

/** All that a decision about one target rests on, beside the catalog. */
export interface PlanInput {
  readonly target: Target;
  readonly memory: Memory;
  readonly policy: Policy;
  /** Sandboxes that the price plan allows, where known. */
  readonly capacity: number | undefined;
  /** Ids of backups that hold much more than what was made after them: they are not evicted. */
  readonly guarded: ReadonlySet<string>;
  /** Another cadence of this run is still at work and may give room back. */
  readonly othersAtWork: boolean;
  /** This run has had more removed than forked, so that DatoCMS may see a free place later. */
  readonly hasFreed: boolean;
  /** More important cadences that have a claim to a free place. */
  readonly claims: readonly Cadence[];
  /** A backup of whatever cadence that this run could prune because newer ones stand; asked where the plan is full. */
  readonly surplus: Removed | undefined;
  /** That one goes before any is evicted; else only where none may be evicted. */
  readonly prunesFirst: boolean;
  /** Ids of backups that this run must not remove, however old. */
  readonly waysBack: ReadonlySet<string>;
  readonly removes: Removes;
  /** Ms since the epoch: tells a fork that hangs from one that is under way. */
  readonly now: number;
}

/** Says whose backups a run may remove: every cadence's, those of the cadences it was asked for, or none. */
export type Removes = "all" | "own" | "nothing";

/** What the rows of the plan ask. */
export interface Situation {
  readonly catalog: Catalog;
  readonly run: PlanInput;
  /** Name of the target, and what bears it. */
  readonly id: string;
  readonly bearer: Environment | undefined;
  /** Restore points of the cadence, the newest first. */
  readonly points: readonly Backup[];
  /** The backup that stepped aside for the target. */
  readonly setAside: Backup | undefined;
  /** What gets its name back should the run fail. */
  readonly restore: readonly Backup[];
  /** The backup that this run has given up, while it is still there. */
  readonly leaving: Backup | undefined;
  readonly isFull: boolean;
  /** What is free is others'. */
  readonly placesAreReserved: boolean;
  /** A fork came to nothing, and there is more room now, or none of the kind is left: the next run may be a week away. */
  readonly isWorthAnother: boolean;
}

/** A run that has sent so many forks, refused ones counted, begins no other one after DatoCMS has dropped one. */
const FORKS_IN_VAIN = 2;
/** So often a price plan that does not tell its capacity must have refused before a single backup is evicted. */
const REFUSALS_BEFORE_THE_ONLY = 2;
/**
 * Another run evicts what it has marked, or gives it its name back, within seconds: looks, some seven seconds in all,
 * after which it has been killed. Should it live after all, the name that it evicts by is gone.
 */
const LOOKS_IN_TURN = 5;

export function situationOf(catalog: Catalog, run: PlanInput): Situation {
  const { target, memory } = run;
  const { cadence } = target;
  const id = backupId(cadence, target.date);
  const { backups, restorePoints: points } = catalog.of(cadence);
  const ready = backups.filter(({ environment }) => environment.status === "ready");
  const setAside = ready.find(({ originalId }) => originalId === id);
  const marked = ready.find((each) => each.id === memory.marked);
  const hasEvicted = memory.evicted !== undefined;
  // Sandboxes are fewer also where forks have failed together: that makes no room.
  const hasMoreRoom = run.hasFreed && catalog.sandboxes < (memory.inUseAtFork ?? 0);
  return {
    catalog,
    run,
    id,
    bearer: catalog.find(id),
    points,
    setAside,
    restore: [...new Set([setAside, marked])].flatMap((each) => each ?? []),
    leaving: hasEvicted
      ? backups.find(({ environment }) => identityOf(environment) === memory.evicted)
      : undefined,
    isFull: isFullFor(catalog, run),
    placesAreReserved:
      points.length === 0 && !hasEvicted && leavesPlacesToOthers(catalog, run.capacity, cadence, run.claims),
    isWorthAnother: memory.forksSent < FORKS_IN_VAIN && (hasMoreRoom || (hasEvicted && backups.length === 0)),
  };
}

/** What room could still be made by, where the price plan is full. */
export type Room =
  /** No backup may be evicted. */
  | { readonly by: "nothing"; readonly failure: Failure }
  /** A fork of ours is under way: whether it ends well is not known, and two that fail would cost two backups. */
  | { readonly by: "waiting"; readonly failure: Failure }
  /** Another run has marked a backup, and may evict it or give it its name back at any moment. */
  | { readonly by: "turn"; readonly failure: Failure }
  /** It has done neither: it was killed, and left the backup behind. Or this run's own has to wait for another. */
  | { readonly by: "naming-back"; readonly backup: Backup }
  /** The price plan's word is not enough to give up a single backup. */
  | { readonly by: "trying-again" }
  | { readonly by: "marking" | "evicting"; readonly backup: Backup };

/** Finds what may be evicted for want of room, and how: at most one backup of each cadence in a run. */
export function roomFor({ catalog, run, points, setAside, isFull }: Situation): Room {
  const { policy, memory, guarded, waysBack, removes, capacity, target, now } = run;
  const fails = (because: WhyNoRoom | undefined): Failure => noRoom(placesIn(catalog, capacity), because);
  const nothing = (because: WhyNoRoom | undefined): Room => ({ by: "nothing", failure: fails(because) });

  // Nothing is evicted for want of a place that only a way back holds.
  const isSpared = waysBack.size > 0 && surplusOf(catalog, policy).some(({ id }) => waysBack.has(id));
  const may =
    isFull &&
    !isSpared &&
    memory.evicted === undefined &&
    policy.rotation !== "fork-first" &&
    removes !== "nothing" &&
    makesRoom(catalog, capacity, policy, target.cadence, points.length);
  // Where nothing is marked before it goes, a scheduled run may take the way back at this moment, and count on the others.
  const wayBack =
    policy.rotation === "delete-first" ? points.findLastIndex(({ id }) => waysBack.has(id)) : -1;
  const mayGo = (backup: Backup) => backup === setAside || points.indexOf(backup) > wayBack;
  const candidates = may ? evictableOf(catalog, run, points, setAside).filter(mayGo) : [];
  if (candidates.length === 0) {
    if (isFull && catalog.creating.length > 0) return nothing("creating");
    if (points.some(({ id }) => guarded.has(id))) return nothing("guarded");
    return nothing(isSpared || points.some(({ id }) => waysBack.has(id)) ? "wayBack" : undefined);
  }
  if (catalog.creating.some(({ environment }) => !isHanging(environment, now)))
    return { by: "waiting", failure: fails("creating") };
  if (catalog.creating.length > 0) return nothing("creating");
  for (const backup of candidates) {
    // Somebody else's fork may have taken the place when the price plan refused, and be gone.
    const isDoubtful =
      capacity === undefined &&
      memory.limitRefusalsAsOnly < REFUSALS_BEFORE_THE_ONLY &&
      policy.rotation !== "delete-first" &&
      isSingle(backup, catalog);
    if (isDoubtful) return { by: "trying-again" };
    const eviction = evictionOf(backup, catalog, policy, { setAside, marked: memory.marked });
    if (eviction === "now") return { by: "evicting", backup };
    if (eviction === "once-marked") return { by: "marking", backup };
    if (eviction === "once-unmarked" && backup.id === memory.marked) return { by: "naming-back", backup };
    if (eviction === "never") continue;
    if (memory.turnsAwaited < LOOKS_IN_TURN) return { by: "turn", failure: fails("turn") };
    const [leftBehind] = memory.namedBack ? [] : leftBehindIn(catalog, run).filter((each) => each !== backup);
    if (leftBehind !== undefined) return { by: "naming-back", backup: leftBehind };
  }
  return nothing(memory.turnsAwaited > 0 ? "turn" : "last");
}

/** Marked backups, without this run's own, that any run which prunes gives their names back; those of its kind first. */
function leftBehindIn(catalog: Catalog, { target, memory, policy, removes }: PlanInput): Backup[] {
  const atWork = new Set([backupId(target.cadence, target.date)]);
  return CADENCES.filter((cadence) => removes === "all" || cadence === target.cadence)
    .flatMap((cadence) => planPrune(catalog, cadence, policy, { atWork }).restore)
    .filter(({ id }) => id !== memory.marked)
    .sort((a, b) => Number(b.cadence === target.cadence) - Number(a.cadence === target.cadence));
}

/** Lists what a run may evict of its cadence, first what should go first. */
export function evictableOf(
  catalog: Catalog,
  { guarded, waysBack, memory }: PlanInput,
  points: readonly Backup[],
  setAside: Backup | undefined,
): Backup[] {
  const spared = new Set([...guarded, ...waysBack]);
  return evictable(catalog, points, spared, { setAside, marked: memory.marked });
}

/**
 * Tells whether the removal of the backup that this run has given up has to be asked for again. Much may have happened
 * since the first request: the second needs the same reasons.
 */
export function isNeededStill(
  leaving: Backup,
  { catalog, run, points, setAside, isFull }: Situation,
): boolean {
  const { policy, guarded, capacity, target, memory } = run;
  if (catalog.isForkSource(leaving.id) || guarded.has(leaving.id) || !points.includes(leaving)) return false;
  if (!isFull) return policy.rotation === "delete-first";
  return (
    !isFreeing(catalog) &&
    catalog.creating.length === 0 &&
    evictionOf(leaving, catalog, policy, { setAside, marked: memory.marked }) === "now" &&
    makesRoom(catalog, capacity, policy, target.cadence, points.length)
  );
}
