import type { Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Shrink, successorOf } from "./brake.ts";
import { BUSY_PAUSE_MS, DOUBT_PAUSE_MS, type Effects, LOOK_NOW, type Next, PLAN } from "./effects.ts";
import { lastWaysBack } from "./givingWay.ts";
import { latestIn } from "./held.ts";
import { asCopy, type Copy, identityOf } from "./names.ts";
import type { TargetRun } from "./run.ts";
import { notRemoved, shrunk, wayBack } from "./sentences.ts";

const MAX_REMOVALS = 3;

/**
 * Destroys a copy that newer ones have made dispensable. That it fails is told, and fails nothing: the next
 * run finds the copy where it was.
 *
 * @param run whose answer names the copy; undefined when it belongs to a cadence of no run
 */
async function remove(copy: Copy, run: TargetRun | undefined, effects: Effects): Promise<Next> {
  const { removals, world, policy } = effects;
  if (!mayAskForRemoval(copy.environment, removals)) return PLAN;
  if (waysBackIn(effects).has(copy.environment.id)) return spare(copy, run, effects);
  const successor = successorOf(copy, world.environments, policy);
  const verdict = await compareWith(successor?.environment, copy, run, effects, 1);
  if (verdict === "shrunk") return PLAN;
  if (verdict !== "clear") return giveUp(copy, run, effects);
  const asked = await askForRemoval(copy, run, effects);
  if (asked === "stale") return LOOK_NOW;
  if (asked === "spent" || asked.kind === "accepted") return PLAN;
  if (asked.kind === "gone") {
    effects.world.destroying(copy.environment.id);
    return PLAN;
  }
  const isLast = !mayAskForRemoval(copy.environment, removals);
  if (asked.kind === "unknown" && !isLast) return { kind: "look", ms: DOUBT_PAUSE_MS };
  if (asked.kind === "busy" && !isLast) return { kind: "look", ms: asked.waitMs ?? BUSY_PAUSE_MS };
  return giveUp(copy, run, effects);
}

/**
 * Removes copies in their order. Where the brake has kept one, the newest come next: those that it keeps are
 * old, they are compared anew in each run, and must not use up the calls of all others for ever.
 *
 * @param reserved none is begun with so few calls left
 */
export async function removeAll(
  copies: readonly Copy[],
  run: TargetRun | undefined,
  effects: Effects,
  reserved = 0,
): Promise<Next> {
  const waiting = [...copies];
  let keptOne = false;
  for (;;) {
    const copy = keptOne ? waiting.pop() : waiting.shift();
    if (copy === undefined || effects.allowance.callsLeft() <= reserved) return PLAN;
    const next = await remove(copy, run, effects);
    if (next.kind === "look") return next;
    keptOne ||= effects.braked.has(copy.environment.id);
  }
}

/** Whether an invocation has not given up this one's removal yet. */
export function mayAskForRemoval(environment: Environment, removals: Effects["removals"]): boolean {
  return (removals.get(identityOf(environment)) ?? 0) < MAX_REMOVALS;
}

/** Ids of the copies that a run by hand must not remove; none in a scheduled run. */
export function waysBackIn({ byHand, world, policy, now }: Effects): ReadonlySet<string> {
  if (!byHand) return new Set();
  const { environments } = world;
  return lastWaysBack(environments, policy, [now(environments), latestIn(environments)]);
}

/** Leaves a copy to the schedule. */
function spare(copy: Copy, run: TargetRun | undefined, { removals }: Effects): Next {
  removals.set(identityOf(copy.environment), MAX_REMOVALS);
  run?.problems.push(wayBack(copy.originalId));
  return PLAN;
}

/** Leaves a copy to the next run. */
function giveUp(copy: Copy, run: TargetRun | undefined, { removals }: Effects): Next {
  removals.set(identityOf(copy.environment), MAX_REMOVALS);
  run?.problems.push(notRemoved(copy.originalId));
  return PLAN;
}

/**
 * Whether a copy may go as far as its content is concerned: not while what stands in for it holds much less,
 * unless the run is forced.
 *
 * @param standIn undefined: nothing does, so nothing is compared
 * @param reserved calls that must be left after the comparison
 * @returns why it may not be judged, where that is so; `gone`: one of the two is no longer there
 */
export async function compareWith(
  standIn: Environment | undefined,
  copy: Copy,
  run: TargetRun | undefined,
  { brake, braked, allowance, logger }: Effects,
  reserved: number,
): Promise<"clear" | "shrunk" | "out-of-calls" | "gone" | Failure> {
  const { id } = copy.environment;
  if (brake.isOff || run?.target.forced || standIn === undefined) return "clear";
  const calls = brake.callsFor(copy, standIn);
  if (calls > 0 && allowance.callsLeft() < calls + reserved) return "out-of-calls";
  const verdict = await brake.compare(copy, standIn);
  const isNews = !braked.has(id);
  braked.delete(id);
  if (verdict.kind === "clear") return "clear";
  if (verdict.kind === "unread") return verdict.failure ?? "gone";
  braked.set(id, verdict.shrink);
  if (isNews)
    logger.warn("copy_kept_by_brake", { environmentId: id, sentence: shrunk(verdict.shrink).sentence });
  return "shrunk";
}

/** What the brake keeps of one cadence at this moment. */
export function brakedIn(cadence: Cadence, { braked, world }: Effects): Shrink[] {
  return [...braked].flatMap(([id, shrink]) => {
    const environment = world.find(id);
    return environment && asCopy(environment)?.cadence === cadence ? [shrink] : [];
  });
}

/** Says in a run's answer which older copies of its cadence the brake keeps. */
export function tellShrunk(run: TargetRun, effects: Effects): void {
  run.problems.push(...brakedIn(run.target.cadence, effects).map(shrunk));
}

/** Sends one DELETE, at most three for an environment, and none that rests on an old picture. */
export async function askForRemoval(
  copy: Copy,
  run: TargetRun | undefined,
  { allowance, environments, world, logger, removals }: Effects,
  reason?: string,
): Promise<WriteOutcome | "stale" | "spent"> {
  const { id } = copy.environment;
  const identity = identityOf(copy.environment);
  if (!mayAskForRemoval(copy.environment, removals)) return "spent";
  if (world.isStale(allowance.clock.monotonic()) || world.isReordered) return "stale";
  removals.set(identity, (removals.get(identity) ?? 0) + 1);
  const outcome = await environments.destroy(id);
  logger.info("copy_removal_sent", { environmentId: id, outcome: outcome.kind, reason });
  if (outcome.kind === "accepted") world.destroying(id);
  if (outcome.kind === "accepted" || outcome.kind === "unknown") run?.leaving.push({ copy, reason });
  return outcome;
}
