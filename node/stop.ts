import type { Clock, Stop } from "../utils/clock.ts";

/** A stop, and the means to announce it. */
export interface AnnouncedStop {
  readonly stop: Stop;
  /** @param inMs the time that is left to what is under way; only the first announcement counts */
  announce(inMs: number): void;
}

/** The end of this process, which nobody has announced yet. */
export function createStop(clock: Clock): AnnouncedStop {
  const announcement = new AbortController();
  let deadline = Number.POSITIVE_INFINITY;
  return {
    stop: { announced: announcement.signal, deadline: () => deadline },
    announce(inMs) {
      if (announcement.signal.aborted) return;
      deadline = clock.monotonic() + inMs;
      announcement.abort();
    },
  };
}
