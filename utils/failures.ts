/** What can stand in the way of the service: each cause once, with its sentence. Failures travel as values. */

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

/** Why something could not be done. Never holds a token: the DatoCMS client's errors do, and are not kept. */
export interface Failure<Cause extends string = FailureCause> {
  /** For machines. */
  readonly cause: Cause;
  /** For people: the problem, then the advice. */
  readonly sentence: string;
  readonly problem: string;
  readonly advice: string;
  /** What an answer tells beside it. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What came of something that may fail. */
export type Result<T, F = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

export function succeeded<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed<F>(failure: F): { readonly ok: false; readonly failure: F } {
  return { ok: false, failure };
}

/** The same failure, or another value made of this one. */
export function mapped<T, U, F>(result: Result<T, F>, change: (value: T) => U): Result<U, F> {
  return result.ok ? succeeded(change(result.value)) : result;
}

/** The value of what may be done without; undefined where it failed. */
export function valueIn<T>(result: Result<T, unknown>): T | undefined {
  return result.ok ? result.value : undefined;
}

/**
 * Whether DatoCMS does not offer something to this token, now or later: what the service can do without is
 * then taken as not there.
 */
export function isWithheld({ cause }: Failure): boolean {
  return cause === "INSUFFICIENT_PERMISSIONS" || cause === "DATOCMS_REFUSED";
}

/** Puts something in the place of what DatoCMS withholds; other failures stay. */
export function orIfWithheld<T, U>(result: Result<T>, instead: U): Result<T | U> {
  return result.ok || !isWithheld(result.failure) ? result : succeeded(instead);
}

/** Makes a failure; its sentence is the problem and then the advice. */
export function failure<Cause extends string>(
  cause: Cause,
  problem: string,
  advice: string,
  facts?: Failure["facts"],
): Failure<Cause> {
  return { cause, sentence: `${problem} ${advice}`, problem, advice, ...(facts && { facts }) };
}

const NEXT_RUN = "The next run tries again.";

export const INVALID_API_TOKEN = failure(
  "INVALID_API_TOKEN",
  "DatoCMS does not accept the API token.",
  "Put a valid one of this project into DATOCMS_FULLACCESS_API_TOKEN, then redeploy.",
);

export const INSUFFICIENT_PERMISSIONS = failure(
  "INSUFFICIENT_PERMISSIONS",
  "DatoCMS does not let this API token do or read what was asked for.",
  "In DatoCMS, give the token access to the Content Management API and a role that may manage environments and see all of them.",
);

/** A name is taken by something that the list never shows. */
export const HIDDEN = failure(
  "INSUFFICIENT_PERMISSIONS",
  "DatoCMS does not show this token the backups that it makes.",
  "Give the API token's role access to all environments; if a backup of this name is just being removed, run this again.",
);

export const PRIMARY_NOT_FOUND = failure(
  "PRIMARY_NOT_FOUND",
  "DatoCMS lists no primary environment, so there is nothing to back up.",
  "Let the token's role enter all environments.",
);

export const RATE_LIMITED = failure(
  "RATE_LIMITED",
  "DatoCMS allows no more calls at the moment (rate limit).",
  NEXT_RUN,
);

export function unavailable(facts?: Failure["facts"]): Failure {
  return failure(
    "DATOCMS_UNAVAILABLE",
    "DatoCMS gives no usable answer at the moment.",
    "The next run looks at what exists and goes on. If it stays so, see status.datocms.com.",
    facts,
  );
}

/** The address sends its callers elsewhere, where the token must not go. */
export function redirected(datocmsStatus: number): Failure {
  return failure(
    "DATOCMS_UNAVAILABLE",
    "DatoCMS's address answered with a redirect, which is not followed.",
    "See whether DATOCMS_CMA_BASE_URL is right, and what stands between this service and DatoCMS.",
    { datocmsStatus },
  );
}

export function busy(facts?: Failure["facts"]): Failure {
  return failure(
    "DATOCMS_BUSY",
    "DatoCMS, or another run, is at work on the environments of this project.",
    NEXT_RUN,
    facts,
  );
}

/** @param code DatoCMS's own word, or the HTTP status */
export function refusedByDatoCms(code: string | number, facts?: Failure["facts"]): Failure {
  return failure(
    "DATOCMS_REFUSED",
    `DatoCMS refused the request (${code}).`,
    "Look the code up in DatoCMS's documentation.",
    facts,
  );
}

/** The plugin's parameters have no place for another member. */
export const PARAMETERS_FULL = failure(
  "DATOCMS_REFUSED",
  "The plugin's parameters are at DatoCMS's limit of 10 KB, so the disconnect cannot be noted in them.",
  "Set BACKUP_SCHEDULER=off instead, then redeploy.",
);

export const UNEXPECTED_ANSWER = failure(
  "UNEXPECTED_ANSWER",
  "DatoCMS's answer could not be understood, so nothing was done because of it.",
  "Update this service if it happens again.",
);

export const FORK_FAILED = failure(
  "FORK_FAILED",
  "DatoCMS began the backup, and it is gone again. DatoCMS may have dropped it, for want of room in the plan or for another reason; or another run has replaced it.",
  NEXT_RUN,
);

/** @param because why nothing makes room, as the end of a sentence */
export function noRoom(because: string, facts: NonNullable<Failure["facts"]>): Failure {
  return failure(
    "ENVIRONMENT_LIMIT_REACHED",
    `The DatoCMS plan has no room for another environment; ${because}.`,
    "Delete a sandbox that nobody needs, keep fewer backups, or take a plan with more environments.",
    facts,
  );
}

export const OUT_OF_TIME = failure(
  "OUT_OF_TIME",
  "The time of this invocation ended before the backup could be begun.",
  "The next run begins it.",
);

export const OUT_OF_CALLS = failure(
  "OUT_OF_CALLS",
  "This invocation has used up its DatoCMS calls.",
  "The next run goes on.",
);

/** Nobody's fault but the service's. */
export const INTERNAL_ERROR = failure(
  "INTERNAL_ERROR",
  "Something went wrong inside the service.",
  "Its log says more.",
);

/** The name that a backup is to have is the primary's. */
export function idIsPrimary(environmentId: string): Failure {
  return failure(
    "BACKUP_ID_IS_PRIMARY",
    `${environmentId} is the primary environment now, so no backup can be made under that name.`,
    "Rename the primary environment in DatoCMS, then run this again.",
  );
}
