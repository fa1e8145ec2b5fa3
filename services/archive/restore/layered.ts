import { succeeded } from "../../../utils/failures.ts";
import type { Store } from "../../stores/store.ts";

/**
 * A store that shows what `below` holds and writes to `above` alone.
 *
 * @param above its lists are the lists of both: what is below is found by its key only
 */
export function layered(below: Store, above: Store): Store {
  return {
    ...above,
    async put(key, body, options = {}) {
      if (options.ifAbsent) {
        const held = await below.head(key);
        if (!held.ok) return held;
        if (held.value !== undefined) return succeeded({ kind: "conflict" });
      }
      return above.put(key, body, options);
    },
    async get(key) {
      const held = await above.get(key);
      return held.ok && held.value === undefined ? below.get(key) : held;
    },
    async stream(key, range) {
      const held = await above.stream(key, range);
      return held.ok && held.value === undefined ? below.stream(key, range) : held;
    },
    async head(key) {
      const held = await above.head(key);
      return held.ok && held.value === undefined ? below.head(key) : held;
    },
  };
}
