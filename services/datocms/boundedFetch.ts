import { OVER } from "../../utils/clock.ts";
import type { Budget } from "./budget.ts";
import { wholeAnswer } from "./wholeAnswer.ts";

/** One exchange with DatoCMS may take this long, body included; a healthy one takes a fraction. */
export const CALL_TIMEOUT_MS = 5_000;
/** With no time left for retries, what is still to be put right gets this long. */
const LAST_TIMEOUT_MS = 1_000;

/** The invocation has used up its DatoCMS calls: nothing was sent. */
export class NoCallsLeft extends Error {
  override readonly name = "NoCallsLeft";
}

/** DatoCMS did not answer in time: what became of the request is not known. */
export class CallTimeout extends Error {
  override readonly name = "CallTimeout";
}

/** @param ms how long it was waited for */
export function callTimeout(ms: number): CallTimeout {
  return new CallTimeout(`No answer within ${Math.round(ms)} ms`);
}

/**
 * A `fetch` that counts its calls and ends in bounded time with the whole body in hand. The client's own
 * time-out covers the headers only and lets the exchange go on behind its back.
 *
 * @throws NoCallsLeft, CallTimeout, Redirected, TooLarge, or what the underlying `fetch` throws
 */
export function boundedFetch(fetchFn: typeof fetch, budget: Budget): typeof fetch {
  return async (input, init) => {
    if (!budget.takeCall()) throw new NoCallsLeft();
    const time = Math.min(
      CALL_TIMEOUT_MS,
      budget.timeLeft(),
      Math.max(budget.retryTimeLeft(), LAST_TIMEOUT_MS),
    );
    const exchange = new AbortController();
    const timer = new AbortController();
    const timeout = new Promise<never>((_, reject) => {
      void budget.clock.sleep(time, timer.signal).then(() => {
        if (timer.signal.aborted) return;
        const reason = callTimeout(time);
        exchange.abort(reason);
        reject(reason);
      });
    });
    try {
      const whole = wholeAnswer(fetchFn, input, { ...init, signal: exchange.signal });
      const answer = await Promise.race([whole, timeout]);
      if (answer.ok) budget.answered();
      return answer;
    } finally {
      timer.abort(OVER);
    }
  };
}
