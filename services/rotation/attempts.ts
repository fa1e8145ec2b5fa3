import type { Failure } from "../../utils/failures.ts";
import type { Budget } from "../datocms/budget.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import { BUSY_PAUSE_MS, DOUBT_PAUSE_MS, type Effects, LOOK, type Next, PLAN } from "./effects.ts";
import type { TargetRun } from "./run.ts";
import { CHANGING, CUT } from "./sentences.ts";

/** What a step needs to be begun, and what follows where its request had no plain effect. */

/** What must be left for something that is not to be cut. */
export interface Least {
  readonly ms: number;
  readonly calls: number;
}

/** A fork, and a look at what came of it. */
export const TO_FORK: Least = { ms: 10_000, calls: 6 };
/** A copy is set aside only when enough is left for the fork that must follow. */
export const TO_SET_ASIDE: Least = { ms: 12_000, calls: 8 };
/** Once a copy has gone for it, a fork had better be begun than not. */
export const TO_FORK_AFTER_FREEING: Least = { ms: 3_000, calls: 3 };
/** One call to destroy a copy, and one to see it gone. */
export const TO_FREE: Least = { ms: 12_000, calls: TO_FORK_AFTER_FREEING.calls + 2 };

/** Before that, one to mark it and one to see the mark. */
export const TO_MARK: Least = { ms: 13_000, calls: TO_FREE.calls + 2 };

const MAX_SETBACKS = 4;

/** What to do after a write that had no effect, or one that only a look can tell. */
export function later(
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
      if (allowance.retryTimeLeft() === 0) run.memory.refused = outcome.failure;
      return { kind: "look", ms: DOUBT_PAUSE_MS };
    case "busy": {
      run.obstacle = outcome.failure;
      if (outcome.waitMs !== undefined) return { kind: "look", ms: outcome.waitMs };
      // Where something is under way, waiting for it is no failure; what this run has sent away may not be listed.
      const isUnderWay =
        run.memory.freed !== undefined || world.environments.some((each) => each.status !== "ready");
      if (!isUnderWay) allowance.spendRetryTime(BUSY_PAUSE_MS);
      if (allowance.retryTimeLeft() === 0) run.memory.refused = outcome.failure;
      return isUnderWay ? LOOK : { kind: "look", ms: BUSY_PAUSE_MS };
    }
  }
}

/** Somebody else was at work: look again, but not for ever. */
export function setBack(run: TargetRun, failure: Failure): Next {
  run.setbacks += 1;
  run.obstacle = failure;
  if (run.setbacks > MAX_SETBACKS) run.memory.refused = failure;
  return LOOK;
}

/** Gives the run up when too little is left to begin something that must not be cut. */
export function isShort(run: TargetRun, allowance: Budget, least: Least): boolean {
  const outOfTime = allowance.timeLeft() < least.ms;
  if (!outOfTime && allowance.callsLeft() >= least.calls) return false;
  run.memory.refused = run.obstacle ?? (outOfTime ? CUT.OUT_OF_TIME : CUT.OUT_OF_CALLS);
  return true;
}
