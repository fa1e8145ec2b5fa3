import type { Clock } from "../../utils/clock.ts";
import { TooLarge } from "../../utils/limitedText.ts";
import type { KeptRead, Reads, ReadUnderWay } from "../../utils/reads.ts";
import { CALL_TIMEOUT_MS, callTimeout } from "./boundedFetch.ts";
import { wholeAnswer } from "./wholeAnswer.ts";

/** How old an answer may be that somebody who only looks is given. */
export const LOOK_MAX_AGE_MS = 2_000;

/** How old an answer may be that metrics are made of, which are asked for again and again. Nothing is kept longer. */
export const METRICS_MAX_AGE_MS = 60 * 60 * 1_000;

/** What a role may not see, and what a plan does not offer: for metrics as good an answer as any other. */
const REFUSED_FOR_GOOD = [403, 404];
/** Characters kept in all; what is older goes first. */
const MOST_KEPT = 4 * 1024 * 1024;
/** Answers that are being read take so much in all, whoever asked for them. */
const MOST_RECEIVING_BYTES = 16 * 1024 * 1024;

/** How calls go to DatoCMS, and how much of what this process knows already may stand in for one. */
export interface Way {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Absent: each call is made. */
  readonly reads?: Reads | undefined;
  /**
   * For those who only look: the age, in ms, up to which an answer that is kept will do; with 0 only what is under
   * way is shared. Absent for runs, which always ask.
   */
  readonly maxAgeMs?: number | undefined;
  /** Told when each answer that is used came, ms since the epoch. */
  readonly onAnswer?: ((cameAt: number) => void) | undefined;
}

/**
 * A `fetch` that shares equal reads: what is under way is waited for, what has just come is given again. The
 * token, the address and the environment make reads equal. What a run reads is kept for readers too. Failures
 * are shared while they are under way and never kept; what is refused for good is, for metrics alone. Each write,
 * and a clock that went back, empties all.
 *
 * A caller who gives up by its `signal` leaves the others waiting; when all have, the request ends.
 *
 * @throws what `wholeAnswer` throws, CallTimeout
 */
export function sharedFetch(way: Way): typeof fetch {
  const { fetch: fetchFn, clock, reads, maxAgeMs, onAnswer } = way;
  if (reads === undefined) return fetchFn;
  return async (input, init) => {
    forgetAfterJump(reads, clock);
    if ((init?.method ?? "GET") !== "GET") {
      forget(reads);
      const budget = budgetOf(reads);
      try {
        return await wholeAnswer(fetchFn, input, init, budget.take);
      } finally {
        budget.giveBack();
        forget(reads);
      }
    }
    const key = JSON.stringify([String(input), ...new Headers(init?.headers)]);
    const request = (signal: AbortSignal | null | undefined) =>
      ask(fetchFn, clock, reads, key, input, { ...init, signal: signal ?? null });
    const kept = maxAgeMs === undefined ? undefined : youngEnough(reads.kept.get(key), maxAgeMs, clock);
    const read =
      kept ??
      (maxAgeMs === undefined || reads.underWay === undefined
        ? await request(init?.signal)
        : await shared(reads.underWay, key, clock, request, init?.signal));
    onAnswer?.(read.cameAt);
    const { text, ...rest } = read.answer;
    return new Response(text, rest);
  };
}

/** Makes a call, and keeps the answer if it is good and nothing was written meanwhile. */
async function ask(
  fetchFn: typeof fetch,
  clock: Clock,
  reads: Reads,
  key: string,
  input: RequestInfo | URL,
  init: RequestInit,
): Promise<KeptRead> {
  reads.begun += 1;
  const { begun: order, generation } = reads;
  const budget = budgetOf(reads);
  try {
    const response = await wholeAnswer(fetchFn, input, init, budget.take);
    const { status, statusText, headers, ok } = response;
    const text = response.body === null ? null : await response.text();
    const read: KeptRead = {
      answer: { text, status, statusText, headers },
      order,
      cameAt: clock.now(),
      cameAtMonotonic: clock.monotonic(),
    };
    const isLasting = ok || REFUSED_FOR_GOOD.includes(status);
    if (isLasting && reads.generation === generation) keep(reads, key, read, clock);
    return read;
  } finally {
    budget.giveBack();
  }
}

/** Waits for a request that is under way, or begins it for all who come. */
async function shared(
  underWay: Map<string, ReadUnderWay>,
  key: string,
  clock: Clock,
  request: (signal: AbortSignal) => Promise<KeptRead>,
  signal: AbortSignal | null | undefined,
): Promise<KeptRead> {
  const one = underWay.get(key) ?? begin(underWay, key, clock, request);
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
}

function begin(
  underWay: Map<string, ReadUnderWay>,
  key: string,
  clock: Clock,
  request: (signal: AbortSignal) => Promise<KeptRead>,
): ReadUnderWay {
  const exchange = new AbortController();
  const timer = new AbortController();
  const end = () => {
    timer.abort();
    if (underWay.get(key) === one) underWay.delete(key);
  };
  // Whoever joins late must not be held up by a request that began long ago.
  const timeout = clock.sleep(CALL_TIMEOUT_MS, timer.signal).then(() => {
    const reason = callTimeout(CALL_TIMEOUT_MS);
    exchange.abort(reason);
    throw reason;
  });
  timeout.catch(() => {});
  const one: ReadUnderWay = {
    answer: Promise.race([request(exchange.signal), timeout]).finally(end),
    waiting: 0,
    giveUp() {
      end();
      exchange.abort();
    },
  };
  // Whoever waits has left already where it fails late.
  one.answer.catch(() => {});
  underWay.set(key, one);
  return one;
}

function youngEnough(read: KeptRead | undefined, maxAgeMs: number, clock: Clock): KeptRead | undefined {
  if (read === undefined || (read.answer.status >= 400 && maxAgeMs < METRICS_MAX_AGE_MS)) return undefined;
  // Some machines' monotonic clocks stand still while they sleep.
  const age = Math.max(clock.now() - read.cameAt, clock.monotonic() - read.cameAtMonotonic);
  return age < maxAgeMs ? read : undefined;
}

function keep(reads: Reads, key: string, read: KeptRead, clock: Clock): void {
  const { kept } = reads;
  if ((kept.get(key)?.order ?? 0) > read.order) return;
  kept.delete(key);
  kept.set(key, read);
  for (const [other, each] of kept)
    if (youngEnough(each, METRICS_MAX_AGE_MS, clock) === undefined) kept.delete(other);
  let size = [...kept.values()].reduce((sum, each) => sum + (each.answer.text?.length ?? 0), 0);
  for (const [oldest, { answer }] of kept) {
    if (size <= MOST_KEPT) break;
    kept.delete(oldest);
    size -= answer.text?.length ?? 0;
  }
}

/** What was asked for before may be answered by a picture of before. */
function forget(reads: Reads): void {
  reads.generation += 1;
  reads.kept.clear();
  reads.underWay?.clear();
}

function forgetAfterJump(reads: Reads, clock: Clock): void {
  const now = clock.now();
  if (now < reads.latest) forget(reads);
  reads.latest = now;
}

/** Counts one answer against what all of them may take while they are read. */
function budgetOf(reads: Reads) {
  let own = 0;
  return {
    take(bytes: number) {
      // Where a request may end in the middle, nothing is given back; each has a process to itself there.
      if (reads.underWay === undefined) return;
      own += bytes;
      reads.receiving += bytes;
      if (reads.receiving > MOST_RECEIVING_BYTES)
        throw new TooLarge("Too many bytes are being read at present");
    },
    giveBack() {
      reads.receiving -= own;
      own = 0;
    },
  };
}
