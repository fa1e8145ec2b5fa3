import type { Failure } from "../../utils/failures.ts";
import type { Backup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { FORK_FAILED, NO_PRIMARY, noRoom } from "./messages.ts";
import { isFreeing, placesIn } from "./places.ts";
import { type Pruning, planPrune, type Removed } from "./prune/plan.ts";
import {
  evictableOf,
  isNeededStill,
  type PlanInput,
  roomFor,
  type Situation,
  situationOf,
} from "./situation.ts";
import { isNew, isSuccessor } from "./target.ts";

/** What to do next for one target. */
export type Step =
  /** Its id is the primary's: today's backup was promoted. */
  | { readonly do: "stop"; readonly because: "promoted" }
  | { readonly do: "fail"; readonly failure: Failure; readonly restore: readonly Backup[] }
  /** `otherwise`: the failure of a run that waits in vain. */
  | {
      readonly do: "wait";
      readonly for: "copy" | "removal" | "room" | "notice" | "turn";
      readonly otherwise?: Failure;
    }
  /** Destroy what newer backups have made dispensable: that may make room without an eviction. */
  | { readonly do: "prune"; readonly surplus: Removed }
  /** Rename a backup that is to be evicted, so that every other run can see it. */
  | { readonly do: "mark"; readonly backup: Backup }
  /** Give a marked backup its name back in the place of a run that was killed, so that it counts as staying. */
  | { readonly do: "name-back"; readonly backup: Backup }
  /** Destroy an old backup so that the new one has room. */
  | { readonly do: "evict"; readonly backup: Backup }
  | { readonly do: "fork"; readonly source: string; readonly id: string }
  /** Rename today's backup out of the way of its replacement. */
  | { readonly do: "set-aside"; readonly backup: Backup }
  /** Today's backup is the answer, because there is no room for another or none is asked for. */
  | { readonly do: "reuse"; readonly backup: Backup; readonly because: "no-room" | "present" }
  | { readonly do: "finish"; readonly backup: Backup; readonly prune: Pruning };

/** One row of the state table: the step that follows where it fits. */
type Row = readonly [text: string, next: (situation: Situation) => Step | undefined];

/** After a removal the price plan may take a while to notice: so often the fork is tried. */
const REFUSALS_AFTER_REMOVAL = 5;

/**
 * The state table of docs/design/rotation.md, in its order: the first row that fits decides. What is absent is neither
 * the primary's, in the making, on its way out nor ready.
 */
const ROWS: readonly Row[] = [
  [
    "its name is the primary's",
    ({ bearer }) => (bearer?.primary ? { do: "stop", because: "promoted" } : undefined),
  ],
  ["creating", ({ bearer }) => (bearer?.status === "creating" ? { do: "wait", for: "copy" } : undefined)],
  [
    "destroying",
    ({ bearer }) => (bearer?.status === "destroying" ? { do: "wait", for: "removal" } : undefined),
  ],
  ["ready", (situation) => (situation.bearer === undefined ? undefined : nextOfReady(situation))],
  [
    "absent, and was seen in the making",
    ({ run, isWorthAnother, restore }) =>
      run.memory.forkStarted && !isWorthAnother ? fail(FORK_FAILED, restore) : undefined,
  ],
  [
    "absent, and DatoCMS refused for good",
    ({ run, restore }) => run.memory.finalFailure && fail(run.memory.finalFailure, restore),
  ],
  [
    "absent, one that was set aside is there, no replacement is asked for",
    ({ run, setAside }) =>
      setAside && run.target.want === "ensure"
        ? { do: "reuse", backup: setAside, because: "present" }
        : undefined,
  ],
  [
    "absent, and there is no primary in the list",
    // Nothing is evicted for a fork that cannot follow.
    ({ catalog: { primary }, restore }) => (primary === undefined ? fail(NO_PRIMARY, restore) : undefined),
  ],
  [
    "absent, and the backup that this run evicted is on its way out",
    ({ catalog, leaving, isFull }) => {
      if (leaving === undefined) return undefined;
      const isStuck = isFull && catalog.isForkSource(leaving.id);
      return leaving.environment.status !== "ready" || isStuck ? { do: "wait", for: "removal" } : undefined;
    },
  ],
  [
    "absent, the backup that this run evicted is still there, its place is needed, and no other backup is on its way out",
    (situation) => {
      const { leaving } = situation;
      return leaving && isNeededStill(leaving, situation) ? { do: "evict", backup: leaving } : undefined;
    },
  ],
  [
    "absent, full, and a backup is on its way out or another cadence of this run may give room",
    ({ catalog, run, ...room }) =>
      lacksRoom(room) && (isFreeing(catalog) || run.othersAtWork) ? { do: "wait", for: "room" } : undefined,
  ],
  [
    "absent, full, and a backup of whatever cadence is surplus",
    ({ run, isFull }) => (isFull ? pruneFirst(run) : undefined),
  ],
  [
    "absent, full, asked to replace without force, one that was set aside is there",
    ({ run, setAside, ...room }) =>
      lacksRoom(room) && run.target.want === "replace" && setAside
        ? { do: "reuse", backup: setAside, because: "no-room" }
        : undefined,
  ],
  [
    "absent, full, this run has had more backups removed than it has forked, and DatoCMS has refused fewer than five times",
    ({ run: { memory, hasFreed }, ...room }) => {
      const mayNotice = memory.fullAt !== undefined && memory.limitRefusals < REFUSALS_AFTER_REMOVAL;
      const isFreed = hasFreed || hasEvicted(memory, room);
      return lacksRoom(room) && isFreed && mayNotice ? { do: "wait", for: "notice" } : undefined;
    },
  ],
  [
    "absent, full, a backup was evicted for it, or what is free is kept for cadences that come first",
    ({ catalog, run, restore, ...room }) => {
      const fails = (because: "evicted" | "owed") =>
        fail(noRoom(placesIn(catalog, run.capacity), because), restore);
      if (lacksRoom(room) && hasEvicted(run.memory, room)) return fails("evicted");
      return room.placesAreReserved && !room.isFull ? fails("owed") : undefined;
    },
  ],
  ["absent, full, and an older backup may be evicted, or none may", nextWithoutRoom],
  [
    "absent, `delete-first`, as many backups as are to be kept, the oldest may go, and no newer one was set aside",
    ({ catalog, run, points, setAside }) => {
      const { policy, memory, removes, target } = run;
      const deletesFirst = policy.rotation === "delete-first" && memory.evicted === undefined;
      if (!deletesFirst || removes === "nothing" || points.length < policy.keep[target.cadence])
        return undefined;
      const [first] = evictableOf(catalog, run, points, setAside);
      // None but the oldest: a run that prunes at this moment counts on the newer ones.
      return first !== undefined && first === points.at(-1) ? { do: "evict", backup: first } : undefined;
    },
  ],
  ["absent", ({ catalog, id }) => catalog.primary && { do: "fork", source: catalog.primary.id, id }],
];

/**
 * Decides the next step for one target. Pure and total: whatever DatoCMS lists, the first row that fits wins.
 */
export function plan(catalog: Catalog, run: PlanInput): Step {
  const situation = situationOf(catalog, run);
  for (const [, next] of ROWS) {
    const step = next(situation);
    if (step !== undefined) return step;
  }
  return fail(NO_PRIMARY, situation.restore);
}

function nextOfReady({ catalog, run, id, isFull }: Situation): Step | undefined {
  const { target, memory, policy } = run;
  const backup = catalog.backup(id);
  if (backup === undefined) return undefined;
  const isAnswer =
    target.want === "ensure" ||
    isNew(memory, backup.environment) ||
    isSuccessor(target, memory, backup.environment);
  if (!isAnswer) {
    const cannotFork = catalog.primary === undefined ? NO_PRIMARY : undefined;
    const failure = memory.forkStarted ? FORK_FAILED : (memory.finalFailure ?? cannotFork);
    if (failure !== undefined) return fail(failure, []);
    if (target.want === "force" || !isFull) return { do: "set-aside", backup };
    if (isFreeing(catalog)) return { do: "wait", for: "room" };
    return pruneFirst(run) ?? { do: "reuse", backup, because: "no-room" };
  }
  const spared = { atWork: new Set([id]), waysBack: run.waysBack };
  const prune = run.removes === "nothing" ? NOTHING : planPrune(catalog, target.cadence, policy, spared);
  return { do: "finish", backup, prune };
}

/** Undefined where nothing is dispensable, or what is has to wait until nothing may be evicted. */
function pruneFirst({ surplus, prunesFirst }: PlanInput): Step | undefined {
  return surplus && prunesFirst ? { do: "prune", surplus } : undefined;
}

const NOTHING: Pruning = { restore: [], keep: [], remove: [] };

function nextWithoutRoom(situation: Situation): Step | undefined {
  if (!lacksRoom(situation)) return undefined;
  const room = roomFor(situation);
  const { catalog, id, restore, run } = situation;
  switch (room.by) {
    case "waiting":
      return { do: "wait", for: "room", otherwise: room.failure };
    case "turn":
      return { do: "wait", for: "turn", otherwise: room.failure };
    case "naming-back":
      return { do: "name-back", backup: room.backup };
    case "trying-again":
      return catalog.primary && { do: "fork", source: catalog.primary.id, id };
    case "marking":
      return { do: "mark", backup: room.backup };
    case "evicting":
      return { do: "evict", backup: room.backup };
    case "nothing":
      return run.surplus ? { do: "prune", surplus: run.surplus } : fail(room.failure, restore);
  }
}

function lacksRoom({ isFull, placesAreReserved }: Pick<Situation, "isFull" | "placesAreReserved">): boolean {
  return isFull || placesAreReserved;
}

/** The backup that was given up for the target is gone. */
function hasEvicted({ evicted }: PlanInput["memory"], { leaving }: Pick<Situation, "leaving">): boolean {
  return evicted !== undefined && leaving === undefined;
}

function fail(failure: Failure, restore: readonly Backup[]): Step {
  return { do: "fail", failure, restore };
}
