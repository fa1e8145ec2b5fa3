import { mapped, type Result, succeeded } from "../../utils/failures.ts";
import { sideBySide } from "../../utils/sideBySide.ts";
import { documentBytes } from "../stores/document.ts";
import type { StoreFailure } from "../stores/failures.ts";
import { listAll } from "../stores/listAll.ts";
import type { Store } from "../stores/store.ts";

/**
 * Notes of objects that a verification has found spoilt: no archive takes them over, and the next one that needs them
 * writes them anew. Each is an object of its own, so that a LIST tells them all and nobody overwrites another's.
 */

const NOTES = "verify/spoilt/";
const AT_ONCE = 4;

function noteOf(key: string): string {
  return `${NOTES}${key}`;
}

/** The keys of all objects that are noted. */
export async function spoiltKeys(store: Store): Promise<Result<ReadonlySet<string>, StoreFailure>> {
  return mapped(
    await listAll(store, NOTES),
    (notes) => new Set(notes.map(({ key }) => key.slice(NOTES.length))),
  );
}

/** Notes objects as spoilt. Idempotent. */
export async function noteSpoilt(store: Store, keys: readonly string[]): Promise<Result<void, StoreFailure>> {
  const note = documentBytes({});
  const noted = await sideBySide(keys, AT_ONCE, (key) => store.put(noteOf(key), note, { ifAbsent: true }));
  return mapped(noted, () => undefined);
}

/** Takes notes away: what lies there now is as its name says, or there is nothing. Idempotent. */
export async function forgetSpoilt(
  store: Store,
  keys: readonly string[],
): Promise<Result<void, StoreFailure>> {
  return keys.length === 0 ? succeeded(undefined) : store.delete(keys.map(noteOf));
}
