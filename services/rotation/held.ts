import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { asCopy, type Copy, copiesIn } from "./names.ts";

/** A copy that is not pruned for a while, because somebody has made it more than a copy. */
export interface Hold {
  readonly copy: Copy;
  /** `changed`: its data was changed long after it was made; `forked`: an environment was made from it. */
  readonly because: "changed" | "forked";
  /** Ms since the epoch, on DatoCMS's clock. */
  readonly until: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** DatoCMS may still be at work on a copy for a while after it was begun. */
const GRACE_MS = 60 * 60 * 1_000;

/**
 * The copies that are held: somebody promoted or edited them, or forked an environment that is no copy of
 * ours. Until so many days after that they take room, are never destroyed, and do not count as backups.
 *
 * The present moment is when DatoCMS made the newest environment, so that a host whose clock is wrong costs no
 * copy; nothing is pruned before a newer copy was made.
 *
 * @param days 0 holds none
 */
export function holdsIn(environments: readonly Environment[], days: number): Hold[] {
  if (days === 0) return [];
  const now = latestIn(environments);
  const others = environments.filter((environment) => asCopy(environment) === undefined);
  return copiesIn(environments).flatMap((copy) => {
    const changed = changedAt(copy);
    const forked = forkedAt(copy, others);
    const last = Math.max(changed ?? 0, forked ?? 0);
    const until = last + days * DAY_MS;
    if (last === 0 || until <= now) return [];
    return [{ copy, because: changed === undefined ? ("forked" as const) : ("changed" as const), until }];
  });
}

/** The copies that count as backups, in whatever state, the newest first. */
export function backupsIn(environments: readonly Environment[], days: number): Copy[] {
  const held = heldIds(environments, days);
  return copiesIn(environments).filter(({ environment }) => !held.has(environment.id));
}

/**
 * When DatoCMS made the newest environment that it lists, by its own clock, ms since the epoch; 0 where it lists
 * none.
 */
export function latestIn(environments: readonly Environment[]): number {
  return Math.max(0, ...environments.map(({ createdAt }) => createdAt));
}

/** Ids of the copies that are held. */
export function heldIds(environments: readonly Environment[], days: number): ReadonlySet<string> {
  return new Set(holdsIn(environments, days).map(({ copy }) => copy.environment.id));
}

/** The newest copy of a cadence that is ready and counts as a backup, superseded or not. */
export function newestBackup(
  environments: readonly Environment[],
  cadence: Cadence,
  days: number,
): Copy | undefined {
  return backupsIn(environments, days).find(
    (copy) => copy.cadence === cadence && copy.environment.status === "ready",
  );
}

function changedAt({ environment }: Copy): number | undefined {
  const { createdAt, lastDataChangeAt } = environment;
  return lastDataChangeAt - createdAt > GRACE_MS ? lastDataChangeAt : undefined;
}

/** When the last environment was forked from a copy; names are dead after a renaming, so time tells too. */
function forkedAt(copy: Copy, others: readonly Environment[]): number | undefined {
  const { environment, originalId } = copy;
  const children = others.filter(
    ({ forkedFrom, createdAt }) =>
      (forkedFrom === environment.id || forkedFrom === originalId) && createdAt >= environment.createdAt,
  );
  if (children.length === 0) return undefined;
  return Math.max(environment.lastDataChangeAt, ...children.map(({ createdAt }) => createdAt));
}
