import type { Clock } from "../../utils/clock.ts";
import type { KeptRead, Reads } from "../../utils/reads.ts";
import { responseOf, wholeAnswer } from "./wholeAnswer.ts";

/** How old an answer may be that somebody who only looks is given. */
export const LOOK_MAX_AGE_MS = 2_000;

/** How old an answer may be that metrics are made of, which are asked for again and again. Nothing is kept longer. */
export const METRICS_MAX_AGE_MS = 60 * 60 * 1_000;

/** A role may not see it, or a plan does not offer it: for metrics as good an answer as any other. */
const REFUSED_FOR_GOOD = [403, 404];
/** Nothing is told without this list: whoever may not see it must hear at once when that has changed. */
const NEEDED = /\/environments$/;

/** Characters kept in all; what is older goes first. */
const MOST_KEPT = 4 * 1024 * 1024;

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
    const now = clock.now();
    if (now < reads.latest) forget(reads);
    reads.latest = now;
    const send = async (signal: AbortSignal | null | undefined) => {
      const budget = reads.inFlight?.budget();
      try {
        return await wholeAnswer(fetchFn, input, { ...init, signal: signal ?? null }, budget?.take);
      } finally {
        budget?.giveBack();
      }
    };
    if ((init?.method ?? "GET") !== "GET") {
      forget(reads);
      return send(init?.signal).finally(() => forget(reads));
    }
    const url = String(input);
    const headers = init?.headers;
    const key = JSON.stringify([url, headers instanceof Headers ? [...headers] : headers]);
    const ask = (signal: AbortSignal | null | undefined) =>
      readBy(() => send(signal), { url, key, reads, clock });
    const isRun = maxAgeMs === undefined;
    const kept = reads.kept.get(key);
    const join = isRun ? undefined : reads.inFlight?.join;
    const read =
      kept !== undefined && !isRun && willDo(kept, maxAgeMs, clock)
        ? kept
        : await (join?.(key, ask, init?.signal) ?? ask(init?.signal));
    onAnswer?.(read.cameAt);
    return responseOf(read.answer);
  };
}

/** Makes a call, and keeps the answer if it is good and nothing was written meanwhile. */
async function readBy(
  send: () => Promise<Response>,
  { url, key, reads, clock }: { url: string; key: string; reads: Reads; clock: Clock },
): Promise<KeptRead> {
  reads.begun += 1;
  const { begun: order, generation } = reads;
  const response = await send();
  const { status, statusText, headers, ok } = response;
  const answer = { text: await response.text(), status, statusText, headers };
  const read = { answer, order, cameAt: clock.now(), cameAtMonotonic: clock.monotonic() };
  const isLasting = ok || (REFUSED_FOR_GOOD.includes(status) && !NEEDED.test(url));
  if (isLasting && reads.generation === generation) keep(reads, key, read, clock);
  return read;
}

function willDo({ answer, ...came }: KeptRead, maxAgeMs: number, clock: Clock): boolean {
  // One clock may be set back, the other stands still while some machines sleep.
  const age = Math.max(clock.now() - came.cameAt, clock.monotonic() - came.cameAtMonotonic);
  return age < maxAgeMs && (answer.status < 400 || maxAgeMs === METRICS_MAX_AGE_MS);
}

function keep({ kept }: Reads, key: string, read: KeptRead, clock: Clock): void {
  if ((kept.get(key)?.order ?? 0) > read.order) return;
  kept.delete(key);
  kept.set(key, read);
  let size = 0;
  // The newest first: they lie at the end.
  for (const [other, each] of [...kept].reverse()) {
    size += each.answer.text.length;
    if (size > MOST_KEPT || !willDo(each, METRICS_MAX_AGE_MS, clock)) kept.delete(other);
  }
}

/** What was asked for before may be answered by a picture of before. */
function forget(reads: Reads): void {
  reads.generation += 1;
  reads.kept.clear();
  reads.inFlight?.forget();
}
