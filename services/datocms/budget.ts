import type { Clock, Stop } from "../../utils/clock.ts";

/** What one invocation may spend. */
export interface Limits {
  /** On the clock's monotonic scale, in ms: by then the answer must be on its way. */
  readonly deadline: number;
  /** DatoCMS calls, polls included. */
  readonly maxCalls: number;
  /** Whether somebody waits for the answer, who must not wait long for an API that answers nothing but "later". */
  readonly isAwaited?: boolean;
  /** The process's own end: once announced, it comes before the deadline. */
  readonly stop?: Stop | undefined;
}

/**
 * Counts what an invocation has spent, so that no loop anywhere can run without bound. One is made for each
 * invocation and shared by everything that calls DatoCMS on its behalf.
 */
export interface Budget {
  readonly clock: Clock;
  /** Milliseconds until the deadline; never negative. */
  timeLeft(): number;
  /** Waits for `ms`, or until the announcement of a stop: then there is less time left than there was. */
  sleep(ms: number): Promise<void>;
  callsLeft(): number;
  /** Milliseconds that failing calls, and the pauses between them, may still take. */
  retryTimeLeft(): number;
  /** Takes one call off; false when none is left. */
  takeCall(): boolean;
  /**
   * How long to wait for a rate limit that is lifted in `ms`: somewhat longer, by chance, so that callers who
   * were refused together do not come back together and are refused again.
   */
  untilLifted(ms: number): number;
  /**
   * How long a rate limit may still be waited for, in ms: up to the deadline, but not as long as that where
   * somebody waits and DatoCMS has answered nothing else yet.
   */
  rateLimitWaitLeft(): number;
  /** Notes that DatoCMS has answered, and not by an error. */
  answered(): void;
  /** Books time that a failure has cost. */
  spendRetryTime(ms: number): void;
  /** Gives it back, where things go well again and only time is being waited away. */
  restoreRetryTime(): void;
  callsMade(): number;
}

/**
 * Failures may cost an invocation this much in all, so that against an API that only fails every request is
 * answered within 8 seconds. Waiting for a rate limit or for a fork is no failure and is not counted here.
 */
const RETRY_TIME_MS = 6_000;

/** Where somebody waits, an API that answers nothing but "later" is given up after this long. */
const UNANSWERED_MS = 9_000;

/** Callers who wait for a rate limit come back spread over this time. */
const SPREAD_MS = 2_000;

/**
 * Opens the books of one invocation.
 *
 * @param random numbers from 0 to 1, for waits that must not be the same everywhere
 */
export function createBudget(clock: Clock, limits: Limits, random: () => number = Math.random): Budget {
  let calls = 0;
  let spent = 0;
  let hasAnswered = false;
  const { isAwaited = true, stop } = limits;
  const unansweredUntil = clock.monotonic() + (isAwaited ? UNANSWERED_MS : Number.POSITIVE_INFINITY);
  const deadline = () => Math.min(limits.deadline, stop?.deadline() ?? Number.POSITIVE_INFINITY);
  const until = (instant: number) => Math.max(0, instant - clock.monotonic());
  return {
    clock,
    timeLeft: () => until(deadline()),
    sleep: (ms) => clock.sleep(ms, stop?.announced.aborted ? undefined : stop?.announced),
    rateLimitWaitLeft: () => until(hasAnswered ? deadline() : Math.min(deadline(), unansweredUntil)),
    answered() {
      hasAnswered = true;
    },
    callsLeft: () => limits.maxCalls - calls,
    retryTimeLeft: () => Math.max(0, RETRY_TIME_MS - spent),
    takeCall() {
      if (calls >= limits.maxCalls) return false;
      calls += 1;
      return true;
    },
    untilLifted: (ms) => ms + Math.round(random() * SPREAD_MS),
    spendRetryTime(ms) {
      spent += ms;
    },
    restoreRetryTime() {
      spent = 0;
    },
    callsMade: () => calls,
  };
}

/** The same budget for reads that are tried once: their caller sees at once what failed, and can ask again. */
export function withoutRetries(budget: Budget): Budget {
  return { ...budget, retryTimeLeft: () => 0, rateLimitWaitLeft: () => 0 };
}

/**
 * The same budget for a read that must not hold up what else the run does: it waits for a rate limit no longer than for
 * other failures.
 */
export function withLimitedRateLimitWait(budget: Budget): Budget {
  const until = budget.clock.monotonic() + RETRY_TIME_MS;
  const left = () => Math.max(0, until - budget.clock.monotonic());
  return { ...budget, rateLimitWaitLeft: () => Math.min(left(), budget.rateLimitWaitLeft()) };
}
