import { type VirtualClock, virtualClock } from "../../emulator/clocks.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import { storeUnavailable } from "../../services/stores/failures.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import type { Store } from "../../services/stores/store.ts";
import { failed, type Result } from "../../utils/failures.ts";

/** What becomes of one call of a store: `lost` is carried out and not answered, `dropped` is not carried out. */
export interface Trouble {
  readonly how: "well" | "lost" | "dropped";
  /** Ms before it is carried out, and until the answer. */
  readonly before: number;
  readonly after: number;
}

/** A store that is slow and loses answers, as a test says. */
export function troubled(store: Store, clock: VirtualClock, next: () => Trouble): Store {
  async function call<T, F>(work: () => Promise<Result<T, F>>) {
    const { how, before, after } = next();
    await clock.sleep(before);
    if (how === "dropped") return failed(storeUnavailable("no connection"));
    const result = await work();
    await clock.sleep(after);
    return how === "lost" ? failed(storeUnavailable("no connection")) : result;
  }
  return {
    name: store.name,
    put: (key, body, options) => call(() => store.put(key, body, options)),
    get: (key) => call(() => store.get(key)),
    stream: (key, range) => call(() => store.stream(key, range)),
    head: (key) => call(() => store.head(key)),
    list: (query) => call(() => store.list(query)),
    delete: (keys) => call(() => store.delete(keys)),
  };
}

export function openJobs() {
  const clock = virtualClock("2026-03-07T05:00:00.000Z");
  const store = createMemoryStore({ now: () => clock.now() });
  return { clock, store, jobs: jobsOf(store, clock) };
}
