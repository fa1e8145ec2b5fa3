import { isShort, later, setBack, TO_FORK, TO_FORK_AFTER_FREEING, TO_SET_ASIDE } from "./attempts.ts";
import { DOUBT_PAUSE_MS, type Effects, LOOK, LOOK_NOW, type Next, PLAN } from "./effects.ts";
import { backupsIn } from "./held.ts";
import { letGiveWay, mark } from "./makeRoom.ts";
import type { Copy } from "./names.ts";
import { isOutdated, type Step } from "./plan.ts";
import { removeAll, tellShrunk } from "./removal.ts";
import { sandboxesIn } from "./room.ts";
import { endDone, endFailed, endPromoted, type TargetRun } from "./run.ts";
import { CHANGING, HIDDEN, NO_ROOM_FOR_REPLACEMENT, overage } from "./sentences.ts";
import { missingBefore } from "./sharing.ts";
import type { World } from "./world.ts";

/** With fewer left, a sentence is not worth one. */
const CALLS_TO_SPARE = 6;

const MAX_FORKS = 3;

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
  // A place may be kept for others. One more try: where the limit cannot be read, the copy is made, and at once.
  if (effects.limit === "unread" && missingBefore(run, effects).length > 0) {
    effects.limit = await effects.environments.limitIfOffered();
    if (typeof effects.limit === "number") return PLAN;
  }
  const outcome = await effects.environments.fork(source, run.id, effects.policy.forkMode);
  run.memory.forksSent += 1;
  run.memory.mine = false;
  run.memory.madeAt = undefined;
  const hasLooked = run.memory.expected;
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
      // Only who has looked for it in vain may say that it is hidden.
      return setBack(run, hasLooked ? HIDDEN : CHANGING);
    case "no-room": {
      const inUse = sandboxesIn(world.environments);
      run.memory.noRoom = inUse;
      run.memory.refusals += 1;
      effects.fullAt = inUse;
      // A single copy must not go because of a fork that has come meanwhile: the list tells.
      const isTold = typeof effects.limit === "number";
      if (isTold || backupsIn(world.environments, effects.policy.holdDays).length > 1) return PLAN;
      run.memory.refusalsAsOnly += 1;
      return run.memory.refusalsAsOnly === 1 ? LOOK_NOW : PLAN;
    }
    case "refused":
      run.memory.refused = outcome.failure;
      return PLAN;
    case "unknown":
      run.obstacle = outcome.failure;
      if (run.memory.forksSent >= MAX_FORKS || allowance.retryTimeLeft() === 0)
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
