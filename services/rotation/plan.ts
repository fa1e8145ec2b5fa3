import type { Cadence, Config } from "../../utils/config.ts";
import type { Failure } from "../../utils/errors.ts";
import type { Environment } from "../datocms/environments.ts";
import { backupId, type Copy, copiesIn, type UtcDate } from "./names.ts";
import { excess } from "./retention.ts";

/** A copy that a run has been asked for. */
export interface Target {
  readonly cadence: Cadence;
  readonly date: UtcDate;
  /** A new copy is wanted even where one of this date exists. */
  readonly fresh: boolean;
  /** A fresh copy is wanted so much that on a full plan an old one may go before the new one is there. */
  readonly forced: boolean;
}

/**
 * What a run has itself seen of one target. It ends with the run: everything that must outlive it stands in
 * the environments.
 */
export interface Memory {
  /** The fork was accepted, or the target was seen `creating`: its absence now means that the fork failed. */
  mine: boolean;
  /** Forks sent, whatever came of them: a ready target may be the effect of one. */
  forksSent: number;
  /** Sandboxes that existed when the plan refused another. */
  noRoom: number | undefined;
  /** How often the plan refused. */
  refusals: number;
  /** Id of the copy that this run has destroyed to make room. */
  freed: string | undefined;
  /** Why it is of no use to try again. */
  refused: Failure | undefined;
}

/** All that a decision about one target rests on, beside the environments. */
export interface Run {
  readonly target: Target;
  readonly memory: Readonly<Memory>;
  readonly policy: Pick<Config, "keep" | "rotation">;
  /** Sandboxes that the plan allows, where known. */
  readonly limit: number | undefined;
  /** Another cadence of this run is still at work and may give room back. */
  readonly othersAtWork: boolean;
}

/** What to do next for one target. */
export type Step =
  /** Its id is the primary's: today's copy was promoted. */
  | { readonly do: "stop"; readonly because: "promoted" }
  | { readonly do: "fail"; readonly failure: Failure; readonly restore: Copy | undefined }
  | { readonly do: "wait"; readonly for: "copy" | "removal" | "room" }
  /** Destroy an old copy so that the new one has room. */
  | { readonly do: "free"; readonly copy: Copy }
  | { readonly do: "fork"; readonly source: string; readonly id: string }
  /** Rename today's copy out of the way of its replacement. */
  | { readonly do: "set-aside"; readonly copy: Copy }
  /** There is no room for a replacement: today's copy stays the answer. */
  | { readonly do: "reuse"; readonly copy: Copy }
  | { readonly do: "finish"; readonly copy: Copy; readonly remove: readonly Copy[] };

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
  if (environment.status === "destroying") return { do: "wait", for: "removal" };
  return planReady(environments, run, id);
}

function planReady(environments: readonly Environment[], run: Run, id: string): Step {
  const { target, memory } = run;
  const copy = copiesIn(environments).find((each) => each.environment.id === id);
  // A primary is never a copy and was dealt with before, so a ready target always is one.
  if (copy === undefined) return { do: "stop", because: "promoted" };
  const isOurs = memory.mine || memory.forksSent > 0;
  if (target.fresh && !isOurs)
    return isFull(environments, run) && !target.forced ? { do: "reuse", copy } : { do: "set-aside", copy };
  return {
    do: "finish",
    copy,
    remove: excess(environments, target.cadence, run.policy.keep, new Set([id])).remove,
  };
}

function planAbsent(environments: readonly Environment[], run: Run, id: string): Step {
  const { target, memory } = run;
  const copies = copiesIn(environments).filter((copy) => copy.cadence === target.cadence);
  const ready = copies.filter((copy) => copy.environment.status === "ready");
  const setAside = ready.find((copy) => copy.originalId === id);

  if (memory.mine) return { do: "fail", failure: FORK_FAILED, restore: setAside };
  if (memory.refused !== undefined) return { do: "fail", failure: memory.refused, restore: setAside };
  const leaving = copies.find((copy) => copy.environment.id === memory.freed);
  if (leaving !== undefined)
    return leaving.environment.status === "ready"
      ? { do: "free", copy: leaving }
      : { do: "wait", for: "removal" };

  if (isFull(environments, run)) {
    const isFreeing = copiesIn(environments).some((copy) => copy.environment.status === "destroying");
    if (isFreeing || run.othersAtWork) return { do: "wait", for: "room" };
    if (target.fresh && !target.forced && setAside !== undefined) return { do: "reuse", copy: setAside };
    if (memory.freed !== undefined && memory.noRoom !== undefined && memory.refusals < REFUSALS_AFTER_FREEING)
      return { do: "wait", for: "room" };
    const oldest = oldestToFree(environments, ready, setAside);
    const frees =
      memory.freed === undefined && run.policy.rotation !== "fork-first" && canMakeRoom(environments, run);
    if (frees && oldest !== undefined) return { do: "free", copy: oldest };
    return { do: "fail", failure: noRoom(environments, run), restore: setAside };
  }

  const deletesFirst = run.policy.rotation === "delete-first" && memory.freed === undefined;
  if (deletesFirst && ready.length >= run.policy.keep[target.cadence]) {
    const oldest = oldestToFree(environments, ready, setAside);
    if (oldest !== undefined) return { do: "free", copy: oldest };
  }
  const primary = environments.find((each) => each.primary);
  return primary === undefined
    ? { do: "fail", failure: NO_PRIMARY, restore: setAside }
    : { do: "fork", source: primary.id, id };
}

/** The oldest copy that may give way; the one that was set aside for this very target only if no other can. */
function oldestToFree(
  environments: readonly Environment[],
  ready: readonly Copy[],
  setAside: Copy | undefined,
) {
  const free = ready.filter((copy) => !isForkSource(environments, copy.environment.id));
  return free.findLast((copy) => copy !== setAside) ?? free.at(-1);
}

/** Whether a running fork copies from this environment. */
export function isForkSource(environments: readonly Environment[], id: string): boolean {
  return environments.some((each) => each.status === "creating" && each.forkedFrom === id);
}

/** Every sandbox takes a place, in whatever state it is. */
export function sandboxesIn(environments: readonly Environment[]): number {
  return environments.filter((each) => !each.primary).length;
}

/** The plan is known to be full, or has refused a fork and nothing has gone since. */
function isFull(environments: readonly Environment[], { limit, memory }: Run): boolean {
  const inUse = sandboxesIn(environments);
  return (limit !== undefined && inUse >= limit) || (memory.noRoom !== undefined && inUse >= memory.noRoom);
}

/** With a known limit, one copy less must be enough; without one it is worth one try. */
function canMakeRoom(environments: readonly Environment[], { limit }: Run): boolean {
  return limit === undefined || sandboxesIn(environments) - 1 < limit;
}

function noRoom(environments: readonly Environment[], { limit }: Run): Failure {
  const inUse = sandboxesIn(environments);
  const ours = copiesIn(environments).length;
  return {
    cause: "ENVIRONMENT_LIMIT_REACHED",
    sentence:
      "The DatoCMS plan has no room for another environment, and nothing was destroyed for it. Delete a sandbox that nobody needs, keep fewer copies, or take a plan with more environments.",
    facts: { limit: limit ?? null, inUse, ours, foreign: inUse - ours },
  };
}

const FORK_FAILED: Failure = {
  cause: "FORK_FAILED",
  sentence: "DatoCMS began the copy and then dropped it. Older copies were kept; the next run tries again.",
};

const NO_PRIMARY: Failure = {
  cause: "PRIMARY_NOT_FOUND",
  sentence:
    "DatoCMS lists no primary environment, so there is nothing to copy. Does the token's role see all environments?",
};
