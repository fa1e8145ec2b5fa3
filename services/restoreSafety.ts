import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import type { RestoreRun } from "./archive/restore/runFile.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import type { RestoreHost } from "./restoreSides.ts";
import { forkAndWait } from "./restoreTarget.ts";

/**
 * Forks the primary before much of it is changed, so that all of it can be had back by promoting the fork. It is ready
 * before the first write; nobody but a person deletes it.
 *
 * @param run names it
 * @returns the fork's id; `NO_SAFETY` where there is no room for it
 */
export async function safetyCopy(
  project: Project,
  host: RestoreHost,
  primary: Environment,
  { id: runId, startedAt }: Pick<RestoreRun, "id" | "startedAt">,
): Promise<Result<string, RestoreFailure>> {
  const id = `restore-safety-${runId.replace(/^restore_/, "")}`;
  const forked = await forkAndWait(
    project,
    host,
    { source: primary.id, id, since: Date.parse(startedAt) },
    () => {},
  );
  if (forked.ok) return succeeded(id);
  return forked.failure.cause === "ENVIRONMENT_LIMIT_REACHED" ? failed(NO_SAFETY) : forked;
}

const NO_SAFETY = failure(
  "NO_SAFETY",
  "The DatoCMS plan has no place for a fork of the primary environment, so nothing was changed.",
  "Delete a sandbox that nobody needs, or run `archive create --from` the primary and say --no-safety.",
);
