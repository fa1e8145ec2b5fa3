import type { Clock } from "../../../utils/clock.ts";

/** Spaces the calls of everybody who reads through it, so that editors and builds keep their share of the rate limit. */
export interface Pacing {
  /** Waits for the caller's turn. */
  turn(): Promise<void>;
  /** Notes how many calls DatoCMS allows until its window ends; undefined where it did not say. */
  remaining(calls: number | undefined): void;
  /** Lets nobody call for `ms`. */
  pause(ms: number): void;
}

/** With fewer calls left than this, others are reading too: they go first. */
const RESERVED_CALLS = 10;
/** For how long they do, ms. */
const GIVE_WAY_MS = 1_000;

/** @param callsPerSecond how many calls a second are begun at most */
export function createPacing(clock: Clock, callsPerSecond: number): Pacing {
  const gap = 1_000 / callsPerSecond;
  let next = clock.monotonic();
  let queue = Promise.resolve();
  const pause = (ms: number) => {
    next = Math.max(next, clock.monotonic() + ms);
  };
  const takeTurn = async () => {
    // A pause that begins meanwhile is waited for as well.
    for (let wait = next - clock.monotonic(); wait > 0; wait = next - clock.monotonic())
      await clock.sleep(wait);
    next = Math.max(next, clock.monotonic() - gap) + gap;
  };
  return {
    pause,
    turn() {
      queue = queue.then(takeTurn);
      return queue;
    },
    remaining(calls) {
      if (calls !== undefined && calls < RESERVED_CALLS) pause(GIVE_WAY_MS);
    },
  };
}
