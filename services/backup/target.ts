import type { Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { UtcDate } from "../catalog/names.ts";
import type { Environment } from "../datocms/environments.ts";

/** A backup that a run has been asked for. */
export interface Target {
  readonly cadence: Cadence;
  readonly date: UtcDate;
  /**
   * `ensure`: whatever backup of this date there is will do. `replace`: a new one takes its place. `force`: the same,
   * and on a full price plan an old one may go before the new one is there.
   */
  readonly want: "ensure" | "replace" | "force";
  /**
   * A new backup must be newer than the one that was begun at this moment, ms on DatoCMS's clock, and whoever has made
   * such a one has done it. Undefined: it must be of this run or of one that it has joined.
   */
  readonly replaces?: number | undefined;
}

/**
 * What a run has itself seen of one target. It ends with the run: everything that must outlive it stands in
 * the environments.
 */
export interface Memory {
  /** The latest that DatoCMS's clock showed when the run began, ms since the epoch: what is new is newer. */
  readonly newestSeen: number;
  /** The fork was accepted, or the target was seen `creating`: its absence now means that the fork failed. */
  forkStarted: boolean;
  /** When DatoCMS began that backup, on its own clock. */
  madeAt: number | undefined;
  /** Forks sent, whatever came of them. */
  forksSent: number;
  /** A fork was sent, or somebody else was seen replacing the target: a ready one may be new. */
  forkMayExist: boolean;
  /** It had to wait for room: what comes under the target's name meanwhile is another run's new backup. */
  hasWaited: boolean;
  /** Creation time of the backup that this run set aside, or tried to: that one is never the new one. */
  setAside: number | undefined;
  /** Id under which a backup that this run has renamed waits to be evicted. */
  marked: string | undefined;
  /** Id of a backup that this run has compared with what is to come before it marked it. */
  compared: string | undefined;
  /** Sandboxes that existed when the price plan refused another. */
  fullAt: number | undefined;
  /** How often it refused. */
  limitRefusals: number;
  /** How often it did so while a single backup of ours was there, or none. */
  limitRefusalsAsOnly: number;
  /** Identity of the backup that this run has destroyed to make room. */
  evicted: string | undefined;
  /** Why it is of no use to try again. */
  finalFailure: Failure | undefined;
}

/**
 * Tells whether a ready target is the work of this run, or of one that it has joined. Somebody who prunes may have
 * given an old backup this name back, or a user may have renamed something: that is older than the run, by its
 * creation or, where a renaming moves that, by its content.
 */
export function isNew(memory: Readonly<Memory>, { createdAt, lastDataChangeAt }: Environment): boolean {
  if (createdAt === memory.setAside) return false;
  if (createdAt === memory.madeAt) return true;
  const isAwaited = memory.forkStarted || memory.forkMayExist || memory.hasWaited;
  // One that is newer than what this run has made has replaced it; an older one was only named back.
  return isAwaited && Math.min(createdAt, lastDataChangeAt) > Math.max(memory.newestSeen, memory.madeAt ?? 0);
}

/** Tells whether a backup that bears the name has been begun after the one that it was to replace, by whomever. */
export function isSuccessor(
  { replaces }: Target,
  memory: Readonly<Memory>,
  { createdAt, lastDataChangeAt }: Environment,
): boolean {
  if (replaces === undefined || createdAt === memory.setAside) return false;
  return Math.min(createdAt, lastDataChangeAt) > replaces;
}

/** Tells whether a fork under way is of no use to a target, because it was begun before what is wanted. */
export function isOutdated({ want, replaces }: Target, { createdAt }: Environment): boolean {
  return want !== "ensure" && replaces !== undefined && createdAt <= replaces;
}
