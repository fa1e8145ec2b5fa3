import { type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import { type StoreFailure, StoreReadError, storeUnavailable } from "../../stores/failures.ts";
import type { Store } from "../../stores/store.ts";

/** Keeps a copy of a spoilt object of any size, in constant memory, before good bytes take its place. */
export async function setAside(store: Store, key: string): Promise<Result<void, StoreFailure>> {
  const facts = await store.head(key);
  if (!facts.ok) return facts;
  if (facts.value === undefined) return succeeded(undefined);
  const { size, modifiedAt } = facts.value;
  const kept = await store.put(`quarantine/${key}-${modifiedAt}`, {
    length: size,
    open: () => openStream(store, key),
  });
  // Bytes that cannot even be read must not keep good ones from taking their place.
  if (kept.ok || kept.failure.cause === "STORE_BODY_BROKEN") return succeeded(undefined);
  return kept;
}

/** @throws StoreReadError */
async function openStream(store: Store, key: string): Promise<ReadableStream<Bytes>> {
  const streamed = await store.stream(key);
  if (!streamed.ok) throw new StoreReadError(streamed.failure);
  if (streamed.value === undefined) throw new StoreReadError(storeUnavailable("an object that goes"));
  return streamed.value.body;
}
