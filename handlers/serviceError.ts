/** Codes of the documented error envelope, and the few that this service adds. */
export type ErrorCode =
  | "ADMIN_SECRET_REQUIRED"
  | "ALERT_FAILED"
  | "ARCHIVE_NOT_FOUND"
  | "ARCHIVE_REFUSED"
  | "BACKUP_ID_IS_PRIMARY"
  | "BACKUP_IN_USE"
  | "CADENCE_NOT_ENABLED"
  | "CROSS_SITE_REQUEST"
  | "ENVIRONMENT_IS_PRIMARY"
  | "ENVIRONMENT_NOT_FOUND"
  | "ENVIRONMENT_NOT_READY"
  | "ENVIRONMENT_REPLACED"
  | "INTERNAL_SERVER_ERROR"
  | "INVALID_BODY"
  | "INVALID_CONFIGURATION"
  | "INVALID_ENVIRONMENT_ID"
  | "INVALID_EVENT_TYPE"
  | "INVALID_JSON"
  | "INVALID_MPI_MESSAGE"
  | "INVALID_MPI_PHASE"
  | "INVALID_MPI_VERSION"
  | "INVALID_NAME"
  | "INVALID_PLUGIN_ENVIRONMENT"
  | "INVALID_PLUGIN_NAME"
  | "INVALID_QUERY"
  | "INVALID_SCOPE"
  | "JOB_NOT_FOUND"
  | "LAST_BACKUP"
  | "METHOD_NOT_ALLOWED"
  | "MISSING_API_TOKEN"
  | "MISSING_CRON_SECRET"
  | "MISSING_SHARED_SECRET_CONFIG"
  | "NAME_TAKEN"
  | "NOT_A_BACKUP"
  | "NOT_FOUND"
  | "NOT_READY"
  | "NO_STORE"
  | "PLUGIN_NOT_FOUND"
  | "RATE_LIMITED"
  | "RUN_NOT_FOUND"
  | "SCHEDULED_BACKUPS_PARTIAL_FAILURE"
  | "SCHEDULE_NOT_FOUND"
  | "SCHEDULE_REFUSED"
  | "SECRET_REQUIRED"
  | "UNAUTHORIZED"
  | "UNKNOWN_HOST";

/**
 * The one error that this service throws on purpose: a failure on its way to an answer. Everything else is a bug and
 * answers 500. It keeps no error inside, because the DatoCMS client's errors hold the API token.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: ErrorCode;
  /** HTTP status of the answer. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 429 | 500 | 503;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    status: ServiceError["status"],
    sentence: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(sentence);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
