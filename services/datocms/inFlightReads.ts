// Not for Workers, whose requests may not wait for each other: their bundle is smaller without it.
import { type Clock, OVER, systemClock } from "../../utils/clock.ts";
import { TooLarge } from "../../utils/limitedText.ts";
import type { InFlightReads, KeptRead } from "../../utils/reads.ts";
import { CALL_TIMEOUT_MS, callTimeout } from "./boundedFetch.ts";

/** Answers that are being read take so much in all, whoever asked for them. */
const MOST_BYTES = 16 * 1024 * 1024;

interface InFlight {
  readonly answer: Promise<KeptRead>;
  waiting: number;
  /** Ends it when nobody waits any more. */
  readonly giveUp: () => void;
}

/**
 * Requests of one process, shared by equal ones that come while they are under way. Each ends after five seconds
 * whoever waits, so that nobody is held up by one that began long ago.
 */
export function createInFlightReads(clock: Clock = systemClock): InFlightReads {
  const inFlight = new Map<string, InFlight>();
  let receiving = 0;

  const begin = (key: string, request: (signal: AbortSignal) => Promise<KeptRead>): InFlight => {
    const exchange = new AbortController();
    const timer = new AbortController();
    const end = () => {
      timer.abort(OVER);
      if (inFlight.get(key) === one) inFlight.delete(key);
    };
    const timeout = clock.sleep(CALL_TIMEOUT_MS, timer.signal).then(() => {
      const reason = callTimeout(CALL_TIMEOUT_MS);
      exchange.abort(reason);
      throw reason;
    });
    timeout.catch(() => {});
    const one: InFlight = {
      answer: Promise.race([request(exchange.signal), timeout]).finally(end),
      waiting: 0,
      giveUp() {
        end();
        exchange.abort();
      },
    };
    // Where it fails late, whoever waited has left already.
    one.answer.catch(() => {});
    inFlight.set(key, one);
    return one;
  };

  return {
    async join(key, request, signal) {
      const one = inFlight.get(key) ?? begin(key, request);
      one.waiting += 1;
      const leave = () => {
        one.waiting -= 1;
        if (one.waiting === 0) one.giveUp();
      };
      signal?.addEventListener("abort", leave, { once: true });
      try {
        return await one.answer;
      } finally {
        signal?.removeEventListener("abort", leave);
      }
    },
    forget: () => inFlight.clear(),
    budget() {
      let own = 0;
      return {
        take(bytes) {
          own += bytes;
          receiving += bytes;
          if (receiving > MOST_BYTES) throw new TooLarge("Too many bytes are being read at present");
        },
        giveBack() {
          receiving -= own;
          own = 0;
        },
      };
    },
  };
}
