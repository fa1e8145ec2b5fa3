import { CADENCES, type Cadence } from "../../../utils/config.ts";
import type { Backup } from "../../catalog/backup.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Policy } from "../../catalog/policy.ts";

/** A restore point that stays, and why. */
export interface Kept {
  readonly backup: Backup;
  /**
   * `at-work`: a run is at work on its name, or has made it; `count`: one of those that `BACKUP_KEEP_…` asks for;
   * `no-newer`: no newer one stays; `fork-source`: a running fork copies from it; `way-back`: a run by hand must leave
   * it; `given-up`: this invocation has asked for its removal often enough, or the shrink guard keeps it.
   */
  readonly because: "at-work" | "count" | "no-newer" | "fork-source" | "way-back" | "given-up";
}

/** A restore point that goes, and why. */
export interface Removed {
  readonly backup: Backup;
  /** `superseded`: a newer one has its name, or took its place; `beyond-count`: enough newer ones stay. */
  readonly because: "superseded" | "beyond-count";
}

/** What may be pruned of one cadence. */
export interface Pruning {
  /** Superseded backups that should have their names back: nothing has come in their place. */
  readonly restore: readonly Backup[];
  readonly keep: readonly Kept[];
  /** Superseded ones, then the oldest first. */
  readonly remove: readonly Removed[];
}

/** What a run lets stand beside the count. */
export interface Spared {
  /**
   * Original ids that a run is still at work on, or has made: nothing under them but superseded backups of a ready one
   * is touched.
   */
  readonly atWork?: ReadonlySet<string> | undefined;
  /** Ids that a run by hand must leave. */
  readonly waysBack?: ReadonlySet<string> | undefined;
  /** Tells what this invocation does not ask for any more. */
  readonly isGivenUp?: ((backup: Backup) => boolean) | undefined;
}

/**
 * Compares a cadence's backups with the number that is to stay. Only restore points count and go, and each only while a
 * newer one of its cadence stays: whatever happens between two deletions, one is left. Held backups are none of its
 * business. Pure.
 */
export function planPrune(
  catalog: Catalog,
  cadence: Cadence,
  { keep }: Pick<Policy, "keep">,
  { atWork = NONE, waysBack = NONE, isGivenUp = () => false }: Spared = {},
): Pruning {
  const points = catalog.of(cadence).restorePoints;
  const bearers = bearersIn(points);
  const isAtWork = ({ originalId }: Backup) => atWork.has(originalId);
  const others = bearers.filter((each) => !isAtWork(each));
  const room = Math.max(0, keep[cadence] - (bearers.length - others.length));
  const counted = new Set(others.slice(0, room));
  const staying = new Set(bearers.filter((each) => isAtWork(each) || counted.has(each)));
  const newest = points.findIndex((each) => staying.has(each));

  const kept: Kept[] = [];
  const removed: Removed[] = [];
  for (const [index, backup] of points.entries()) {
    const keeps = (because: Kept["because"]) => kept.push({ backup, because });
    if (staying.has(backup)) keeps(isAtWork(backup) ? "at-work" : "count");
    else if (newest === -1 || index < newest) keeps("no-newer");
    else if (catalog.isForkSource(backup.id)) keeps("fork-source");
    else if (waysBack.has(backup.id)) keeps("way-back");
    else if (isGivenUp(backup)) keeps("given-up");
    else removed.push({ backup, because: backup.isMarked ? "superseded" : "beyond-count" });
  }
  const restore = [...staying].filter(
    (each) => each.isMarked && !isAtWork(each) && catalog.find(each.originalId) === undefined,
  );
  const remove = removed.reverse().sort((a, b) => Number(b.backup.isMarked) - Number(a.backup.isMarked));
  return { restore, keep: kept, remove };
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The restore points that names stand for, the newest first: each is the one that bears its name, else the newest of
 * those set aside.
 */
function bearersIn(points: readonly Backup[]): readonly Backup[] {
  const bearers = new Map<string, Backup>();
  for (const backup of points) {
    const present = bearers.get(backup.originalId);
    const isBetter = present === undefined || (present.isMarked && !backup.isMarked);
    if (isBetter) bearers.set(backup.originalId, backup);
  }
  return points.filter((each) => bearers.get(each.originalId) === each);
}

/** Backups of every cadence that newer ones have made dispensable. */
export function surplusOf(catalog: Catalog, policy: Pick<Policy, "keep">): Backup[] {
  return CADENCES.flatMap((each) => planPrune(catalog, each, policy).remove.map(({ backup }) => backup));
}

const OLDER_MS = 48 * 60 * 60 * 1_000;

/**
 * The newest restore points that are more than 48 hours old: a run by hand never removes these, whatever their
 * cadence, so that no number of calls takes away every way back to before today. It is a fixed one, not "the last of
 * several", so that two runs at once cannot each remove another. By two clocks, so that one that is wrong costs nothing.
 *
 * @param instants ms since the epoch, what each clock shows
 * @returns ids, at most one for each clock
 */
export function waysBackAmong({ restorePoints }: Catalog, instants: readonly number[]): ReadonlySet<string> {
  return new Set(
    instants.flatMap((now) => restorePoints.find(({ takenAt }) => takenAt < now - OLDER_MS)?.id ?? []),
  );
}
