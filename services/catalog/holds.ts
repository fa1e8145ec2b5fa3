import type { Environment } from "../datocms/environments.ts";
import type { Hold, Named } from "./backup.ts";
import { supersededId } from "./names.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** DatoCMS may still be at work on a backup for a while after it was begun. */
const GRACE_MS = 60 * 60 * 1_000;

/**
 * Finds the backups that are held: somebody promoted or edited them, or forked an environment that is no backup. Until
 * so many days after that they take room, are never destroyed, and do not count as backups.
 *
 * @param others environments that are no backups
 * @param days 0 holds none
 * @param now when DatoCMS made the newest environment, ms since the epoch: so a host whose clock is wrong costs no
 * backup, and nothing is pruned before a newer one was made
 * @returns the hold of each, by its environment
 */
export function holdsOf(
  ours: readonly Named[],
  others: readonly Environment[],
  days: number,
  now: number,
): ReadonlyMap<Environment, Hold> {
  const holds = new Map<Environment, Hold>();
  if (days === 0) return holds;
  const children = childrenOf(others);
  for (const { environment, name } of ours) {
    const changed = changedAt(environment);
    const forked = forkedAt(environment, name.originalId, children);
    const since = Math.max(changed ?? 0, forked ?? 0);
    const until = since + days * DAY_MS;
    if (since > 0 && until > now)
      holds.set(environment, { because: changed === undefined ? "forked" : "changed", since, until });
  }
  return holds;
}

function changedAt({ createdAt, lastDataChangeAt }: Environment): number | undefined {
  return lastDataChangeAt - createdAt > GRACE_MS ? lastDataChangeAt : undefined;
}

/** When environments that are no backups were made, by the id that each was forked from. */
type Children = ReadonlyMap<string, readonly number[]>;

function childrenOf(others: readonly Environment[]): Children {
  const children = new Map<string, number[]>();
  for (const { forkedFrom, createdAt } of others) {
    if (forkedFrom === undefined) continue;
    const siblings = children.get(forkedFrom);
    if (siblings === undefined) children.set(forkedFrom, [createdAt]);
    else siblings.push(createdAt);
  }
  return children;
}

/** When the last environment was forked from a backup; names are dead after a renaming, so time tells too. */
function forkedAt(
  { id, createdAt, lastDataChangeAt }: Environment,
  originalId: string,
  children: Children,
): number | undefined {
  if (children.size === 0) return undefined;
  const names = new Set([id, originalId, supersededId(originalId, createdAt)]);
  const made = [...names].flatMap((name) => children.get(name) ?? []).filter((each) => each >= createdAt);
  return made.length === 0 ? undefined : Math.max(lastDataChangeAt, ...made);
}
