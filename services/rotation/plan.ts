import type { Cadence, Config } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { Environment } from "../datocms/environments.ts";
import { surplusIn } from "./givingWay.ts";
import { creatingIn } from "./hanging.ts";
import { heldIds } from "./held.ts";
import { asCopy, backupId, type Copy, copiesIn, identityOf, type UtcDate } from "./names.ts";
import { candidatesOf, mayBreakFirst, placesIn, planGivingWay, planLeaving } from "./planRoom.ts";
import { excess } from "./retention.ts";
import { isFreeing, isFull, mustYield } from "./room.ts";
import { FORK_FAILED, NO_PRIMARY, noRoom, type WhyNoRoom } from "./sentences.ts";

/** A copy that a run has been asked for. */
export interface Target {
  readonly cadence: Cadence;
  readonly date: UtcDate;
  /** A new copy is wanted even where one of this date exists. */
  readonly fresh: boolean;
  /**
   * A fresh copy must be newer than the one that was begun at this moment, ms on DatoCMS's clock, and whoever has made
   * such a one has done it. Undefined: it must be of this run or of one that it has joined.
   */
  readonly replaces?: number | undefined;
  /** A fresh copy is wanted so much that on a full plan an old one may go before the new one is there. */
  readonly forced: boolean;
}

/**
 * What a run has itself seen of one target. It ends with the run: everything that must outlive it stands in
 * the environments.
 */
export interface Memory {
  /** The latest that DatoCMS's clock showed when the run began, ms since the epoch: what is new is newer. */
  readonly newestSeen: number;
  /** The fork was accepted, or the target was seen `creating`: its absence now means that the fork failed. */
  mine: boolean;
  /** When DatoCMS began that copy, on its own clock. */
  madeAt: number | undefined;
  /** Forks sent, whatever came of them. */
  forksSent: number;
  /** A fork was sent, or somebody else was seen replacing the target: a ready one may be new. */
  expected: boolean;
  /** It had to wait for room: what comes under the target's name meanwhile is another run's new copy. */
  hasWaited: boolean;
  /** Creation time of the copy that this run set aside, or tried to: that one is never the new one. */
  setAside: number | undefined;
  /** Id under which a copy that this run has renamed waits to give way. */
  marked: string | undefined;
  /** Id of a copy that this run has compared with what is to come before it marked it. */
  compared: string | undefined;
  /** Sandboxes that existed when the plan refused another. */
  noRoom: number | undefined;
  /** How often the plan refused. */
  refusals: number;
  /** How often it did so while a single copy of ours was there, or none. */
  refusalsAsOnly: number;
  /** Identity of the copy that this run has destroyed to make room. */
  freed: string | undefined;
  /** Why it is of no use to try again. */
  refused: Failure | undefined;
}

/** All that a decision about one target rests on, beside the environments. */
export interface Run {
  readonly target: Target;
  readonly memory: Readonly<Memory>;
  readonly policy: Pick<Config, "keep" | "rotation" | "holdDays">;
  /** Sandboxes that the plan allows, where known. */
  readonly limit: number | undefined;
  /** Ids of copies that hold much more than what was made after them: they do not give way. */
  readonly braked: ReadonlySet<string>;
  /** Another cadence of this run is still at work and may give room back. */
  readonly othersAtWork: boolean;
  /** Free places that are more important cadences'. */
  readonly owed: number;
  /** A copy of whatever cadence that this run could remove because newer ones stand. */
  readonly dispensable: Copy | undefined;
  /** Ids of copies that this run must not remove, however old. */
  readonly waysBack: ReadonlySet<string>;
  /** Whether it may remove anything at all. */
  readonly removes: Removes;
  /** Ms since the epoch: tells a fork that hangs from one that is under way. */
  readonly now: number;
}

/** Whose copies a run may remove: every cadence's, those of the cadences it was asked for, or none. */
export type Removes = "all" | "own" | "nothing";

/** What to do next for one target. */
export type Step =
  /** Its id is the primary's: today's copy was promoted. */
  | { readonly do: "stop"; readonly because: "promoted" }
  | { readonly do: "fail"; readonly failure: Failure; readonly restore: readonly Copy[] }
  /** `otherwise`: the failure of a run that waits in vain. */
  | { readonly do: "wait"; readonly for: "copy" | "removal" | "room"; readonly otherwise?: Failure }
  /** Destroy what newer copies have made dispensable: that may make room without anything giving way. */
  | { readonly do: "tidy"; readonly copy: Copy }
  /** Rename a copy that is to give way, so that every other run can see it. */
  | { readonly do: "mark"; readonly copy: Copy }
  /** Destroy an old copy so that the new one has room. */
  | { readonly do: "free"; readonly copy: Copy }
  | { readonly do: "fork"; readonly source: string; readonly id: string }
  /** Rename today's copy out of the way of its replacement. */
  | { readonly do: "set-aside"; readonly copy: Copy }
  /** Today's copy is the answer, because there is no room for another or none is asked for. */
  | { readonly do: "reuse"; readonly copy: Copy; readonly because: "no-room" | "present" }
  | { readonly do: "finish"; readonly copy: Copy; readonly remove: readonly Copy[] };

/** Forks for a copy without which its cadence has none. */
const FORKS_FOR_THE_ONLY = 2;

/** After a copy gave way, the plan may take a while to notice: so often the fork is tried again. */
const REFUSALS_AFTER_FREEING = 5;

/**
 * Decides the next step for one target. Pure and total: whatever DatoCMS lists, the first rule that fits
 * wins, and none looks at a clock.
 *
 * @param environments what DatoCMS lists now
 */
export function plan(environments: readonly Environment[], run: Run): Step {
  const id = backupId(run.target.cadence, run.target.date);
  const environment = environments.find((each) => each.id === id);
  if (environment === undefined) return planAbsent(environments, run, id);
  if (environment.primary) return { do: "stop", because: "promoted" };
  if (environment.status === "creating") return { do: "wait", for: "copy" };
  const copy = environment.status === "ready" ? asCopy(environment) : undefined;
  return copy === undefined ? { do: "wait", for: "removal" } : planReady(environments, run, copy);
}

function planReady(environments: readonly Environment[], run: Run, copy: Copy): Step {
  const { target, memory, policy } = run;
  if (target.fresh && !isNew(memory, copy.environment) && !isSuccessor(run, copy.environment)) {
    const cannotFork = environments.some((each) => each.primary) ? undefined : NO_PRIMARY;
    const failure = memory.mine ? FORK_FAILED : (memory.refused ?? cannotFork);
    if (failure !== undefined) return { do: "fail", failure, restore: [] };
    if (target.forced || !isFull(environments, run)) return { do: "set-aside", copy };
    if (isFreeing(environments)) return { do: "wait", for: "room" };
    return run.dispensable === undefined
      ? { do: "reuse", copy, because: "no-room" }
      : { do: "tidy", copy: run.dispensable };
  }
  if (run.removes === "nothing") return { do: "finish", copy, remove: [] };
  const spared = new Set([copy.originalId]);
  return { do: "finish", copy, remove: excess(environments, target.cadence, policy, spared).remove };
}

/**
 * Whether a ready target is the work of this run, or of one that it has joined. Somebody who tidies up may have
 * given an old copy this name back, or a user may have renamed something: that is older than the run, by its
 * creation or, where a renaming moves that, by its content.
 */
export function isNew(memory: Readonly<Memory>, { createdAt, lastDataChangeAt }: Environment): boolean {
  if (createdAt === memory.setAside) return false;
  if (createdAt === memory.madeAt) return true;
  const isAwaited = memory.mine || memory.expected || memory.hasWaited;
  // One that is newer than what this run has made has replaced it; an older one was only named back.
  return isAwaited && Math.min(createdAt, lastDataChangeAt) > Math.max(memory.newestSeen, memory.madeAt ?? 0);
}

/** Whether a copy that bears the name has been begun after the one that it was to replace, by whomever. */
function isSuccessor(
  { target, memory }: Pick<Run, "target" | "memory">,
  { createdAt, lastDataChangeAt }: Environment,
) {
  if (target.replaces === undefined || createdAt === memory.setAside) return false;
  return Math.min(createdAt, lastDataChangeAt) > target.replaces;
}

/** Whether a fork under way is of no use to a target, because it was begun before what is wanted. */
export function isOutdated({ fresh, replaces }: Target, { createdAt }: Environment): boolean {
  return fresh && replaces !== undefined && createdAt <= replaces;
}

function planAbsent(environments: readonly Environment[], run: Run, id: string): Step {
  const { target, memory } = run;
  const copies = copiesIn(environments).filter((copy) => copy.cadence === target.cadence);
  const ready = copies.filter((copy) => copy.environment.status === "ready");
  const setAside = ready.find((copy) => copy.originalId === id);
  const marked = ready.find((copy) => copy.environment.id === memory.marked);
  const restore = [...new Set([setAside, marked])].flatMap((copy) => copy ?? []);
  const held = heldIds(environments, run.policy.holdDays);
  const backups = ready.filter((copy) => !held.has(copy.environment.id));

  // Where a copy has gone for this one and none is left, the next run may be a day away.
  const isWorthAnother =
    memory.freed !== undefined && copies.length === 0 && memory.forksSent < FORKS_FOR_THE_ONLY;
  if (memory.mine && !isWorthAnother) return { do: "fail", failure: FORK_FAILED, restore };
  if (memory.refused !== undefined) return { do: "fail", failure: memory.refused, restore };
  if (setAside !== undefined && !target.fresh) return { do: "reuse", copy: setAside, because: "present" };
  const primary = environments.find((each) => each.primary);
  // Nothing gives way for a fork that cannot follow.
  if (primary === undefined) return { do: "fail", failure: NO_PRIMARY, restore };
  const isYielding = backups.length === 0 && mustYield(environments, run);
  const full = isFull(environments, run);
  const leaving = copies.find((copy) => identityOf(copy.environment) === memory.freed);
  const again = leaving && planLeaving(environments, run, leaving, backups, setAside);
  if (again !== undefined) return again;

  if (full || isYielding) {
    if (isFreeing(environments) || run.othersAtWork) return { do: "wait", for: "room" };
    if (full && run.dispensable !== undefined) return { do: "tidy", copy: run.dispensable };
    if (target.fresh && !target.forced && setAside !== undefined)
      return { do: "reuse", copy: setAside, because: "no-room" };
    const hasFreed = memory.freed !== undefined && leaving === undefined;
    if (hasFreed && memory.noRoom !== undefined && memory.refusals < REFUSALS_AFTER_FREEING)
      return { do: "wait", for: "room" };
    const isHung = full && creatingIn(environments).length > 0;
    // Nothing gives way for want of a place that only a way back holds.
    const surplus = surplusIn(environments, run.policy);
    const isBraked = backups.some(({ environment }) => run.braked.has(environment.id));
    const fails = (because: WhyNoRoom | undefined): Failure =>
      noRoom(placesIn(environments, run.limit), because);
    if (hasFreed) return { do: "fail", failure: fails("freed"), restore };
    if (isYielding && !full) return { do: "fail", failure: fails("owed"), restore };
    const isSpared = [...run.waysBack].some((each) => surplus.has(each));
    const isWayBack = isSpared || backups.some(({ environment }) => run.waysBack.has(environment.id));
    const may = full && !isSpared && mayBreakFirst(environments, run, backups.length);
    const without = { setAside, restore, fails, primary, id };
    const giving = may ? planGivingWay(environments, run, backups, without) : undefined;
    if (giving !== undefined) return giving;
    const because = isHung ? "creating" : isBraked ? "braked" : isWayBack ? "wayBack" : undefined;
    return { do: "fail", failure: fails(because), restore };
  }

  const deletesFirst = run.policy.rotation === "delete-first" && memory.freed === undefined;
  if (deletesFirst && run.removes !== "nothing" && backups.length >= run.policy.keep[target.cadence]) {
    const [oldest] = candidatesOf(environments, run, backups, setAside);
    if (oldest !== undefined) return { do: "free", copy: oldest };
  }
  return { do: "fork", source: primary.id, id };
}
