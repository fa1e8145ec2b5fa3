import type { Backup } from "../catalog/backup.ts";
import { supersededId } from "../catalog/names.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import type { RunContext } from "./context.ts";
import { type Run, remember } from "./run.ts";

/**
 * Renames a backup, so that every run can see that something is to come in its place.
 *
 * @param isCompared its content has been compared with what is to come
 */
export async function mark(
  { id, originalId, environment }: Backup,
  run: Run,
  { environments, world, logger }: RunContext,
  { isCompared }: { readonly isCompared: boolean },
): Promise<WriteOutcome> {
  const newId = supersededId(originalId, environment.createdAt);
  const outcome = await environments.rename(id, newId);
  logger.info("backup_set_aside", { environmentId: id, newId, outcome: outcome.kind });
  if (outcome.kind === "accepted" || outcome.kind === "unknown")
    remember(run, { event: "marked", id: newId, isCompared });
  if (outcome.kind === "accepted") world.renamed(id, newId);
  return outcome;
}

/**
 * Gives a superseded backup its name back. Failing at it loses nothing: the next run that prunes does it. It
 * needs none of the reserves of a renaming that a fork must follow, for nothing has to follow this one.
 */
export async function renameBack(
  { id, originalId }: Backup,
  { environments, world, logger, budget }: RunContext,
): Promise<WriteOutcome | "stale"> {
  if (world.isStale(budget.clock.monotonic())) return "stale";
  const outcome = await environments.rename(id, originalId);
  logger.info("backup_named_back", { environmentId: id, newId: originalId, outcome: outcome.kind });
  if (outcome.kind === "accepted") world.renamed(id, originalId);
  return outcome;
}

/**
 * Gives back the names of what a run has marked in vain: it is cut, and has neither evicted a backup nor begun a fork.
 *
 * @param restore what gets its name back should the run fail
 */
export async function nameBackInVain(
  restore: readonly Backup[],
  { memory }: Run,
  context: RunContext,
): Promise<void> {
  if (memory.evicted !== undefined || memory.forkStarted || memory.forkMayExist) return;
  for (const backup of restore)
    if (context.world.catalog.find(backup.originalId) === undefined) await renameBack(backup, context);
}
