import type { Failure, Result } from "../utils/failures.ts";
import type { Refusal, RefusalCause } from "../utils/refusals.ts";
import { ServiceError } from "./serviceError.ts";

/** Causes that are an answer's code; every other one stands in `details.cause` of a 500. */
const STATUS = {
  BACKUP_IN_USE: 409,
  CADENCE_NOT_ENABLED: 409,
  ENVIRONMENT_IS_PRIMARY: 409,
  ENVIRONMENT_NOT_FOUND: 404,
  ENVIRONMENT_NOT_READY: 409,
  ENVIRONMENT_REPLACED: 409,
  INVALID_CONFIGURATION: 500,
  INVALID_NAME: 400,
  LAST_BACKUP: 409,
  MISSING_API_TOKEN: 500,
  MISSING_CRON_SECRET: 500,
  MISSING_SHARED_SECRET_CONFIG: 500,
  NAME_TAKEN: 409,
  NOT_A_BACKUP: 409,
  PLUGIN_NOT_FOUND: 404,
  UNAUTHORIZED: 401,
} as const satisfies Readonly<Record<RefusalCause, ServiceError["status"]>>;

/**
 * A failure as the documented envelope carries it.
 *
 * @param beside what else stands in the answer's details
 */
export function errorOf(
  failure: Failure | Refusal,
  beside: Readonly<Record<string, unknown>> = {},
): ServiceError {
  const { cause, sentence, facts } = failure;
  const details = { ...facts, ...beside };
  if (isRefusal(failure)) return new ServiceError(failure.cause, STATUS[failure.cause], sentence, details);
  return cause === "BACKUP_ID_IS_PRIMARY"
    ? new ServiceError(cause, 409, sentence, { cause, ...details })
    : new ServiceError("INTERNAL_SERVER_ERROR", 500, sentence, { cause, ...details });
}

/**
 * What a service has returned.
 *
 * @throws ServiceError for a failure: the app answers it
 */
export function orThrow<T>(result: Result<T, Failure | Refusal>): T {
  if (result.ok) return result.value;
  throw errorOf(result.failure);
}

function isRefusal(failure: Failure | Refusal): failure is Refusal {
  return failure.cause in STATUS;
}
