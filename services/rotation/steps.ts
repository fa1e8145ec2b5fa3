import { type Failure, failureIn } from "../../utils/errors.ts";
import type { Allowance } from "../datocms/allowance.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import type { Environment } from "../datocms/environments.ts";
import { successorOf } from "./brake.ts";
import { BUSY_PAUSE_MS, DOUBT_PAUSE_MS, type Effects, LOOK, LOOK_NOW, type Next, PLAN } from "./effects.ts";
import { backupsIn, newestBackup } from "./held.ts";
import { type Copy, identityOf, supersededId } from "./names.ts";
import { isOutdated, type Step } from "./plan.ts";
import { askForRemoval, brakedIn, compareWith, removeAll, tellShrunk } from "./removal.ts";
import { excess } from "./retention.ts";
import { sandboxesIn } from "./room.ts";
import { endDone, endFailed, endPromoted, type TargetRun } from "./run.ts";
import { CHANGING, CUT, HIDDEN, NO_ROOM_FOR_REPLACEMENT, overage } from "./sentences.ts";
import { missingBefore } from "./sharing.ts";
import type { World } from "./world.ts";

/** What must be left for something that is not to be cut. */
interface Least {
  readonly ms: number;
  readonly calls: number;
}

const TO_FORK: Least = { ms: 10_000, calls: 6 };
/** A copy is set aside only when enough is left for the fork that must follow. */
const TO_SET_ASIDE: Least = { ms: 12_000, calls: 8 };
/** Once a copy has gone for it, a fork had better be begun than not. */
const TO_FORK_AFTER_FREEING: Least = { ms: 3_000, calls: 3 };
/** One call to destroy a copy, and one to see it gone. */
const TO_FREE: Least = { ms: 12_000, calls: TO_FORK_AFTER_FREEING.calls + 2 };

/** Before that, one to mark it and one to see the mark. */
const TO_MARK: Least = { ms: 13_000, calls: TO_FREE.calls + 2 };

/** With fewer left, a sentence is not worth one. */
const CALLS_TO_SPARE = 6;

const MAX_FORKS = 3;
const MAX_SETBACKS = 4;

/** Takes one step. The run's outcome is set when that was its last. */
export async function apply(step: Step, run: TargetRun, effects: Effects): Promise<Next> {
  switch (step.do) {
    case "stop":
      endPromoted(run);
      return PLAN;
    case "fail":
      for (const copy of step.restore) if ((await giveNameBack(copy, effects)) === "stale") return LOOK_NOW;
      tellShrunk(run, effects);
      endFailed(run, step.failure);
      return PLAN;
    case "wait":
      if (step.for === "copy") noteMaking(run, effects.world);
      else run.memory.hasWaited = true;
      if (step.otherwise !== undefined) run.obstacle = step.otherwise;
      // A copy has gone for this target and the plan has not noticed: the next look is followed by a fork.
      if (step.for === "room" && run.memory.freed !== undefined) run.memory.noRoom = undefined;
      return LOOK;
    case "tidy":
      return removeAll([step.copy], step.copy.cadence === run.target.cadence ? run : undefined, effects);
    case "mark":
    case "free":
      return letGiveWay(step.copy, step.do, run, effects);
    case "fork":
      return fork(step.source, run, effects);
    case "set-aside":
      return setAside(step.copy, run, effects);
    case "reuse":
      if (step.copy.superseded && (await giveNameBack(step.copy, effects)) === "stale") return LOOK_NOW;
      if (step.because === "no-room") run.problems.push(NO_ROOM_FOR_REPLACEMENT);
      endDone(run, step.copy);
      return PLAN;
    case "finish":
      return finish(step.copy, step.remove, run, effects);
  }
}

async function finish(copy: Copy, remove: readonly Copy[], run: TargetRun, effects: Effects): Promise<Next> {
  const next = await removeAll(remove, run, effects);
  if (next.kind === "look") return next;
  tellShrunk(run, effects);
  endDone(run, copy);
  return PLAN;
}

/** A copy that costs extra is made all the same; the plan's threshold is asked only afterwards, and once. */
async function tellOverage(run: TargetRun, effects: Effects): Promise<void> {
  const { allowance, environments, world } = effects;
  if (effects.threshold === undefined && allowance.callsLeft() < CALLS_TO_SPARE) return;
  effects.threshold ??= environments.overageThreshold();
  const threshold = await effects.threshold;
  const sandboxes = sandboxesIn(world.environments);
  if (threshold !== undefined && sandboxes > threshold) run.problems.push(overage(sandboxes, threshold));
}

/** The target is being made, by this run or by one that it joins. */
function noteMaking(run: TargetRun, world: World): void {
  const making = world.find(run.id);
  if (making !== undefined && isOutdated(run.target, making)) return;
  run.memory.mine = true;
  // Another run may replace what this one has made: that stays its own.
  run.memory.madeAt ??= making?.createdAt;
}

async function fork(source: string, run: TargetRun, effects: Effects): Promise<Next> {
  const { allowance, world, logger } = effects;
  if (isShort(run, allowance, run.memory.freed === undefined ? TO_FORK : TO_FORK_AFTER_FREEING)) return PLAN;
  // A place may be kept for others; where the limit cannot be read at all, the copy is made.
  if (missingBefore(run, effects).length > 0 && (await learnLimit(effects)).kind === "changed") return PLAN;
  const outcome = await effects.environments.fork(source, run.id, effects.policy.forkMode);
  run.memory.forksSent += 1;
  run.memory.mine = false;
  run.memory.madeAt = undefined;
  run.memory.expected ||= ["accepted", "taken", "unknown"].includes(outcome.kind);
  logger.info("fork_sent", { environmentId: run.id, source, outcome: outcome.kind });
  switch (outcome.kind) {
    case "accepted": {
      world.add(outcome.value);
      noteMaking(run, world);
      await tellOverage(run, effects);
      return PLAN;
    }
    case "taken":
      return setBack(run, HIDDEN);
    case "no-room": {
      const inUse = sandboxesIn(world.environments);
      run.memory.noRoom = inUse;
      run.memory.refusals += 1;
      effects.fullAt = inUse;
      // A single copy must not go because of a fork that has come meanwhile: the list tells.
      const isTold = typeof effects.limit === "number";
      const isSingle = backupsIn(world.environments, effects.policy.holdDays).length === 1;
      return isSingle && !isTold && run.memory.refusals === 1 ? LOOK_NOW : PLAN;
    }
    case "refused":
      run.memory.refused = outcome.failure;
      return PLAN;
    case "unknown":
      run.obstacle = outcome.failure;
      if (run.memory.forksSent >= MAX_FORKS || allowance.patienceLeft() === 0)
        run.memory.refused = outcome.failure;
      return { kind: "look", ms: DOUBT_PAUSE_MS };
    case "busy":
    case "gone":
      return later(outcome, run, effects);
  }
}

async function setAside(copy: Copy, run: TargetRun, effects: Effects): Promise<Next> {
  const { allowance, world } = effects;
  if (world.isStale(allowance.clock.monotonic())) return LOOK_NOW;
  if (isShort(run, allowance, TO_SET_ASIDE)) return PLAN;
  run.memory.setAside = copy.environment.createdAt;
  const outcome = await mark(copy, run, effects);
  // Gone from under this name: somebody else is replacing it at this moment, and that is the new copy.
  if (outcome.kind === "gone") run.memory.expected = true;
  return outcome.kind === "accepted" ? PLAN : later(outcome, run, effects);
}

/** Renames a copy, so that every run can see that something is to come in its place. */
async function mark(copy: Copy, run: TargetRun, { environments, world, logger }: Effects) {
  const { id } = copy.environment;
  const newId = supersededId(copy);
  const outcome = await environments.rename(id, newId);
  logger.info("copy_set_aside", { environmentId: id, newId, outcome: outcome.kind });
  if (outcome.kind === "accepted" || outcome.kind === "unknown") run.memory.marked = newId;
  if (outcome.kind === "accepted") world.renamed(id, newId);
  return outcome;
}

/** Makes room by one copy: marks it, so that no other run counts on it, or destroys it once that is seen. */
async function letGiveWay(copy: Copy, how: "mark" | "free", run: TargetRun, effects: Effects): Promise<Next> {
  const { world, allowance } = effects;
  const learnt = await learnLimit(effects);
  if (learnt.kind === "failed") run.memory.refused = learnt.failure;
  if (learnt.kind !== "known") return PLAN;
  const needed = how === "mark" ? TO_MARK : TO_FREE;
  const isCompared = run.memory.compared === copy.environment.id;
  const next = isCompared ? undefined : await weigh(copy, run, effects, needed.calls);
  if (next !== undefined) return next;
  if (run.memory.freed === undefined && isShort(run, allowance, needed)) return PLAN;
  if (how === "free") return free(copy, run, effects);
  if (world.isStale(allowance.clock.monotonic())) return LOOK_NOW;
  const outcome = await mark(copy, run, effects);
  run.memory.compared = run.memory.marked;
  // What it rests on must be seen with the mark in place.
  return outcome.kind === "accepted" ? LOOK_NOW : later(outcome, run, effects);
}

/** Whether the content of a copy speaks against letting it give way; undefined where nothing does. */
async function weigh(
  copy: Copy,
  run: TargetRun,
  effects: Effects,
  reserved: number,
): Promise<Next | undefined> {
  const verdict = await compareWith(standInFor(copy, effects), copy, run, effects, reserved);
  if (verdict === "clear") return undefined;
  if (verdict === "shrunk") return PLAN;
  if (verdict === "gone") return setBack(run, CHANGING);
  if (verdict === "out-of-calls")
    return mayGoUncompared(copy, effects) ? undefined : passOver(copy, run, effects);
  // Another run has just sent it away.
  if (verdict.cause === "DATOCMS_BUSY") return setBack(run, verdict);
  run.memory.refused = verdict;
  return PLAN;
}

async function free(copy: Copy, run: TargetRun, effects: Effects): Promise<Next> {
  const asksForIt = effects.policy.rotation === "delete-first";
  const reason = asksForIt ? "BACKUP_ROTATION asks for it" : "the plan has no room for both";
  const asked = await askForRemoval(copy, run, effects, reason);
  if (asked === "stale") return LOOK_NOW;
  if (asked === "spent") return LOOK;
  if (asked.kind !== "accepted" && asked.kind !== "unknown") return later(asked, run, effects);
  // Of unknown effect counts too: at most one copy may give way, whatever an answer hides.
  run.memory.freed = identityOf(copy.environment);
  return asked.kind === "accepted" ? PLAN : later(asked, run, effects);
}

/**
 * What a copy gives way to: a fork, which will hold what the primary does. Only one beyond the count is compared with
 * the newest, as whoever tidies up does: so that two runs never keep another one each.
 */
function standInFor(copy: Copy, { world, policy }: Effects): Environment | undefined {
  const { remove } = excess(world.environments, copy.cadence, policy, new Set());
  const isBeyond = remove.some(({ environment }) => environment.id === copy.environment.id);
  return isBeyond
    ? successorOf(copy, world.environments, policy)?.environment
    : world.environments.find((each) => each.primary);
}

/**
 * Where the brake keeps another copy of the cadence, that one stays whatever happens, so the newest may go without a
 * comparison.
 */
function mayGoUncompared(copy: Copy, effects: Effects): boolean {
  const newest = newestBackup(effects.world.environments, copy.cadence, effects.policy.holdDays);
  return brakedIn(copy.cadence, effects).length > 0 && newest?.environment.id === copy.environment.id;
}

/**
 * No calls are left to compare a copy. Unless the brake keeps another, none goes: another run could remove the copies
 * that this one passes over at the same moment, and then nothing would be left.
 */
function passOver(copy: Copy, run: TargetRun, effects: Effects): Next {
  if (brakedIn(copy.cadence, effects).length > 0) effects.unsure.add(copy.environment.id);
  else run.memory.refused = CUT.OUT_OF_CALLS;
  return PLAN;
}

type Learnt =
  | { readonly kind: "known" }
  /** Something is known now that the plan did not rest on. */
  | { readonly kind: "changed" }
  | { readonly kind: "failed"; readonly failure: Failure };

/**
 * A copy or a place must not go because a limit could not be read quickly: before the first does, it is read with all
 * patience.
 */
async function learnLimit(effects: Effects): Promise<Learnt> {
  if (effects.limit !== "unread") return { kind: "known" };
  try {
    effects.limit = await effects.environments.sandboxLimit();
    return { kind: effects.limit === "untold" ? "known" : "changed" };
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return { kind: "failed", failure };
  }
}

/**
 * Gives a superseded copy its name back. Failing at it loses nothing: the next run that settles does it. It
 * needs none of the reserves of a renaming that a fork must follow, for nothing has to follow this one.
 */
export async function giveNameBack(copy: Copy, effects: Effects): Promise<"sent" | "stale"> {
  const { environments, world, logger, allowance } = effects;
  if (world.isStale(allowance.clock.monotonic())) return "stale";
  const { id } = copy.environment;
  const outcome = await environments.rename(id, copy.originalId);
  logger.info("copy_named_back", { environmentId: id, newId: copy.originalId, outcome: outcome.kind });
  if (outcome.kind === "accepted") world.renamed(id, copy.originalId);
  return "sent";
}

/** What to do after a write that had no effect, or one that only a look can tell. */
function later(
  outcome: Exclude<WriteOutcome<unknown>, { kind: "accepted" }>,
  run: TargetRun,
  { allowance, world }: Effects,
): Next {
  switch (outcome.kind) {
    case "taken":
    case "gone":
    case "no-room":
      return setBack(run, CHANGING);
    case "refused":
      run.memory.refused = outcome.failure;
      return PLAN;
    case "unknown":
      run.obstacle = outcome.failure;
      if (allowance.patienceLeft() === 0) run.memory.refused = outcome.failure;
      return { kind: "look", ms: DOUBT_PAUSE_MS };
    case "busy": {
      run.obstacle = outcome.failure;
      if (outcome.waitMs !== undefined) return { kind: "look", ms: outcome.waitMs };
      // Where something is under way, waiting for it is no failure; what this run has sent away may not be listed.
      const isUnderWay =
        run.memory.freed !== undefined || world.environments.some((each) => each.status !== "ready");
      if (!isUnderWay) allowance.lose(BUSY_PAUSE_MS);
      if (allowance.patienceLeft() === 0) run.memory.refused = outcome.failure;
      return isUnderWay ? LOOK : { kind: "look", ms: BUSY_PAUSE_MS };
    }
  }
}

/** Somebody else was at work: look again, but not for ever. */
function setBack(run: TargetRun, failure: Failure): Next {
  run.setbacks += 1;
  run.obstacle = failure;
  if (run.setbacks > MAX_SETBACKS) run.memory.refused = failure;
  return LOOK;
}

/** Gives the run up when too little is left to begin something that must not be cut. */
function isShort(run: TargetRun, allowance: Allowance, least: Least): boolean {
  const outOfTime = allowance.timeLeft() < least.ms;
  if (!outOfTime && allowance.callsLeft() >= least.calls) return false;
  run.memory.refused = run.obstacle ?? (outOfTime ? CUT.OUT_OF_TIME : CUT.OUT_OF_CALLS);
  return true;
}
