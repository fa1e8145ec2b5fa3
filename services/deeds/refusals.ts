import { type Failure, failure } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";

/** Why a backup is neither kept nor removed. */

/** It is there, and the service has not made it; the primary is none in any case. */
export function notABackup(environmentId: string): Refusal {
  return failure(
    "NOT_A_BACKUP",
    `${environmentId} is not a backup of this service.`,
    "Rename or delete it in DatoCMS.",
    { environmentId },
  );
}

/** @param status DatoCMS's */
export function backupNotReady(environmentId: string, status: "creating" | "destroying"): Refusal {
  const [problem, advice] =
    status === "creating"
      ? ["is still in the making.", "Wait until it is ready."]
      : ["is being removed already.", "Choose another one."];
  return failure("ENVIRONMENT_NOT_READY", `${environmentId} ${problem}`, advice, { environmentId, status });
}

export function backupInUse(environmentId: string): Refusal {
  return failure(
    "BACKUP_IN_USE",
    `${environmentId} is being read by an archive, a restore or a fork.`,
    "Wait until that is over.",
    { environmentId },
  );
}

/** The name has gone over to another environment, or the backup to another name. */
export function backupReplaced(environmentId: string): Refusal {
  return failure(
    "ENVIRONMENT_REPLACED",
    `${environmentId} is not the backup any more that it was a moment ago.`,
    "Look at the list of backups again.",
    { environmentId },
  );
}

export function lastBackup(environmentId: string): Refusal {
  return failure(
    "LAST_BACKUP",
    `${environmentId} is the last backup that is sure to stay.`,
    "Make another one first.",
    { environmentId },
  );
}

/** @param text what was given, as it is */
export function invalidName(text: string): Refusal {
  return failure(
    "INVALID_NAME",
    `${JSON.stringify(text.slice(0, 80))} is no name for a sandbox.`,
    "A name has lower-case letters, digits and dashes, 63 at most, and begins with no dash.",
    { expected: "lower-case letters, digits and dashes" },
  );
}

export function reservedName(name: string): Refusal {
  return failure(
    "INVALID_NAME",
    `${name} begins as the names do that this service gives to its own sandboxes.`,
    "Choose another name.",
    { expected: "no name that begins with backup-plugin-, restore-drill- or restore-safety-" },
  );
}

export function nameTaken(name: string): Refusal {
  return failure("NAME_TAKEN", `There is an environment ${name} already.`, "Choose another name.", { name });
}

/** DatoCMS has accepted the removal, and the backup is still there. */
export function notRemoved(environmentId: string): Failure {
  return failure(
    "DATOCMS_REFUSED",
    `DatoCMS took the request and has not removed ${environmentId}.`,
    "Try again; if it stays so, delete it in DatoCMS.",
  );
}

/** The failure of something that nobody but the caller tries again. */
export function forTheCaller({ cause, problem, advice, facts }: Failure): Failure {
  const isPassing = ["DATOCMS_BUSY", "DATOCMS_UNAVAILABLE", "RATE_LIMITED", "OUT_OF_CALLS"].includes(cause);
  return failure(cause, problem, isPassing ? "Try again in a moment." : advice, facts);
}
