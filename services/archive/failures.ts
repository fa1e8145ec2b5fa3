import type { Failure } from "../../utils/failures.ts";
import { failure } from "../../utils/failures.ts";
import { SETTINGS, type SettingName } from "../../utils/settings/table.ts";
import type { StoreFailure } from "../stores/failures.ts";

/** What can stand in the way of archives, beside DatoCMS and the store: each cause once, with its sentence. */
export type ArchiveCause =
  | "ARCHIVE_DAMAGED"
  | "ARCHIVE_EXISTS"
  | "ARCHIVE_NOT_FOUND"
  | "ARCHIVE_OBJECT_DIFFERS"
  | "ARCHIVE_PINNED"
  | "ARCHIVE_TAR_REFUSED"
  | "ARCHIVE_TOO_LARGE"
  | "ARCHIVE_TOO_NEW"
  | "CLOCK_SKEW"
  | "ENVIRONMENT_NOT_FOUND"
  | "ENVIRONMENT_NOT_READY"
  | "ENVIRONMENT_REPLACED"
  | "ERASED_UNREADABLE"
  | "INVALID_CONFIGURATION"
  | "NO_STORE"
  | "PLAN_SHARE_TOO_LARGE"
  | "RECORD_NOT_FOUND"
  | "SCHEDULE_NOT_FOUND"
  | "SCHEDULE_UNREADABLE"
  | "TOO_MANY_SCHEDULES"
  | "UPLOAD_NOT_FOUND"
  | "VERIFICATION_UNDER_WAY";

/** Whatever ends the making of an archive. */
export type ArchiveFailure = Failure | StoreFailure | Failure<ArchiveCause>;

export const NO_STORE = failure(
  "NO_STORE",
  "There is no store for archives.",
  "Set BACKUP_STORE to a folder (file:./backups) or a bucket (s3://bucket/prefix).",
);

/** @param is what the variable is, after its name in a sentence; undefined where that may not be said */
export function settingRefused(name: SettingName, is: string | undefined): Failure<ArchiveCause> {
  const expected = `It must be ${SETTINGS[name].expected}.`;
  return failure(
    "INVALID_CONFIGURATION",
    is === undefined ? `${name} cannot be used.` : `${name} is ${is}.`,
    expected,
    { setting: name },
  );
}

/** @param ids of archives that could have been named, the newest first */
export function archiveNotFound(id: string, ids: readonly string[]): Failure<ArchiveCause> {
  const newest = ids.slice(0, 5).join(", ");
  return failure(
    "ARCHIVE_NOT_FOUND",
    `There is no archive ${id}.`,
    ids.length === 0 ? "The store holds none yet." : `The newest ones are: ${newest}.`,
    { archive: id },
  );
}

/** @param what is damaged: `manifest.json`, or a file of the archive */
export function archiveDamaged(id: string, what: string): Failure<ArchiveCause> {
  return failure(
    "ARCHIVE_DAMAGED",
    `The archive ${id} is not as it was written: ${what} has changed or is missing.`,
    "Use an older archive, and see what else has access to the store.",
    { archive: id, what },
  );
}

export function archiveTooNew(id: string): Failure<ArchiveCause> {
  return failure(
    "ARCHIVE_TOO_NEW",
    `The archive ${id} was written by a newer version of this service.`,
    "Update this service.",
    { archive: id },
  );
}

/** Two archives of one id: they were begun in the same second by two processes that drew the same number. */
export function archiveExists(id: string): Failure<ArchiveCause> {
  return failure("ARCHIVE_EXISTS", `The archive ${id} exists already.`, "Run this again.", { archive: id });
}

/** An archive that is uploaded where one of its id is. */
export function uploadExists(id: string): Failure<ArchiveCause> {
  return failure(
    "ARCHIVE_EXISTS",
    `The store has the archive ${id} already, so nothing was written.`,
    "Delete that one first, or name another folder or prefix in BACKUP_STORE.",
    { archive: id },
  );
}

/** The same lines, packed by another zlib: archives of the store name those bytes by their hash. */
export function objectDiffers(path: string): Failure<ArchiveCause> {
  return failure(
    "ARCHIVE_OBJECT_DIFFERS",
    `The store holds ${path} packed in another way, which other archives name by its hash.`,
    "Upload this archive into another folder or prefix: name it in BACKUP_STORE.",
    { path },
  );
}

/** @param why a sentence that names what is wrong in the tar */
export function tarRefused(why: string): Failure<ArchiveCause> {
  return failure(
    "ARCHIVE_TAR_REFUSED",
    why,
    "Nothing was written. Upload a file as `archive download` wrote it.",
  );
}

/** @param ids of environments that could have been named */
export function noSuchEnvironment(id: string, ids: readonly string[]): Failure<ArchiveCause> {
  return failure(
    "ENVIRONMENT_NOT_FOUND",
    `There is no environment ${id}.`,
    `Environments are: ${ids.join(", ")}.`,
    { environmentId: id },
  );
}

export function environmentNotReady(id: string, status: string): Failure<ArchiveCause> {
  return failure("ENVIRONMENT_NOT_READY", `${id} is ${status}.`, "Run this again when it is ready.", {
    environmentId: id,
    status,
  });
}

/** An environment of this name is there, but it is not the one that was begun with. */
export function environmentReplaced(id: string): Failure<ArchiveCause> {
  return failure(
    "ENVIRONMENT_REPLACED",
    `${id} was replaced by another environment of the same name while it was read.`,
    "Run this again.",
    { environmentId: id },
  );
}

/**
 * An archive would take more of the price plan than anybody should without being asked.
 *
 * @param estimate DatoCMS calls, and bytes of files
 * @param left the same of what the plan has left; undefined where that is not known
 */
export function planShareTooLarge(
  estimate: { readonly calls: number; readonly bytes: number | undefined },
  left: { readonly calls: number | undefined; readonly bytes: number | undefined },
): Failure<ArchiveCause> {
  const text = (count: number) => count.toLocaleString("en");
  const of = (needed: number | undefined, limit: number | undefined, unit: string) =>
    needed === undefined || limit === undefined ? [] : [`${text(needed)} of ${text(limit)} ${unit}`];
  const shares = [
    ...of(estimate.calls, left.calls, "calls"),
    ...of(estimate.bytes, left.bytes, "bytes of traffic"),
  ];
  return failure(
    "PLAN_SHARE_TOO_LARGE",
    `An archive would take over a fifth of what the DatoCMS plan has left: about ${shares.join(", and ")}.`,
    "Run `archive create --yes` where that is all right; later archives need less.",
    { estimate, left },
  );
}

/**
 * @param bytes of files that an archive would fetch, about
 * @param most that its schedule allows
 */
export function archiveTooLarge(bytes: number, most: number): Failure<ArchiveCause> {
  const text = (count: number) => count.toLocaleString("en");
  return failure(
    "ARCHIVE_TOO_LARGE",
    `An archive would fetch about ${text(bytes)} bytes of files, and its schedule allows ${text(most)}.`,
    "Raise maxBytes of the schedule, or make one archive by hand: later ones fetch only what is new.",
    { bytes, maxBytes: most },
  );
}

export function noSuchSchedule(id: string): Failure<ArchiveCause> {
  return failure("SCHEDULE_NOT_FOUND", "There is no schedule of this id.", "GET /api/schedules lists them.", {
    schedule: id,
  });
}

export function scheduleUnreadable(id: string): Failure<ArchiveCause> {
  return failure(
    "SCHEDULE_UNREADABLE",
    `The schedule ${id} cannot be read: it is damaged, or a newer version of this service wrote it.`,
    "Update this service, or delete the schedule and make it anew.",
    { schedule: id },
  );
}

export function tooManySchedules(most: number): Failure<ArchiveCause> {
  return failure(
    "TOO_MANY_SCHEDULES",
    `There are ${most} schedules already.`,
    "Delete one that nobody needs.",
  );
}

/** @param job the id of its job */
export function verificationUnderWay(job: string): Failure<ArchiveCause> {
  return failure(
    "VERIFICATION_UNDER_WAY",
    "Another archive is being verified, or this one at another level.",
    `Ask again once ${job} has ended.`,
    { job },
  );
}
