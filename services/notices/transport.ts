import type { Clock } from "../../utils/clock.ts";
import { SERVICE_NAME } from "../../utils/healthContract.ts";
import { VERSION } from "../../utils/version.ts";

/** One call of a channel. */
export interface Letter {
  readonly url: string;
  /** Default: POST. */
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came of it; never an address, nor anything that the other side wrote. */
export interface Delivery {
  readonly ok: boolean;
  readonly status?: number;
  readonly error?: "TIMEOUT" | "UNREACHABLE" | "REFUSED";
}

/** What deliveries rest on. */
export interface Post {
  /** Speaks HTTP with the channels. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

const TRY_MS = 5_000;
const PAUSE_MS = 500;

/**
 * Delivers a letter, with one more try where the first failed for a moment's reason and there is time.
 *
 * @param deadline ms on the clock's monotonic scale
 * @param signal gives it up
 */
export async function deliver(
  letter: Letter,
  post: Post,
  deadline: number,
  signal?: AbortSignal,
): Promise<Delivery> {
  const first = await tryOnce(letter, post, deadline, signal);
  const { status = 500 } = first;
  const { clock } = post;
  if (first.ok || (status < 500 && status !== 429) || deadline - clock.monotonic() <= PAUSE_MS) return first;
  await clock.sleep(PAUSE_MS, signal);
  return signal?.aborted ? first : tryOnce(letter, post, deadline, signal);
}

async function tryOnce(
  { url, method = "POST", headers, body }: Letter,
  { fetch, clock }: Post,
  deadline: number,
  signal?: AbortSignal,
): Promise<Delivery> {
  const time = Math.min(TRY_MS, deadline - clock.monotonic());
  if (time <= 0) return { ok: false, error: "TIMEOUT" };
  const exchange = new AbortController();
  const timer = new AbortController();
  const giveUp = () => timer.abort();
  signal?.addEventListener("abort", giveUp);
  const timeout = clock.sleep(time, timer.signal).then((): Delivery => ({ ok: false, error: "TIMEOUT" }));
  try {
    return await Promise.race([exchanged(), timeout]);
  } finally {
    signal?.removeEventListener("abort", giveUp);
    timer.abort();
    exchange.abort();
  }

  async function exchanged(): Promise<Delivery> {
    try {
      const response = await fetch(url, {
        method,
        headers: { "User-Agent": `${SERVICE_NAME}/${VERSION}`, ...headers },
        ...(body !== undefined && { body }),
        redirect: "manual",
        signal: exchange.signal,
      });
      // Nobody reads what the other side has to say, however long it is.
      response.body?.cancel().catch(() => {});
      const { ok, status } = response;
      return ok ? { ok, status } : { ok, status, error: "REFUSED" };
    } catch {
      return { ok: false, error: "UNREACHABLE" };
    }
  }
}
