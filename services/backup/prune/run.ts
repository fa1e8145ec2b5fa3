import { CADENCES, type Cadence } from "../../../utils/config.ts";
import { type Backup, identityOf } from "../../catalog/backup.ts";
import type { WriteOutcome } from "../../datocms/calls.ts";
import type { Environment } from "../../datocms/environments.ts";
import { BUSY_PAUSE_MS, DOUBT_PAUSE_MS, LOOK_NOW, type Next, PLAN, type RunContext } from "../context.ts";
import { notRemoved, shrunk, wayBack } from "../messages.ts";
import { renameBack } from "../rename.ts";
import { noteDepartures, type Run } from "../run.ts";
import { replacementOf, type Shrink } from "../shrinkGuard.ts";
import { type Pruning, planPrune, type Removed, waysBackAmong } from "./plan.ts";

const MAX_REMOVALS = 3;
/** Pruning must leave a run the calls to see its own backups through. */
const PRUNE_CALLS = 6;
/** Two comparisons, and what it takes to evict a backup. */
const PRUNE_AND_EVICT_CALLS = 16;

/**
 * Prunes every cadence once this run's own forks have begun, without ever waiting or forking for it: what
 * an earlier run could not finish is finished here.
 *
 * @returns false when the picture is too old to prune by: then one more look is worth it
 */
export async function pruneAll(runs: readonly Run[], context: RunContext): Promise<boolean> {
  const haveBegun = runs.every((run) => run.end !== undefined || run.memory.forkStarted);
  const { world, budget, policy, removes } = context;
  if (removes !== "all" || !haveBegun) return true;
  const spared = { atWork: atWorkIn(runs), waysBack: waysBackIn(context) };
  const reserved = runs.some((run) => run.end === undefined) ? PRUNE_CALLS : 0;
  const prunings = CADENCES.map((cadence) => ({
    cadence,
    pruning: planPrune(world.catalog, cadence, policy, spared),
  }));
  // The least first: the comparisons of many that the guard keeps must not use up the calls of the others.
  prunings.sort((a, b) => a.pruning.remove.length - b.pruning.remove.length);
  for (const { cadence, pruning } of prunings) {
    const owner = runs.find((run) => run.target.cadence === cadence);
    // A run whose backup is ready prunes its cadence by itself, and keeps to the pauses it is asked for.
    if (owner?.end === undefined && owner !== undefined && world.catalog.find(owner.id)?.status === "ready")
      continue;
    const isWork =
      pruning.restore.length + pruning.remove.length > 0 ||
      pruning.keep.some(({ because }) => because === "way-back");
    if (!isWork || budget.callsLeft() <= reserved) continue;
    if (world.isStale(budget.clock.monotonic())) return false;
    for (const backup of pruning.restore) await renameBack(backup, context);
    const next = await prune(pruning, owner, context, reserved);
    if (owner !== undefined) noteDepartures(owner, world);
    // An old picture is worth one more look; what DatoCMS refuses now is not.
    if (next.kind === "look") return next.ms !== 0;
  }
  return true;
}

/**
 * Removes backups of one cadence in their order. Where the shrink guard has kept one, the newest come next: those that
 * it keeps are old, they are compared anew in each run, and must not use up the calls of all others for ever.
 *
 * @param run whose answer names them; undefined when they belong to a cadence of no run
 * @param reserved none is begun with so few calls left
 */
export async function prune(
  { keep, remove }: Pick<Pruning, "keep" | "remove">,
  run: Run | undefined,
  context: RunContext,
  reserved = 0,
): Promise<Next> {
  const waiting = [...remove];
  let keptOne = false;
  for (;;) {
    const next = keptOne ? waiting.pop() : waiting.shift();
    if (next === undefined || context.budget.callsLeft() <= reserved) break;
    const after = await removeOne(next, run, context);
    if (after.kind === "look") return after;
    keptOne ||= context.guard.guarded.has(next.backup.id);
  }
  for (const { backup, because } of keep) if (because === "way-back" && run) reportWayBack(backup, run);
  return PLAN;
}

/** Failing is reported as a problem and does not fail the run: the next one finds the backup where it was. */
async function removeOne(
  { backup, because }: Removed,
  run: Run | undefined,
  context: RunContext,
): Promise<Next> {
  const { removals, world, guard } = context;
  if (!mayAskForRemoval(backup.environment, removals)) return PLAN;
  if (run?.target.want !== "force") {
    const verdict = await guard.compare(backup, replacementOf(backup, world.catalog)?.environment, 1);
    if (verdict.kind === "shrunk") return PLAN;
    if (verdict.kind !== "clear") return giveUp(backup, run, context);
  }
  const asked = await askForRemoval(backup, run, context, { because });
  if (asked === "stale") return LOOK_NOW;
  if (asked === "spent" || asked.kind === "accepted") return PLAN;
  if (asked.kind === "gone") {
    world.destroying(backup.id);
    return PLAN;
  }
  const isLast = !mayAskForRemoval(backup.environment, removals);
  if (asked.kind === "unknown" && !isLast) return { kind: "look", ms: DOUBT_PAUSE_MS };
  if (asked.kind === "busy" && !isLast) return { kind: "look", ms: asked.waitMs ?? BUSY_PAUSE_MS };
  return giveUp(backup, run, context);
}

/** Sends one DELETE, at most three for an environment, and none that rests on an old picture. */
export async function askForRemoval(
  backup: Backup,
  run: Run | undefined,
  context: RunContext,
  { because, reason }: { readonly because: Removed["because"] | "no-room"; readonly reason?: string },
): Promise<WriteOutcome | "stale" | "spent"> {
  const { budget, environments, world, logger, removals } = context;
  const identity = identityOf(backup.environment);
  if (!mayAskForRemoval(backup.environment, removals)) return "spent";
  if (world.isStale(budget.clock.monotonic()) || world.isReordered) return "stale";
  removals.set(identity, (removals.get(identity) ?? 0) + 1);
  const outcome = await environments.destroy(backup.id);
  logger.info("backup_removal_sent", { environmentId: backup.id, outcome: outcome.kind, because });
  if (outcome.kind === "accepted") world.destroying(backup.id);
  if (outcome.kind === "accepted" || outcome.kind === "unknown") {
    context.freed.add(identity);
    run?.leaving.push({ backup, reason });
  }
  return outcome;
}

/** Tells whether an invocation has not given up this one's removal yet. */
function mayAskForRemoval(environment: Environment, removals: RunContext["removals"]): boolean {
  return (removals.get(identityOf(environment)) ?? 0) < MAX_REMOVALS;
}

/** Ids of the backups that a run by hand must not remove; none in a scheduled run. */
export function waysBackIn({ byHand, world: { catalog }, now }: RunContext): ReadonlySet<string> {
  if (!byHand) return new Set();
  return waysBackAmong(catalog, [now(catalog), catalog.latestCreation]);
}

/** Says once that a backup is left to the schedule. */
function reportWayBack({ originalId }: Backup, { problems }: Run): void {
  const problem = wayBack(originalId);
  if (!problems.some(({ sentence }) => sentence === problem.sentence)) problems.push(problem);
}

/** Leaves a backup to the next run. */
function giveUp(backup: Backup, run: Run | undefined, { removals }: RunContext): Next {
  removals.set(identityOf(backup.environment), MAX_REMOVALS);
  run?.problems.push(notRemoved(backup.originalId));
  return PLAN;
}

/** Names under which nothing is pruned but superseded backups of a ready one. */
function atWorkIn(runs: readonly Run[]): ReadonlySet<string> {
  return new Set(runs.filter((run) => run.end?.kind !== "failed").map((run) => run.id));
}

/**
 * Tells whether the calls suffice to compare a backup that is to be pruned, find that the shrink guard keeps it, and
 * evict another: or else the same comparison could use up the calls of every run.
 */
export function canPruneFirst({ guard, budget }: RunContext): boolean {
  return guard.isOff || budget.callsLeft() >= PRUNE_AND_EVICT_CALLS;
}

/**
 * Finds a backup that a run could prune at this moment, as far as is known: of its own cadence in any case, of the
 * others while the scheduler is connected.
 */
export function prunable({ target }: Run, runs: readonly Run[], context: RunContext): Removed | undefined {
  const { world, policy, removes, guard, removals, budget } = context;
  if (budget.callsLeft() === 0) return undefined;
  const isGivenUp = ({ id, environment }: Backup) =>
    guard.guarded.has(id) || !mayAskForRemoval(environment, removals);
  const spared = { atWork: atWorkIn(runs), waysBack: waysBackIn(context), isGivenUp };
  const mayPrune = (cadence: Cadence) =>
    removes === "all" || (removes === "own" && cadence === target.cadence);
  return CADENCES.filter(mayPrune).flatMap(
    (cadence) => planPrune(world.catalog, cadence, policy, spared).remove,
  )[0];
}

/** What the shrink guard keeps of one cadence at this moment. */
export function guardedOf(cadence: Cadence, { guard, world }: RunContext): Shrink[] {
  return [...guard.guarded].flatMap(([id, shrink]) =>
    world.catalog.backup(id)?.cadence === cadence ? [shrink] : [],
  );
}

/** Says in a run's answer which older backups of its cadence the shrink guard keeps. */
export function reportGuarded(run: Run, context: RunContext): void {
  run.problems.push(...guardedOf(run.target.cadence, context).map(shrunk));
}
