import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn, oncePerListing } from "./names.ts";

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
export function holdsIn(environments: readonly Environment[], days: number): readonly Hold[] {
  return countingIn(environments)(days).holds;
}

/** The copies that count as backups, in whatever state, the newest first. */
export function backupsIn(environments: readonly Environment[], days: number): readonly Copy[] {
  return countingIn(environments)(days).backups;
}

/**
 * When DatoCMS made the newest environment that it lists, by its own clock, ms since the epoch; 0 where it lists
 * none.
 */
export function latestIn(environments: readonly Environment[]): number {
  return environments.reduce((latest, { createdAt }) => Math.max(latest, createdAt), 0);
}

/** Ids of the copies that are held. */
export function heldIds(environments: readonly Environment[], days: number): ReadonlySet<string> {
  return countingIn(environments)(days).heldIds;
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

/** What counts as a backup and what is held, each listing's worked out once for as many days as are asked for. */
const countingIn = oncePerListing((environments) => {
  const known = new Map<number, Counting>();
  return (days: number): Counting => {
    const present = known.get(days) ?? countingOf(environments, days);
    known.set(days, present);
    return present;
  };
});

interface Counting {
  readonly holds: readonly Hold[];
  readonly heldIds: ReadonlySet<string>;
  readonly backups: readonly Copy[];
}

function countingOf(environments: readonly Environment[], days: number): Counting {
  const copies = copiesIn(environments);
  if (days === 0) return { holds: [], heldIds: new Set(), backups: copies };
  const now = latestIn(environments);
  const children = childrenIn(environments, copies);
  const holds = copies.flatMap((copy): Hold[] => {
    const changed = changedAt(copy);
    const forked = forkedAt(copy, children);
    const last = Math.max(changed ?? 0, forked ?? 0);
    const until = last + days * DAY_MS;
    if (last === 0 || until <= now) return [];
    return [{ copy, because: changed === undefined ? "forked" : "changed", until }];
  });
  const heldIds = new Set(holds.map(({ copy }) => copy.environment.id));
  return { holds, heldIds, backups: copies.filter(({ environment }) => !heldIds.has(environment.id)) };
}

/** When environments that are no copies of ours were made, by the id that each was forked from. */
type Children = ReadonlyMap<string, readonly number[]>;

function childrenIn(environments: readonly Environment[], copies: readonly Copy[]): Children {
  const ours = new Set(copies.map(({ environment }) => environment));
  const children = new Map<string, number[]>();
  for (const environment of environments) {
    const { forkedFrom, createdAt } = environment;
    if (forkedFrom === undefined || ours.has(environment)) continue;
    const siblings = children.get(forkedFrom);
    if (siblings === undefined) children.set(forkedFrom, [createdAt]);
    else siblings.push(createdAt);
  }
  return children;
}

/** When the last environment was forked from a copy; names are dead after a renaming, so time tells too. */
function forkedAt({ environment, originalId }: Copy, children: Children): number | undefined {
  const now = children.get(environment.id);
  const before = environment.id === originalId ? undefined : children.get(originalId);
  if (now === undefined && before === undefined) return undefined;
  const made = [...(now ?? []), ...(before ?? [])].filter((createdAt) => createdAt >= environment.createdAt);
  return made.reduce<number | undefined>(
    (last, createdAt) => Math.max(last ?? environment.lastDataChangeAt, createdAt),
    undefined,
  );
}
