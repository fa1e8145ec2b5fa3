import type { Failure } from "../../utils/failures.ts";
import { type Backup, identityOf } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { backupId } from "../catalog/names.ts";
import type { Policy } from "../catalog/policy.ts";
import { freshMemory, type Memory, type RunEvent, remembered } from "./memory.ts";
import { CUT, CUT_BEFORE_PRUNING, gaveWay } from "./messages.ts";
import type { End, Outcome, Problem } from "./outcome.ts";
import { isNew, isOutdated, type Target } from "./target.ts";
import type { World } from "./world.ts";

/** A backup on its way out; `reason` where it had to go before its successor was ready. */
export interface Leaving {
  readonly backup: Backup;
  readonly reason: string | undefined;
}

/** One target on its way through a run. */
export interface Run {
  readonly target: Target;
  /** Name of the wanted backup. */
  readonly id: string;
  memory: Memory;
  /** Backups whose destruction was asked for; one may be asked for more than once. */
  readonly leaving: Leaving[];
  /** Those of them that were seen to go, as they went. */
  readonly departed: Backup[];
  readonly problems: Problem[];
  /** Set once; then the run is over. */
  end: End | undefined;
}

/**
 * A run that has seen nothing yet but what was listed.
 *
 * @param catalog what existed before it
 */
export function beginRun(target: Target, catalog: Catalog): Run {
  const id = backupId(target.cadence, target.date);
  const bearer = catalog.backup(id)?.environment;
  const making = bearer?.status === "creating" && !isOutdated(target, bearer) ? bearer : undefined;
  return {
    target,
    id,
    memory: freshMemory(catalog.latestCreation, making),
    leaving: [],
    departed: [],
    problems: [],
    end: undefined,
  };
}

/** Lets a run remember what it has met. */
export function remember(run: Run, met: RunEvent): void {
  run.memory = remembered(run.memory, met);
}

/** Books the backups that are seen to be gone, or going. What only might be gone is never told. */
export function noteDepartures(run: Run, world: World): void {
  for (const { backup, reason } of run.leaving) {
    const { originalId, environment } = backup;
    const status = world.catalog.findSame(environment)?.status;
    // Two may have had one name.
    const isBooked = run.departed.some((each) => identityOf(each.environment) === identityOf(environment));
    if ((status !== undefined && status !== "destroying") || isBooked) continue;
    run.departed.push(backup);
    if (reason !== undefined) run.problems.push(gaveWay(originalId, reason));
  }
}

/** Ends a run whose backup another has set aside as soon as it was ready: it was made, and none has failed. */
export function noteReplaced(run: Run, world: World): void {
  const { id, memory } = run;
  if (!memory.forkStarted || memory.madeAt === undefined || world.catalog.find(id) !== undefined) return;
  const made = world.catalog.madeAs(id).find(({ environment }) => environment.createdAt === memory.madeAt);
  if (made !== undefined) endDone(run, made);
}

/** Ends a run that found or made a ready backup. */
export function endDone(run: Run, backup: Backup): void {
  const reused = !isNew(run.memory, backup.environment);
  run.end = { kind: "done", takenAt: backup.takenAt, reused };
}

/** Ends a run whose target's name belongs to the primary. */
export function endPromoted(run: Run): void {
  run.end = { kind: "promoted" };
}

/** Ends a run that cannot go on. */
export function endFailed(run: Run, failure: Failure): void {
  run.end = { kind: "failed", failure };
}

/** Ends a run whose time or calls are used up: no failure where DatoCMS is at work on the backup. */
export function endCut(
  run: Run,
  { world, policy }: { readonly world: World; readonly policy: Policy },
  cause: "OUT_OF_TIME" | "OUT_OF_CALLS",
): void {
  const environment = world.catalog.find(run.id);
  const backup = world.catalog.backup(run.id);
  const isReady = backup?.environment.status === "ready";
  if (isReady && (run.target.want === "ensure" || isNew(run.memory, backup.environment))) {
    run.problems.push(CUT_BEFORE_PRUNING);
    endDone(run, backup);
  } else if (environment?.status === "creating") {
    const percentage = environment.percentage ?? null;
    run.end = { kind: "creating", percentage, replaces: replacedBy(run, world, policy) };
  } else {
    endFailed(run, run.memory.lastFailure ?? CUT[cause]);
  }
}

/** Name of the newest backup that goes once the new one is ready. */
function replacedBy({ id, target }: Run, world: World, { keep }: Policy): string | null {
  const others = world.catalog.of(target.cadence).restorePoints.filter((each) => each.id !== id);
  const setAside = others.find(({ originalId }) => originalId === id);
  return (setAside ?? others[keep[target.cadence] - 1])?.originalId ?? null;
}

/** What a run came to; undefined where it has not ended. */
export function outcomeOf({ target, id, departed, problems, end }: Run): Outcome | undefined {
  if (end === undefined) return undefined;
  const deleted = [...new Set(departed.map(({ originalId }) => originalId))];
  return { cadence: target.cadence, date: target.date, environmentId: id, deleted, problems, ...end };
}
