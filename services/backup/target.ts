import type { Cadence } from "../../utils/config.ts";
import type { UtcDate } from "../catalog/names.ts";
import type { Environment } from "../datocms/environments.ts";
import type { Memory } from "./memory.ts";

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
 * Tells whether a ready target is the work of this run, or of one that it has joined. Somebody who prunes may have
 * given an old backup this name back, or a user may have renamed something: that is older than the run, by its
 * creation or, where a renaming moves that, by its content.
 */
export function isNew(memory: Memory, { createdAt, lastDataChangeAt }: Environment): boolean {
  if (createdAt === memory.setAside) return false;
  if (createdAt === memory.madeAt) return true;
  const isAwaited = memory.forkStarted || memory.forkMayExist || memory.hasWaited;
  // One that is newer than what this run has made has replaced it; an older one was only named back.
  return isAwaited && Math.min(createdAt, lastDataChangeAt) > Math.max(memory.newestSeen, memory.madeAt ?? 0);
}

/** Tells whether a backup that bears the name has been begun after the one that it was to replace, by whomever. */
export function isSuccessor(
  { replaces }: Target,
  memory: Memory,
  { createdAt, lastDataChangeAt }: Environment,
): boolean {
  if (replaces === undefined || createdAt === memory.setAside) return false;
  return Math.min(createdAt, lastDataChangeAt) > replaces;
}

/** Tells whether a fork under way is of no use to a target, because it was begun before what is wanted. */
export function isOutdated({ want, replaces }: Target, { createdAt }: Environment): boolean {
  return want !== "ensure" && replaces !== undefined && createdAt <= replaces;
}
