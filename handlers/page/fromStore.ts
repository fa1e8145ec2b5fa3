import type { Clock } from "../../utils/clock.ts";
import { inTime } from "../../utils/inTime.ts";

/** A store that hangs must not keep a page. */
const PATIENCE_MS = 4_000;

/** What a store tells in time; undefined where it does not, where it fails, and where there is none. */
export async function fromStore<T>(work: Promise<T> | undefined, clock: Clock): Promise<T | undefined> {
  return work && inTime(work, PATIENCE_MS, clock).catch(() => undefined);
}
