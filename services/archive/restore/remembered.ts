import type { Store, Stored } from "../../stores/store.ts";

/** Bytes that are kept of what was read. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A store whose reader reads each object once. A restore asks for the same files of an archive four times, and a bucket
 * wants time and money for each. Objects are named by what they hold, so what was read does not become old; others are
 * read anew each time.
 *
 * @param store that of the archive
 */
export function remembered(store: Store): Store {
  const kept = new Map<string, Stored>();
  let size = 0;
  return {
    ...store,
    async get(key) {
      const present = kept.get(key);
      if (present !== undefined) return { ok: true, value: present };
      const read = await store.get(key);
      const bytes = read.ok ? (read.value?.bytes.byteLength ?? 0) : 0;
      if (read.ok && read.value !== undefined && key.startsWith("objects/") && size + bytes <= MOST_BYTES) {
        kept.set(key, read.value);
        size += bytes;
      }
      return read;
    },
  };
}
