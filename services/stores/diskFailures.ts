import { BodyError } from "./body.ts";
import {
  accessDenied,
  KEY_INVALID,
  NO_HARD_LINKS,
  notFound,
  STORE_FULL,
  type StoreFailure,
  StoreReadError,
  storeUnavailable,
} from "./failures.ts";

/** The folder of the store is not there, or not any more. */
export class RootGone extends Error {
  override readonly name = "RootGone";
}

/** The file system's word for an error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** There is nothing of this name; or what would be its folder is a file. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * What the file system refused, as a failure of the store.
 *
 * @throws the error itself, where no file system made it
 */
export function diskFailure(error: unknown): StoreFailure {
  if (error instanceof BodyError || error instanceof StoreReadError) return error.failure;
  if (error instanceof RootGone) return notFound("folder");
  const code = codeOf(error);
  switch (code) {
    case undefined:
      throw error;
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return STORE_FULL;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return accessDenied(code);
    case "ENOTSUP":
    case "EOPNOTSUPP":
    case "ENOSYS":
    case "EMLINK":
      return NO_HARD_LINKS;
    // An object where a folder would be, or a folder where the object would be.
    case "EEXIST":
    case "EISDIR":
    case "ENOTDIR":
    case "ENOTEMPTY":
    case "ENAMETOOLONG":
      return KEY_INVALID;
    default:
      return storeUnavailable(code);
  }
}
