import type { Kept, Offsite, OffsiteFailure } from "../../services/offsite.ts";
import { ServiceError } from "../serviceError.ts";

/**
 * What lies in the store.
 *
 * @throws ServiceError 500 where the store cannot be had
 */
export async function opened(offsite: Offsite): Promise<Kept> {
  const kept = await offsite.open();
  if (!kept.ok) throw storeFailed(kept.failure);
  return kept.value;
}

/** A store's failure, as the documented envelope carries it. */
export function storeFailed({ cause, sentence }: OffsiteFailure): ServiceError {
  return new ServiceError("INTERNAL_SERVER_ERROR", 500, sentence, { cause });
}
