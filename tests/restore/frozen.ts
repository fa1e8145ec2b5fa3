import type { Clock } from "../../utils/clock.ts";
import type { Site } from "./support.ts";

/** A process that stands still from its first write of content on, until it may go. */
export function frozen({ clock, emulator }: Site) {
  let isStill = false;
  const [reached, going] = [new AbortController(), new AbortController()];
  const thaw = () => (isStill ? aborted(going.signal) : undefined);
  const own: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal).then(thaw),
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = await emulator.fetch(input, init);
    if (init?.method !== "GET" && /\/items/.test(String(input))) {
      isStill = true;
      reached.abort();
    }
    await thaw();
    return answer;
  };
  return { fetch, clock: own, reached: aborted(reached.signal), go: () => going.abort() };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
}
