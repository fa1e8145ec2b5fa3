import type { Clock } from "../utils/clock.ts";

export type RateLimit = { limit: number; windowMs: number };

/** What the DatoCMS docs promise every project: 60 requests in 3 seconds. */
export const defaultRateLimit: RateLimit = { limit: 60, windowMs: 3000 };

export type Allowance =
  | { allowed: true; headers: Record<string, string> }
  | { allowed: false; headers: Record<string, string> };

/**
 * Counts requests in fixed windows, which is what recorded traffic shows: the remaining count starts anew
 * with each window. Windows follow the monotonic clock, so a wall clock that jumps lets nobody in.
 *
 * @returns a function that counts one request and tells whether it may pass, with the headers of the answer
 */
export function rateLimiter(clock: Clock): (rate: RateLimit | null) => Allowance {
  let windowStart = Number.NEGATIVE_INFINITY;
  let used = 0;
  return (rate) => {
    if (rate === null) return { allowed: true, headers: {} };
    const now = clock.monotonic();
    if (now - windowStart >= rate.windowMs) {
      windowStart = now;
      used = 0;
    }
    used++;
    const headers: Record<string, string> = {
      "X-RateLimit-Limit": String(rate.limit),
      "X-RateLimit-Remaining": String(Math.max(0, rate.limit - used)),
    };
    if (used <= rate.limit) return { allowed: true, headers };
    const resetMs = windowStart + rate.windowMs - now;
    headers["X-RateLimit-Reset"] = String(Math.max(1, Math.ceil(resetMs / 1000)));
    return { allowed: false, headers };
  };
}
