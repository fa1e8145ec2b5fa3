import { CADENCES } from "../../utils/config.ts";
import { type Backup, newestFirst } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Policy } from "../catalog/policy.ts";
import { planPrune, surplusOf } from "./prune/plan.ts";

/**
 * A backup is evicted when it is destroyed before its successor is ready. It may be only while another restore point of
 * ours, of whatever cadence, stays; a single backup on our single place is the one exception.
 *
 * Two runs of different cadences may look at the same moment, and each may think that the other's backup stays. So a
 * backup that is to be evicted is renamed to `…-superseded-…` first, then DatoCMS is asked for its list again, and only
 * backups without that mark count as staying: of two runs at least one sees the other's mark.
 *
 * Two runs of one kind may have marked different backups, because a run by hand must leave one. The run of the newer one
 * gives it its name back (today's, which is set aside, only waits), and the run of the older one waits for that: so one
 * of the two stays.
 */
export type Eviction =
  /** It may be destroyed at once. */
  | "now"
  /** It has to be marked, and the list to be read again. */
  | "once-marked"
  /** Once another run has given its backup the name back, or evicted it; it may have been killed, too. */
  | "in-turn"
  /** Once the backup has its own name back: another run is about to evict an older one of the kind. */
  | "once-unmarked"
  /** No other backup would stay. */
  | "never";

/** What a run has renamed itself. */
export interface Own {
  /** The backup that stepped aside for the run's target; it gets its name back should the fork fail. */
  readonly setAside: Backup | undefined;
  /** Id of the one that it has marked last. */
  readonly marked: string | undefined;
}

/** Tells whether a restore point may be evicted, as DatoCMS lists the environments now. */
export function evictionOf(
  backup: Backup,
  catalog: Catalog,
  policy: Policy,
  { setAside, marked }: Own,
): Eviction {
  // The owner has asked for it, whatever stays.
  if (policy.rotation === "delete-first" || isSingle(backup, catalog)) return "now";
  // Another run may prune these at this moment.
  const surplus = new Set(surplusOf(catalog, policy));
  const others = catalog.restorePoints.filter((each) => each !== backup);
  // Of the kind, and another run's: about to be evicted, or to get their names back.
  const rivals = planPrune(catalog, backup.cadence, policy).restore.filter(
    (each) => each !== backup && each !== setAside && each.id !== marked,
  );
  if (rivals.some((rival) => newestFirst(backup, rival) < 0))
    return backup.isMarked && backup !== setAside ? "once-unmarked" : "in-turn";
  const stays = others.some((other) => other === setAside || !(other.isMarked || surplus.has(other)));
  if (stays && rivals.length > 0) return "in-turn";
  if (stays) return backup.isMarked ? "now" : "once-marked";
  const rank = CADENCES.indexOf(backup.cadence);
  const yieldsTo = others.some(({ cadence }) => CADENCES.indexOf(cadence) > rank);
  return backup.isMarked && others.length > 0 && !yieldsTo ? "in-turn" : "never";
}

/** Tells whether a backup is the only one. Held ones are somebody's work, and their places are not ours. */
export function isSingle({ id }: Backup, catalog: Catalog): boolean {
  return catalog.unheld.every((each) => each.id === id);
}

/**
 * Lists what a cadence may evict, first what should go first: the one that was set aside for the run's own target, so
 * that all runs of that target choose the same; then one that this run has marked; then the oldest.
 *
 * @param points of the cadence, the newest first
 * @param spared ids of backups that stay for reasons of their own
 */
export function evictable(
  catalog: Catalog,
  points: readonly Backup[],
  spared: ReadonlySet<string>,
  { setAside, marked }: Own,
): Backup[] {
  const rankOf = (backup: Backup) => (backup === setAside ? 0 : backup.id === marked ? 1 : 2);
  return points
    .filter(({ id }) => !catalog.isForkSource(id) && !spared.has(id))
    .reverse()
    .sort((a, b) => rankOf(a) - rankOf(b));
}
