import { type Clock, OVER } from "./clock.ts";

/**
 * What some work comes to in time; the work itself goes on.
 *
 * @param ms how long it is waited for
 * @returns undefined where the time is over before; rejects as the work does
 */
export async function inTime<T>(
  work: Promise<T>,
  ms: number,
  clock: Pick<Clock, "sleep">,
): Promise<T | undefined> {
  const timer = new AbortController();
  const silence = clock.sleep(ms, timer.signal).then(() => undefined);
  try {
    return await Promise.race([work, silence]);
  } finally {
    timer.abort(OVER);
  }
}
