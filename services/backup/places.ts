import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Policy } from "../catalog/policy.ts";
import type { Places } from "./messages.ts";

/** The places of a price plan, as far as they are known. */
export interface Capacity {
  /** Sandboxes that the price plan allows, where known. */
  readonly capacity: number | undefined;
  readonly memory: {
    /** Sandboxes that existed when the price plan refused another. */
    readonly fullAt: number | undefined;
  };
}

/**
 * Gives the free places away, one to each cadence that asks for one, the most important first. A place that a backup
 * has is never another cadence's.
 *
 * @param foreign places that sandboxes of others take
 * @param existing the cadence of each backup, in whatever state
 * @param claims cadences that ask for a place more
 * @returns those that get one
 */
export function allocatePlaces(
  capacity: number,
  foreign: number,
  existing: readonly Cadence[],
  claims: readonly Cadence[],
): Cadence[] {
  const free = Math.max(0, capacity - foreign - existing.length);
  return CADENCES.filter((cadence) => claims.includes(cadence)).slice(0, free);
}

/**
 * Tells whether a cadence leaves the free places to others. Where the capacity is unknown nobody knows of more places
 * than the one that somebody has evicted a backup for.
 *
 * @param claims of more important cadences
 */
export function leavesPlacesToOthers(
  { backups, sandboxes }: Catalog,
  capacity: number | undefined,
  cadence: Cadence,
  claims: readonly Cadence[],
): boolean {
  const existing = backups.map((each) => each.cadence);
  const places = allocatePlaces(capacity ?? sandboxes + 1, sandboxes - existing.length, existing, [
    ...claims,
    cadence,
  ]);
  return claims.length > 0 && !places.includes(cadence);
}

/** Tells whether the price plan is known to be full, or has refused a fork and nothing has gone since. */
export function isFull({ sandboxes }: Catalog, { capacity, memory }: Capacity): boolean {
  return (
    (capacity !== undefined && sandboxes >= capacity) ||
    (memory.fullAt !== undefined && sandboxes >= memory.fullAt)
  );
}

/** Tells whether a backup is on its way out and will give its place back. */
export function isFreeing(catalog: Catalog): boolean {
  return catalog.removing.length > 0;
}

/**
 * Tells whether one backup less can make room. With a known capacity it must be just what is missing. Without one a
 * refusal may have any reason, so it is worth one try, and never the last of several backups: or else a price plan that
 * refuses for good would cost one backup each run.
 *
 * @param points how many restore points the cadence has
 */
export function makesRoom(
  catalog: Catalog,
  capacity: number | undefined,
  { keep }: Pick<Policy, "keep">,
  cadence: Cadence,
  points: number,
): boolean {
  if (capacity !== undefined) return catalog.sandboxes === capacity;
  return points >= Math.min(keep[cadence], 2);
}

/** Tells how the places are taken, for the sentence that says so. */
export function placesIn({ backups, sandboxes, creating }: Catalog, capacity: number | undefined): Places {
  return {
    limit: capacity ?? null,
    inUse: sandboxes,
    ours: backups.length,
    foreign: sandboxes - backups.length,
    creating: creating.map(({ id }) => id),
  };
}
