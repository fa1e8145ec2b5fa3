import { type Failure, failure } from "../../../utils/failures.ts";
import type { ArchiveCause } from "../failures.ts";

/** @param ids of archives that can be got back, the newest first */
export function notInTrash(id: string, ids: readonly string[]): Failure<ArchiveCause> {
  return failure(
    "ARCHIVE_NOT_FOUND",
    `The archive ${id} is not among those that were deleted in the last seven days.`,
    ids.length === 0 ? "There are none." : `They are: ${ids.slice(0, 5).join(", ")}.`,
    { archive: id },
  );
}

/** It was pinned so that nobody deletes it unawares. */
export function archivePinned(id: string): Failure<ArchiveCause> {
  return failure("ARCHIVE_PINNED", `The archive ${id} is pinned.`, "Unpin it first.", { archive: id });
}

/** An archive is dated ahead of the store's clock, so nobody knows which ones are old. */
export function clockSkew(id: string): Failure<ArchiveCause> {
  return failure(
    "CLOCK_SKEW",
    `The archive ${id} is dated over a day ahead of the store's clock, so nothing was removed.`,
    "Set the clocks right; if it stays so, delete that archive.",
    { archive: id },
  );
}

/** An archive that cannot be read names nobody knows what. */
export function sweepBlocked(id: string): Failure<"SWEEP_REFUSED"> {
  return failure(
    "SWEEP_REFUSED",
    `No objects were deleted, because the archive ${id} cannot be read and may need any of them.`,
    "Update this service if a newer version wrote it, or delete that archive.",
    { archive: id },
  );
}

/** Somebody may have removed archives by other means, or there is a mistake. */
export function sweepTooLarge(due: number, objects: number): Failure<"SWEEP_REFUSED"> {
  return failure(
    "SWEEP_REFUSED",
    `No objects were deleted, because ${due} of ${objects} are named by no archive, which is more than a fifth.`,
    "See whether archive list shows all that it should, then run archive prune --force.",
    { due, objects },
  );
}

export const ERASED_UNREADABLE = failure(
  "ERASED_UNREADABLE",
  "The store's erased.json cannot be read, so nobody knows what is not to be restored.",
  "Put back the version of before, or update this service.",
);

export function notArchived(kind: "record" | "upload", id: string): Failure<ArchiveCause> {
  return failure(
    kind === "record" ? "RECORD_NOT_FOUND" : "UPLOAD_NOT_FOUND",
    `No archive holds a ${kind} ${id}.`,
    "See whether the id is right.",
    { [kind]: id },
  );
}
