import { failed } from "../../utils/failures.ts";
import { isBytes, isIntact } from "./body.ts";
import { CHECKSUM_MISMATCH, KEY_INVALID, OBJECT_TOO_LARGE } from "./failures.ts";
import { isKey, isPrefix } from "./keys.ts";
import { MOST_LISTED, MOST_OBJECT_BYTES, type Store } from "./store.ts";

/** A driver that hears only what the port allows: what it need not check itself, no driver can check differently. */
export function guarded(driver: Store): Store {
  return {
    name: driver.name,

    async put(key, body, options = {}) {
      if (!isKey(key)) return failed(KEY_INVALID);
      if (isBytes(body)) {
        if (body.byteLength > MOST_OBJECT_BYTES) return failed(OBJECT_TOO_LARGE);
        if (!isIntact(body, options)) return failed(CHECKSUM_MISMATCH);
      }
      return driver.put(key, body, options);
    },

    get: async (key) => (isKey(key) ? driver.get(key) : failed(KEY_INVALID)),
    stream: async (key, range) => (isKey(key) ? driver.stream(key, range) : failed(KEY_INVALID)),
    head: async (key) => (isKey(key) ? driver.head(key) : failed(KEY_INVALID)),

    async list({ prefix = "", cursor, limit = MOST_LISTED }) {
      if (!isPrefix(prefix)) return failed(KEY_INVALID);
      return driver.list({ prefix, cursor, limit: Math.min(Math.max(1, limit), MOST_LISTED) });
    },

    delete: async (keys) => (keys.every(isKey) ? driver.delete(keys) : failed(KEY_INVALID)),
  };
}
