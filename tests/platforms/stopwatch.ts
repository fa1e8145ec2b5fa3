/** Measures for how long at least one of several things was under way. */
export function stopwatch() {
  let under = 0;
  let since = 0;
  let total = 0;
  return {
    /** @param noticedAfterMs how long ago it ended when the last one was seen to have ended */
    async during<T>(work: Promise<T>, noticedAfterMs = () => 0): Promise<T> {
      if (under++ === 0) since = performance.now();
      try {
        return await work;
      } finally {
        if (--under === 0) total += performance.now() - since - noticedAfterMs();
      }
    },
    ms: () => total + (under > 0 ? performance.now() - since : 0),
  };
}
