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
const TRIES = 2;

/**
 * Delivers a letter. One that is refused for a moment's reason is tried once more, and where the other side says when
 * to come again, then, as often as it says so and there is time.
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
  const { clock } = post;
  for (let tries = 1; ; tries += 1) {
    const { delivery, retryAfter } = await tryOnce(letter, post, deadline, signal);
    const { ok, status = 500 } = delivery;
    if (ok || (status < 500 && status !== 429)) return delivery;
    if (retryAfter === undefined && tries >= TRIES) return delivery;
    const pause = Math.max(PAUSE_MS, retryAfter ?? 0);
    if (deadline - clock.monotonic() <= pause) return delivery;
    await clock.sleep(pause, signal);
    if (signal?.aborted) return delivery;
  }
}

/** What came of one try, and after how many ms to come again, where that was said. */
interface Try {
  readonly delivery: Delivery;
  readonly retryAfter?: number | undefined;
}

async function tryOnce(
  { url, method = "POST", headers, body }: Letter,
  { fetch, clock }: Post,
  deadline: number,
  signal?: AbortSignal,
): Promise<Try> {
  const time = Math.min(TRY_MS, deadline - clock.monotonic());
  if (time <= 0) return TIMED_OUT;
  const exchange = new AbortController();
  const timer = new AbortController();
  const giveUp = () => timer.abort();
  signal?.addEventListener("abort", giveUp);
  const timeout = clock.sleep(time, timer.signal).then(() => TIMED_OUT);
  try {
    return await Promise.race([exchanged(), timeout]);
  } finally {
    signal?.removeEventListener("abort", giveUp);
    timer.abort();
    exchange.abort();
  }

  async function exchanged(): Promise<Try> {
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
      if (ok) return { delivery: { ok, status } };
      const retryAfter = retryAfterIn(response.headers, clock);
      return { delivery: { ok, status, error: "REFUSED" }, retryAfter };
    } catch {
      return { delivery: { ok: false, error: "UNREACHABLE" } };
    }
  }
}

const TIMED_OUT: Try = { delivery: { ok: false, error: "TIMEOUT" } };

/** Seconds or a date (RFC 9110, 10.2.3), in ms from now; undefined where there is neither. */
function retryAfterIn(headers: Headers, clock: Clock): number | undefined {
  const value = headers.get("retry-after") ?? "";
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}
