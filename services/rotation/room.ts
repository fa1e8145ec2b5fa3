import type { Cadence, Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { copiesIn } from "./names.ts";

/** What a plan's places allow, as far as it is known. */
export interface Room {
  /** Sandboxes that the plan allows, where known. */
  readonly limit: number | undefined;
  readonly memory: {
    /** Sandboxes that existed when the plan refused another. */
    readonly noRoom: number | undefined;
    /** Identity of the copy that this run has destroyed to make room. */
    readonly freed: string | undefined;
  };
}

/** Every sandbox takes a place, in whatever state it is. */
export function sandboxesIn(environments: readonly Environment[]): number {
  return environments.filter((each) => !each.primary).length;
}

/** The plan is known to be full, or has refused a fork and nothing has gone since. */
export function isFull(environments: readonly Environment[], { limit, memory }: Room): boolean {
  const inUse = sandboxesIn(environments);
  return (limit !== undefined && inUse >= limit) || (memory.noRoom !== undefined && inUse >= memory.noRoom);
}

/** Whether a copy of ours is on its way out and will give its place back. */
export function isFreeing(environments: readonly Environment[]): boolean {
  return copiesIn(environments).some((copy) => copy.environment.status === "destroying");
}

/**
 * Whether the free places are others'. Only a cadence without a copy of its own takes one for good. Where the limit is
 * unknown nobody knows of more places than the one that somebody gave up a copy for.
 *
 * @param owed free places that are more important cadences'
 */
export function mustYield(
  environments: readonly Environment[],
  { limit, memory, owed }: Room & { readonly owed: number },
): boolean {
  if (owed === 0 || memory.freed !== undefined) return false;
  return limit === undefined || sandboxesIn(environments) + owed >= limit;
}

/**
 * Whether one copy less can make room. With a known limit it must be just what is missing. Without one a refusal may
 * have any reason, so it is worth one try, and never the last of several copies: or else a plan that refuses for good
 * would cost one copy each run.
 *
 * @param backups of the cadence
 */
export function makesRoom(
  environments: readonly Environment[],
  { limit }: Pick<Room, "limit">,
  { keep }: Pick<Config, "keep">,
  cadence: Cadence,
  backups: number,
): boolean {
  if (limit !== undefined) return sandboxesIn(environments) === limit;
  return backups >= Math.min(keep[cadence], 2);
}
