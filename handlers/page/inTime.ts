import type { Clock } from "../../utils/clock.ts";

/** A store that hangs must not keep a page. */
const PATIENCE_MS = 4_000;

/** What comes in time; undefined where it does not, or fails. */
export async function inTime<T>(work: Promise<T> | undefined, clock: Clock): Promise<T | undefined> {
  if (work === undefined) return undefined;
  const timer = new AbortController();
  const silence = clock.sleep(PATIENCE_MS, timer.signal).then(() => undefined);
  try {
    return await Promise.race([work, silence]);
  } catch {
    return undefined;
  } finally {
    timer.abort();
  }
}
