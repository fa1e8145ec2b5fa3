import type { Kept, OffsiteFailure } from "../../services/offsite.ts";
import type { Result } from "../../utils/failures.ts";
import { ServiceError } from "../serviceError.ts";

/** A store, as far as somebody needs it. */
export interface Opening<What> {
  open(): Promise<Result<What, OffsiteFailure>>;
}

/**
 * What lies in the store.
 *
 * @throws ServiceError 500 where the store cannot be had
 */
export async function opened<What = Kept>(offsite: Opening<What>): Promise<What> {
  const kept = await offsite.open();
  if (!kept.ok) throw storeFailed(kept.failure);
  return kept.value;
}

/** A store's failure, as the documented envelope carries it. */
export function storeFailed({ cause, sentence }: OffsiteFailure): ServiceError {
  return new ServiceError("INTERNAL_SERVER_ERROR", 500, sentence, { cause });
}
