/** What stands behind a failed run: stable words for machines, in `details.cause` of an answer. */
export type FailureCause =
  | "BACKUP_ID_IS_PRIMARY"
  | "DATOCMS_BUSY"
  | "DATOCMS_REFUSED"
  | "DATOCMS_UNAVAILABLE"
  | "ENVIRONMENT_LIMIT_REACHED"
  | "FORK_FAILED"
  | "INSUFFICIENT_PERMISSIONS"
  | "INTERNAL_ERROR"
  | "INVALID_API_TOKEN"
  | "OUT_OF_CALLS"
  | "OUT_OF_TIME"
  | "PRIMARY_NOT_FOUND"
  | "RATE_LIMITED"
  | "UNEXPECTED_ANSWER";

/** Why something could not be done: `cause` for machines, `sentence` for people. Never holds a token. */
export interface Failure {
  readonly cause: FailureCause;
  readonly sentence: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Codes of the documented error envelope, and the few that this service adds. */
export type ErrorCode =
  | "ALERT_FAILED"
  | "BACKUP_ID_IS_PRIMARY"
  | "CADENCE_NOT_ENABLED"
  | "CROSS_SITE_REQUEST"
  | "ENVIRONMENT_IS_PRIMARY"
  | "ENVIRONMENT_NOT_FOUND"
  | "ENVIRONMENT_NOT_READY"
  | "INTERNAL_SERVER_ERROR"
  | "INVALID_BODY"
  | "INVALID_CONFIGURATION"
  | "INVALID_ENVIRONMENT_ID"
  | "INVALID_EVENT_TYPE"
  | "INVALID_JSON"
  | "INVALID_MPI_MESSAGE"
  | "INVALID_MPI_PHASE"
  | "INVALID_MPI_VERSION"
  | "INVALID_PLUGIN_ENVIRONMENT"
  | "INVALID_PLUGIN_NAME"
  | "INVALID_SCOPE"
  | "METHOD_NOT_ALLOWED"
  | "MISSING_API_TOKEN"
  | "MISSING_CRON_SECRET"
  | "MISSING_SHARED_SECRET_CONFIG"
  | "NOT_FOUND"
  | "NOT_READY"
  | "PLUGIN_NOT_FOUND"
  | "RATE_LIMITED"
  | "SCHEDULED_BACKUPS_PARTIAL_FAILURE"
  | "UNAUTHORIZED"
  | "UNKNOWN_HOST";

/**
 * The one error that this service throws on purpose; everything else is a bug and answers 500. What caused it
 * is told by `failure`, not by an error kept inside: the DatoCMS client's errors hold the API token.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: ErrorCode;
  /** HTTP status of the answer. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 429 | 500 | 503;
  readonly details: Readonly<Record<string, unknown>>;
  /** Set where DatoCMS, or an invocation's own limits, stood in the way. */
  readonly failure: Failure | undefined;

  constructor(
    code: ErrorCode,
    status: ServiceError["status"],
    sentence: string,
    details: Readonly<Record<string, unknown>> = {},
    failure?: Failure,
  ) {
    super(sentence);
    this.code = code;
    this.status = status;
    this.details = details;
    this.failure = failure;
  }
}

/**
 * A failure as the documented envelope carries it: 500 `INTERNAL_SERVER_ERROR` with `details.cause`, except
 * for the one that has a code of its own (409 `BACKUP_ID_IS_PRIMARY`).
 */
export function failureError(
  failure: Failure,
  details: Readonly<Record<string, unknown>> = {},
): ServiceError {
  const all = { cause: failure.cause, ...failure.facts, ...details };
  return failure.cause === "BACKUP_ID_IS_PRIMARY"
    ? new ServiceError("BACKUP_ID_IS_PRIMARY", 409, failure.sentence, all, failure)
    : new ServiceError("INTERNAL_SERVER_ERROR", 500, failure.sentence, all, failure);
}

/**
 * The failure that an error tells of.
 *
 * @returns undefined for errors that are about something else, bugs included
 */
export function failureIn(error: unknown): Failure | undefined {
  return error instanceof ServiceError ? error.failure : undefined;
}

/**
 * Whether DatoCMS does not offer something to this token, now or later: what the service can do without is
 * then taken as not there.
 */
export function isWithheld(failure: Failure | undefined): boolean {
  return failure?.cause === "INSUFFICIENT_PERMISSIONS" || failure?.cause === "DATOCMS_REFUSED";
}
