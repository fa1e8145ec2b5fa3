import type { Failure } from "../../utils/failures.ts";
import type { Environment } from "../datocms/environments.ts";
import { candidatesToGiveWay, type GivingWay, givingWayOf, isSingle } from "./givingWay.ts";
import { creatingIn, isHanging } from "./hanging.ts";
import { type Copy, copiesIn } from "./names.ts";
import type { Run, Step } from "./plan.ts";
import { isForkSource } from "./retention.ts";
import { isFreeing, isFull, makesRoom, sandboxesIn } from "./room.ts";
import type { Places, WhyNoRoom } from "./sentences.ts";

/** The part of the plan that lets a copy give way where a fork has no room. */

/** So often a plan that does not tell its limit must have refused before a single copy gives way. */
const REFUSALS_BEFORE_THE_ONLY = 2;

/** What a run without room falls back on. */
interface Without {
  readonly setAside: Copy | undefined;
  readonly restore: readonly Copy[];
  readonly fails: (because: WhyNoRoom) => Failure;
  readonly primary: Environment;
  /** Name of the target. */
  readonly id: string;
}

/**
 * Which copy gives way for want of room, and how; undefined where none may. Never while a fork of ours is in the
 * making: whether that one ends well is not known, and two that fail would cost two copies. One that is under way is
 * waited for, one that hangs is named in the failure.
 */
export function planGivingWay(
  environments: readonly Environment[],
  run: Run,
  backups: readonly Copy[],
  { setAside, restore, fails, primary, id }: Without,
): Step | undefined {
  const candidates = candidatesOf(environments, run, backups, setAside);
  if (candidates.length === 0) return undefined;
  const creating = creatingIn(environments);
  if (creating.some(({ environment }) => !isHanging(environment, run.now)))
    return { do: "wait", for: "room", otherwise: fails("creating") };
  if (creating.length > 0) return { do: "fail", failure: fails("creating"), restore };
  for (const copy of candidates) {
    if (isDoubtful(environments, run, copy)) return { do: "fork", source: primary.id, id };
    const way = wayOf(environments, run, copy, setAside);
    if (way === "now") return { do: "free", copy };
    if (way === "once-marked") return { do: "mark", copy };
    if (way === "in-turn" && copy.environment.id === run.memory.marked)
      return { do: "wait", for: "room", otherwise: fails("last") };
  }
  return { do: "fail", failure: fails("last"), restore };
}

/**
 * Whether the plan's word is not enough to give up a single copy: where it does not tell its limit, somebody else's fork
 * may have taken the place when it refused, and be gone.
 */
function isDoubtful(
  environments: readonly Environment[],
  { limit, memory, policy }: Run,
  copy: Copy,
): boolean {
  return (
    limit === undefined &&
    memory.refusalsAsOnly < REFUSALS_BEFORE_THE_ONLY &&
    policy.rotation !== "delete-first" &&
    isSingle(copy, environments, policy)
  );
}

/** With `delete-first` the owner has asked for it, whatever stays. */
function wayOf(
  environments: readonly Environment[],
  { policy }: Run,
  copy: Copy,
  setAside: Copy | undefined,
): GivingWay {
  return policy.rotation === "delete-first" ? "now" : givingWayOf(copy, environments, policy, setAside);
}

/** The copies of a run's cadence that may give way, those first that should go first. */
export function candidatesOf(
  environments: readonly Environment[],
  { braked, waysBack, memory }: Run,
  backups: readonly Copy[],
  setAside: Copy | undefined,
): Copy[] {
  const spared = new Set([...braked, ...waysBack]);
  return candidatesToGiveWay(environments, backups, spared, { setAside, marked: memory.marked });
}

/** What the copy that this run has given up needs while it is still there; undefined where that is nothing. */
export function planLeaving(
  environments: readonly Environment[],
  run: Run,
  leaving: Copy,
  backups: readonly Copy[],
  setAside: Copy | undefined,
): Step | undefined {
  const full = isFull(environments, run);
  const { status, id } = leaving.environment;
  const isStuck = status === "ready" && isForkSource(environments, id);
  if (status !== "ready" || (isStuck && full)) return { do: "wait", for: "removal" };
  // Much may have happened since the first request: the second needs the same reasons.
  const mayGo = !isStuck && !run.braked.has(id) && backups.includes(leaving);
  const isNeeded = full
    ? !isFreeing(environments) &&
      creatingIn(environments).length === 0 &&
      wayOf(environments, run, leaving, setAside) === "now" &&
      roomIsMade(environments, run, backups.length)
    : run.policy.rotation === "delete-first";
  return mayGo && isNeeded ? { do: "free", copy: leaving } : undefined;
}

/** Whether an old copy may go before the new one is there: at most one in a run, and only for room. */
export function mayBreakFirst(environments: readonly Environment[], run: Run, backups: number): boolean {
  const { memory, policy, removes } = run;
  if (memory.freed !== undefined || policy.rotation === "fork-first" || removes === "nothing") return false;
  return roomIsMade(environments, run, backups);
}

function roomIsMade(environments: readonly Environment[], run: Run, backups: number): boolean {
  return makesRoom(environments, run, run.policy, run.target.cadence, backups);
}

/** How the plan's places are taken, for the sentence that says so. */
export function placesIn(environments: readonly Environment[], limit: number | undefined): Places {
  const ours = copiesIn(environments).length;
  const inUse = sandboxesIn(environments);
  const creating = creatingIn(environments).map(({ environment }) => environment.id);
  return { limit: limit ?? null, inUse, ours, foreign: inUse - ours, creating };
}
