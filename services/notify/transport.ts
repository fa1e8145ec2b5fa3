import type { Clock } from "../../utils/clock.ts";
import { SERVICE_NAME } from "../../utils/healthContract.ts";
import { VERSION } from "../../utils/version.ts";

/** One HTTP call to a channel. */
export interface OutboundRequest {
  readonly url: string;
  /** Default: POST. */
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The outcome of a request; never holds an address, nor anything that the other side wrote. */
export interface Delivery {
  readonly ok: boolean;
  readonly status?: number;
  readonly error?: "TIMEOUT" | "UNREACHABLE" | "REFUSED";
}

export interface Transport {
  /** Speaks HTTP with the channels. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** How long, and how hard, a request is tried. */
export interface Attempts {
  /** Ms on the clock's monotonic scale. */
  readonly deadline: number;
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
  /** Judges the status of an answer. Default: any 2xx is a success. */
  readonly accepts?: (status: number) => boolean;
}

const TRY_MS = 5_000;
const PAUSE_MS = 500;
const TRIES = 2;
const TIMED_OUT: Try = { delivery: { ok: false, error: "TIMEOUT" } };

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Delivers a request. Tries once more after a time-out, a broken connection, 429 and 5xx; where the other side names
 * a time (`Retry-After`), tries again then, as often as it does so and there is time. Never follows a redirect, and
 * never rejects.
 */
export async function deliver(
  request: OutboundRequest,
  transport: Transport,
  attempts: Attempts,
): Promise<Delivery> {
  const { clock } = transport;
  const { deadline, signal } = attempts;
  for (let tries = 1; ; tries += 1) {
    const { delivery, retryAfter } = await tryOnce(request, transport, attempts);
    const { ok, status = 500 } = delivery;
    if (ok || (status < 500 && status !== 429)) return delivery;
    if (retryAfter === undefined && tries >= TRIES) return delivery;
    const pause = Math.max(PAUSE_MS, retryAfter ?? 0);
    if (deadline - clock.monotonic() <= pause) return delivery;
    await clock.sleep(pause, signal);
    if (signal?.aborted) return delivery;
  }
}

/** The outcome of one try, and the ms until the next one where the other side named them. */
interface Try {
  readonly delivery: Delivery;
  readonly retryAfter?: number | undefined;
}

async function tryOnce(
  { url, method = "POST", headers, body }: OutboundRequest,
  { fetch, clock }: Transport,
  { deadline, signal, accepts = isSuccess }: Attempts,
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
      // The body is never read, however long it is.
      response.body?.cancel().catch(() => {});
      const { status } = response;
      if (accepts(status)) return { delivery: { ok: true, status } };
      const retryAfter = retryAfterIn(response.headers, clock);
      return { delivery: { ok: false, status, error: "REFUSED" }, retryAfter };
    } catch {
      return { delivery: { ok: false, error: "UNREACHABLE" } };
    }
  }
}

/** Seconds or a date (RFC 9110, 10.2.3), in ms from now; undefined where the header is neither. */
function retryAfterIn(headers: Headers, clock: Clock): number | undefined {
  const value = headers.get("retry-after") ?? "";
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}
