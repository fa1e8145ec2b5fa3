import type { Failure } from "../../utils/failures.ts";
import type { Budget } from "../datocms/budget.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import { BUSY_PAUSE_MS, DOUBT_PAUSE_MS, LOOK, type Next, PLAN, type RunContext } from "./context.ts";
import { CHANGING, CUT } from "./messages.ts";
import { type Run, remember } from "./run.ts";

/** Must be left for something that is not to be cut. */
export interface Least {
  readonly ms: number;
  readonly calls: number;
}

/** A fork, and a look at what came of it. */
export const TO_FORK: Least = { ms: 10_000, calls: 6 };
/** A backup is set aside only when enough is left for the fork that must follow. */
export const TO_SET_ASIDE: Least = { ms: 12_000, calls: 8 };
/** Once a backup has gone for it, a fork had better be begun than not. */
export const TO_FORK_AFTER_EVICTING: Least = { ms: 3_000, calls: 3 };
/** One call to destroy a backup, and one to see it gone. */
export const TO_EVICT: Least = { ms: 12_000, calls: TO_FORK_AFTER_EVICTING.calls + 2 };

/** Before that, one to mark it and one to see the mark. */
export const TO_MARK: Least = { ms: 13_000, calls: TO_EVICT.calls + 2 };

/** Decides what follows a write that had no effect, or one that only a look can tell. */
export function later(
  outcome: Exclude<WriteOutcome<unknown>, { kind: "accepted" }>,
  run: Run,
  { budget, world }: RunContext,
): Next {
  switch (outcome.kind) {
    case "taken":
    case "gone":
    case "no-room":
      return conflict(run, CHANGING);
    case "refused":
      remember(run, { event: "gave-up", failure: outcome.failure });
      return PLAN;
    case "unknown":
      remember(run, { event: "failed", failure: outcome.failure });
      if (budget.retryTimeLeft() === 0) remember(run, { event: "gave-up", failure: outcome.failure });
      return { kind: "look", ms: DOUBT_PAUSE_MS };
    case "busy": {
      remember(run, { event: "failed", failure: outcome.failure });
      if (outcome.waitMs !== undefined) return { kind: "look", ms: outcome.waitMs };
      // Where something is under way, waiting for it is no failure; what this run has sent away may not be listed.
      const isUnderWay =
        run.memory.evicted !== undefined ||
        world.catalog.environments.some((each) => each.status !== "ready");
      if (!isUnderWay) budget.spendRetryTime(BUSY_PAUSE_MS);
      if (budget.retryTimeLeft() === 0) remember(run, { event: "gave-up", failure: outcome.failure });
      return isUnderWay ? LOOK : { kind: "look", ms: BUSY_PAUSE_MS };
    }
  }
}

/** Somebody else was at work: look again, but not for ever. */
export function conflict(run: Run, failure: Failure): Next {
  remember(run, { event: "conflict", failure });
  return LOOK;
}

/** Gives the run up when too little is left to begin something that must not be cut. */
export function isShort(run: Run, budget: Budget, least: Least): boolean {
  const outOfTime = budget.timeLeft() < least.ms;
  if (!outOfTime && budget.callsLeft() >= least.calls) return false;
  const cut = outOfTime ? CUT.OUT_OF_TIME : CUT.OUT_OF_CALLS;
  remember(run, { event: "gave-up", failure: run.memory.lastFailure ?? cut });
  return true;
}
