import type { Failure } from "../../utils/failures.ts";
import type { Environment } from "../datocms/environments.ts";
import type { Effects } from "./effects.ts";
import { backupsIn, latestIn } from "./held.ts";
import { asCopy, backupId, type Copy, copiesIn, identityOf } from "./names.ts";
import type { Outcome, Problem } from "./outcome.ts";
import { isNew, isOutdated, type Memory, type Target } from "./plan.ts";
import { CUT, CUT_BEFORE_TIDY, gaveWay } from "./sentences.ts";
import type { World } from "./world.ts";

/** A copy on its way out; `reason` where it had to go before its successor was ready. */
export interface Leaving {
  readonly copy: Copy;
  readonly reason: string | undefined;
}

/** One target on its way through a run. */
export interface TargetRun {
  readonly target: Target;
  /** Name of the wanted copy. */
  readonly id: string;
  readonly memory: Memory;
  /** Answers that sent it back to look again; bounded. */
  setbacks: number;
  /** The last thing that stood in the way, told when time runs out before the fork began. */
  obstacle: Failure | undefined;
  /** Copies whose destruction was asked for and has not been seen yet. */
  readonly leaving: Leaving[];
  /** Identities of those that were seen to go; two may have had one name. */
  readonly departed: Set<string>;
  /** Names of the copies that it destroyed, as it went. */
  readonly deleted: string[];
  readonly problems: Problem[];
  /** Set once; then the run is over. */
  outcome: Outcome | undefined;
}

/**
 * A run that has seen nothing yet but what was listed.
 *
 * @param listed what DatoCMS listed before it
 */
export function beginRun(target: Target, listed: readonly Environment[]): TargetRun {
  const id = backupId(target.cadence, target.date);
  const making = listed.find(
    (each) => each.id === id && each.status === "creating" && !each.primary && !isOutdated(target, each),
  );
  return {
    target,
    id,
    memory: {
      newestSeen: latestIn(listed),
      mine: making !== undefined,
      madeAt: making?.createdAt,
      forksSent: 0,
      expected: false,
      hasWaited: false,
      setAside: undefined,
      marked: undefined,
      compared: undefined,
      noRoom: undefined,
      refusals: 0,
      refusalsAsOnly: 0,
      freed: undefined,
      refused: undefined,
    },
    setbacks: 0,
    obstacle: undefined,
    leaving: [],
    departed: new Set(),
    deleted: [],
    problems: [],
    outcome: undefined,
  };
}

/** Books the copies that are seen to be gone, or going. What only might be gone is never told. */
export function noteDepartures(run: TargetRun, world: World): void {
  for (const { copy, reason } of run.leaving) {
    const { originalId, environment } = copy;
    const status = world.findSame(environment)?.status;
    const identity = identityOf(environment);
    if ((status !== undefined && status !== "destroying") || run.departed.has(identity)) continue;
    run.departed.add(identity);
    if (!run.deleted.includes(originalId)) run.deleted.push(originalId);
    if (reason !== undefined) run.problems.push(gaveWay(originalId, reason));
  }
}

/** Ends a run whose copy another has set aside as soon as it was ready: it was made, and none has failed. */
export function noteReplaced(run: TargetRun, world: World): void {
  const { id, memory } = run;
  if (!memory.mine || memory.madeAt === undefined || world.find(id) !== undefined) return;
  const made = copiesIn(world.environments).find(
    ({ originalId, environment }) => originalId === id && environment.createdAt === memory.madeAt,
  );
  if (made !== undefined) endDone(run, made);
}

/** Ends a run that found or made a ready copy. */
export function endDone(run: TargetRun, copy: Copy): void {
  const reused = !isNew(run.memory, copy.environment);
  run.outcome = { ...about(run), kind: "done", takenAt: copy.takenAt, reused };
}

/** Ends a run whose target's name belongs to the primary. */
export function endPromoted(run: TargetRun): void {
  run.outcome = { ...about(run), kind: "promoted" };
}

/** Ends a run that cannot go on. */
export function endFailed(run: TargetRun, failure: Failure): void {
  run.outcome = { ...about(run), kind: "failed", failure };
}

/** Ends a run whose time or calls are used up: no failure where DatoCMS is at work on the copy. */
export function endCut(
  run: TargetRun,
  { world, policy }: Pick<Effects, "world" | "policy">,
  cause: "OUT_OF_TIME" | "OUT_OF_CALLS",
): void {
  const environment = world.find(run.id);
  const copy = environment && asCopy(environment);
  const isReady = copy?.environment.status === "ready";
  if (isReady && (!run.target.fresh || isNew(run.memory, copy.environment))) {
    run.problems.push(CUT_BEFORE_TIDY);
    endDone(run, copy);
  } else if (environment?.status === "creating") {
    const percentage = environment.percentage ?? null;
    run.outcome = {
      ...about(run),
      kind: "creating",
      percentage,
      replaces: replacedBy(run, world, policy),
    };
  } else {
    endFailed(run, run.obstacle ?? CUT[cause]);
  }
}

/** Name of the newest copy that goes once the new one is ready. */
function replacedBy(
  { id, target }: TargetRun,
  world: World,
  { holdDays, keep }: Effects["policy"],
): string | null {
  const others = backupsIn(world.environments, holdDays).filter(
    ({ cadence, environment }) =>
      cadence === target.cadence && environment.status === "ready" && environment.id !== id,
  );
  const setAside = others.find(({ originalId }) => originalId === id);
  return (setAside ?? others[keep[target.cadence] - 1])?.originalId ?? null;
}

/** The lists stay open: what is removed after the end still shows. */
function about(run: TargetRun) {
  const { cadence, date } = run.target;
  return { cadence, date, environmentId: run.id, deleted: run.deleted, problems: run.problems };
}
