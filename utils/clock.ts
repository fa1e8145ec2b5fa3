/**
 * Time as the service sees it. It is an argument everywhere, so that tests and the demo can run days in
 * seconds.
 */
export interface Clock {
  /** Wall clock: milliseconds since 1970-01-01T00:00:00Z. Names copies and decides what is due. */
  now(): number;
  /** Milliseconds of a clock that never jumps. Deadlines are counted on it, never on the wall clock. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds, or as soon as `signal` aborts. It never rejects: whoever waits looks
   * at the signal.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The end of the process, which comes before any deadline once it is announced. */
export interface Stop {
  /** Aborted as soon as the end is announced. */
  readonly announced: AbortSignal;
  /** On the clock's monotonic scale, in ms: by then what is under way must have ended. Infinite until it is announced. */
  deadline(): number;
}

/**
 * The reason with which a timer is ended that is not needed any more. Without one, the runtime makes an exception, with a
 * stack, for every call.
 */
export const OVER = "over";

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener("abort", wake, { once: true });
    });
  },
};
