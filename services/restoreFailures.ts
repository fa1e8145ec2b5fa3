import { failure } from "../utils/failures.ts";
import type { RestoreRun } from "./archive/restore/runFile.ts";
import type { Refused, RestoreFailure } from "./archive/restore/words.ts";

/** What can stand in the way of a restore as a whole: each cause once, with its sentence. */

export const NO_PRIMARY = failure(
  "PRIMARY_NOT_FOUND",
  "DatoCMS lists no primary environment.",
  "Let the token's role enter all environments.",
);

export const PRIMARY_NEEDS_SCOPE = failure(
  "PRIMARY_NEEDS_SCOPE",
  "Everything is never restored into the primary environment.",
  "Restore into a new sandbox (--into new:NAME) and promote that, or name what is to come back: --only record=ID.",
);

export const PRIMARY_NEEDS_PLAN = failure(
  "PRIMARY_NEEDS_PLAN",
  "More than single records and uploads come back in the primary environment only by a plan that was looked at.",
  "Preview it, and say --plan with the hash that the preview shows, instead of --yes.",
);

export const PRIMARY_MIRROR = failure(
  "PRIMARY_MIRROR",
  "Nothing is deleted in the primary environment, so it cannot become a mirror.",
  "Restore into a new sandbox (--into new:NAME) and promote that.",
);

export function sightRestricted(id: string) {
  return failure(
    "INSUFFICIENT_PERMISSIONS",
    `The API token's role does not see everything in ${id}, so what it does not see would seem to be missing.`,
    "In DatoCMS, give the token a role that sees all records and uploads of this environment.",
    { environmentId: id },
  );
}

export function environmentExists(id: string) {
  return failure(
    "ENVIRONMENT_EXISTS",
    `There is an environment ${id} already, and no unfinished restore made it.`,
    `Name another one, or restore into that one: --into ${id}.`,
    { environmentId: id },
  );
}

/** @param run made it, and has not ended */
export function unfinishedSandbox({ id, into, source, mode, only }: RestoreRun) {
  const flag = source.kind === "archive" ? "--archive" : "--from";
  const scopes = only.length === 0 ? "" : ` --only ${only.join(" ")}`;
  return failure(
    "RESTORE_UNFINISHED",
    `${into} is being made by the restore ${id}, which has not ended.`,
    `Go on with it: restore apply ${flag} ${source.name} --into new:${into} --mode ${mode}${scopes} with the flags that it was begun with.`,
    { restore: id, environmentId: into },
  );
}

/**
 * What has ended a restore, told with the validators that it took off and could not put back.
 *
 * @param refused the fields and models, as far as they are known
 */
export function leftLoose({ cause, ...ended }: RestoreFailure, refused: readonly Refused[]): RestoreFailure {
  const which = refused.length === 0 ? "" : ` (${refused.map(({ what, id }) => `${what} ${id}`).join(", ")})`;
  const problem = `${ended.problem} Validators that were taken off are still off${which}.`;
  const advice = `${ended.advice} The same command puts validators back.`;
  return failure<string>(cause, problem, advice, {
    ...ended.facts,
    validatorsOff: refused.map(({ id }) => id),
  });
}

export function targetReplaced(id: string) {
  return failure(
    "ENVIRONMENT_REPLACED",
    `${id} is not the environment any more that this restore began with.`,
    "Preview anew, and restore into another environment or with another scope.",
    { environmentId: id },
  );
}

/** @param copy of the primary that was made for the restore, and is too old by now */
export function destinationChanged(hash: string, copy?: string) {
  const made = copy === undefined ? "" : ` But ${copy} was made: delete it where nobody needs it.`;
  return failure(
    "DESTINATION_CHANGED",
    `The target, or the source, is no longer what it was when the plan was made. Nothing in them was changed.${made}`,
    "Preview again, and apply that plan.",
    { hash, ...(copy !== undefined && { safetyCopy: copy }) },
  );
}
