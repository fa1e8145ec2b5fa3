import { busy, type Failure, failure } from "../../utils/failures.ts";
import type { Budget } from "../datocms/budget.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import { forTheCaller } from "./refusals.ts";

/** Must be left for a deed to begin: a renaming, a destruction, the looks between, and a renaming back. */
const TO_BEGIN = { ms: 10_000, calls: 7 };
/** Must be left to go on: one write, a look and the renaming back. */
const TO_GO_ON = { ms: 2_000, calls: 3 };
/** A deed needs two; whatever is at work on the same backup has ended by the sixth. */
const MOST_WRITES = 6;
const BUSY_PAUSE_MS = 1_000;
/** Between an answer of unknown effect and the look that clears it up. */
const DOUBT_PAUSE_MS = 250;

const OUT_OF_TIME: Failure = failure(
  "OUT_OF_TIME",
  "The time of this call ended before that could be done.",
  "Try again.",
);

/** The writes of one deed, bounded in number, time and calls. Each has to be followed by a look. */
export interface Writes {
  /** Some were sent: something may have changed. */
  hasSent(): boolean;
  /** Says why no more may be sent; undefined where one may. */
  cut(): Failure | undefined;
  /** Sends one, and waits as long as it is worth waiting before the look. */
  send(write: () => Promise<WriteOutcome>): Promise<WriteOutcome>;
}

export function createWrites(budget: Budget): Writes {
  let sent = 0;
  let last: Failure | undefined;

  return {
    hasSent: () => sent > 0,

    cut() {
      const least = sent === 0 ? TO_BEGIN : TO_GO_ON;
      const isCut = budget.timeLeft() < least.ms || budget.callsLeft() < least.calls;
      if (!isCut && sent < MOST_WRITES && budget.retryTimeLeft() > 0) return undefined;
      return forTheCaller(last ?? (isCut ? OUT_OF_TIME : busy()));
    },

    async send(write) {
      sent += 1;
      const outcome = await write();
      if (outcome.kind === "busy" || outcome.kind === "unknown") {
        last = outcome.failure;
        const pause = outcome.kind === "unknown" ? DOUBT_PAUSE_MS : (outcome.waitMs ?? BUSY_PAUSE_MS);
        await budget.sleep(Math.min(pause, Math.max(0, budget.timeLeft() - TO_GO_ON.ms)));
      }
      return outcome;
    },
  };
}
