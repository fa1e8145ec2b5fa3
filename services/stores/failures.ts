import { type Failure, failure } from "../../utils/failures.ts";

/** What can stand in the way at a store: each cause once, with its sentence. No address and no key of S3's is in it. */

/** Causes that asking again cannot remove: somebody has to change something first. */
const PERMANENT = [
  "STORE_ACCESS_DENIED",
  "STORE_BODY_BROKEN",
  "STORE_CHECKSUM_MISMATCH",
  "STORE_CLOCK_WRONG",
  "STORE_FORMAT_UNKNOWN",
  "STORE_FULL",
  "STORE_KEY_INVALID",
  "STORE_MISCONFIGURED",
  "STORE_NOT_FOUND",
  "STORE_NOT_SUPPORTED",
  "STORE_OBJECT_CHANGED",
  "STORE_OBJECT_TOO_LARGE",
  "STORE_OF_ANOTHER_PROJECT",
] as const;

export type StoreCause = (typeof PERMANENT)[number] | "STORE_BUSY" | "STORE_UNAVAILABLE";
export type StoreFailure = Failure<StoreCause>;

/** Whether the same call would fail again until somebody has changed something. */
export function isPermanent({ cause }: StoreFailure): boolean {
  return PERMANENT.some((each) => each === cause);
}

/** A stream of a store's that broke off, and could not be taken up again. */
export class StoreReadError extends Error {
  override readonly name = "StoreReadError";
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure) {
    super(failure.sentence);
    this.failure = failure;
  }
}

/** @param code the store's own word, such as `AccessDenied` or `EACCES` */
export function accessDenied(code: string): StoreFailure {
  return failure(
    "STORE_ACCESS_DENIED",
    `The store does not let this service in, or not write (${code}).`,
    "See whether its credentials are right and may list, read, write and delete below BACKUP_STORE.",
  );
}

export function notFound(what: string): StoreFailure {
  return failure(
    "STORE_NOT_FOUND",
    `The store has no ${what} of this name.`,
    "Create it, or correct BACKUP_STORE.",
  );
}

export const STORE_FULL = failure(
  "STORE_FULL",
  "The store is full.",
  "Make room there; what was complete before is still there.",
);

export const STORE_BUSY = failure(
  "STORE_BUSY",
  "The store allows no more calls at the moment.",
  "The next run goes on.",
);

/** @param code the store's own word, or what became of the connection */
export function storeUnavailable(code: string): StoreFailure {
  return failure(
    "STORE_UNAVAILABLE",
    `The store gives no usable answer at the moment (${code}).`,
    "The next run looks at what is there and goes on.",
  );
}

export const CLOCK_WRONG = failure(
  "STORE_CLOCK_WRONG",
  "The store refuses requests because this machine's clock is wrong.",
  "Set the clock; a quarter of an hour is what S3 allows.",
);

export const CHECKSUM_MISMATCH = failure(
  "STORE_CHECKSUM_MISMATCH",
  "The bytes that arrived are not those that their checksum was made of, so they were not stored.",
  "Read them again from where they came.",
);

export const BODY_BROKEN = failure(
  "STORE_BODY_BROKEN",
  "What was to be stored ended too soon, or is longer than was said, so it was not stored.",
  "Read it again from where it came.",
);

export const OBJECT_CHANGED = failure(
  "STORE_OBJECT_CHANGED",
  "The object was replaced while it was read.",
  "Read it again from its beginning.",
);

export const OBJECT_TOO_LARGE = failure(
  "STORE_OBJECT_TOO_LARGE",
  "The object is larger than 64 MiB.",
  "Only assets may be, and they are read and written as streams.",
);

export const KEY_INVALID = failure(
  "STORE_KEY_INVALID",
  "A key like this cannot be kept in every store.",
  "Use up to 600 bytes of names with slashes between them; no name is empty, `.` or `..`, or another key.",
);

/** @param problem a sentence that names the setting */
export function storeMisconfigured(problem: string, advice: string): StoreFailure {
  return failure("STORE_MISCONFIGURED", problem, advice);
}

/** @param what a setting, or a value of one, that is documented and not there yet */
export function notThereYet(what: string, advice: string): StoreFailure {
  return failure("STORE_NOT_SUPPORTED", `${what} is not there yet.`, advice);
}

export const NO_HARD_LINKS = failure(
  "STORE_NOT_SUPPORTED",
  "The file system of BACKUP_STORE has no hard links, without which two runs could overwrite each other.",
  "Use another file system, such as ext4, XFS, APFS or NTFS.",
);

/** @param found the project that the root belongs to */
export function otherProject(found: string): StoreFailure {
  return failure(
    "STORE_OF_ANOTHER_PROJECT",
    `BACKUP_STORE holds the archives of project ${found}, which is not the project of this API token.`,
    "Give each project a folder or a prefix of its own in BACKUP_STORE.",
  );
}

export const FORMAT_UNKNOWN = failure(
  "STORE_FORMAT_UNKNOWN",
  "BACKUP_STORE was written by a newer version of this service, or its dato-archive.json is damaged.",
  "Update this service, or name an empty folder or prefix in BACKUP_STORE. Nothing was changed there.",
);
