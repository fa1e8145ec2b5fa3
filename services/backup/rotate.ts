import type { Cadence } from "../../utils/config.ts";
import { type Failure, type Result, succeeded } from "../../utils/failures.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Policy } from "../catalog/policy.ts";
import type { Budget } from "../datocms/budget.ts";
import type { Contents } from "../datocms/contents.ts";
import type { Environments, PlanLimit } from "../datocms/environments.ts";
import type { Caller } from "../datocms/role.ts";
import { claimsBefore, mayGetRoom } from "./claims.ts";
import type { Next, RunContext } from "./context.ts";
import type { Memory } from "./memory.ts";
import { CHANGING, HIDDEN, shrunk } from "./messages.ts";
import type { Outcome } from "./outcome.ts";
import { isFull } from "./places.ts";
import { plan } from "./plan.ts";
import { canPruneFirst, prunable, pruneAll, waysBackIn } from "./prune/run.ts";
import { nameBackInVain } from "./rename.ts";
import {
  beginRun,
  endCut,
  endFailed,
  noteDepartures,
  noteReplaced,
  outcomeOf,
  type Run,
  remember,
} from "./run.ts";
import { shrinkGuardFor } from "./shrinkGuard.ts";
import { type PlanInput, type Removes, situationOf } from "./situation.ts";
import { apply } from "./steps.ts";
import type { Target } from "./target.ts";
import { World } from "./world.ts";

/** One run: what is wanted and what it may spend. */
export interface Rotation {
  readonly environments: Environments;
  readonly budget: Budget;
  readonly logger: Logger;
  readonly contents: Contents;
  readonly caller: Pick<Caller, "rightsIfOffered">;
  readonly policy: Policy;
  /** Most important first: where room is short, the first ones get it. */
  readonly targets: readonly Target[];
  /** What exists, and when DatoCMS listed it on the clock's monotonic scale. */
  readonly catalog: Catalog;
  readonly listedAt: number;
  /** Other cadences are pruned too only while the owner has not disconnected the scheduler. */
  readonly removes: Removes;
  /** Whether a person asked for the run, and not the schedule. */
  readonly byHand: boolean;
  /** The present moment, ms since the epoch, by the host's clock and by what DatoCMS lists. */
  readonly now: (catalog: Catalog) => number;
  /** Cadences that the schedule makes: a free place is theirs before it is a less important one's. */
  readonly enabledCadences: readonly Cadence[];
  /** Takes the ids of backups that the shrink guard keeps. */
  readonly kept?: Set<string> | undefined;
  /** Looks which environments are being read; default: those that the catalog tells. */
  readonly inUse?: (() => Promise<readonly string[]>) | undefined;
}

/** Between two looks; no run needs a tenth of them. */
const MOST_STEPS = 100;
const FIRST_LOOK_MS = 500;
const GAP_GROWTH = 1.5;
/** Looks are at most this far apart in the first minute of waiting, then further: a fork may take an hour. */
const LONGEST_GAP_MS = 5_000;
const LATE_AFTER_MS = 60_000;
const LONGEST_LATE_GAP_MS = 15_000;
/** Kept back for the last look and for what it shows to be done. */
const RESERVED_MS = 1_500;
const RESERVED_CALLS = 3;
/** So many looks are taken as the gaps would have it. */
const FEW_CALLS = 4;

/**
 * Makes the wanted backups and prunes: observe, plan, one step, until all is done or the time is over. It
 * may be cut anywhere; whoever comes next goes on from what exists.
 *
 * @returns one outcome for each target, in the order given; nothing that DatoCMS does makes it throw
 */
export async function rotate(rotation: Rotation): Promise<Outcome[]> {
  const { budget } = rotation;
  const { clock } = budget;
  const began = clock.monotonic();
  const runs = rotation.targets.map((target) => beginRun(target, rotation.catalog));
  const world = new World(rotation.catalog, rotation.listedAt);
  const [capacity, hidden] = await Promise.all([capacityFor(rotation, runs), hiddenFrom(rotation)]);
  if (hidden) for (const run of runs) remember(run, { event: "gave-up", failure: HIDDEN });
  const { contents, policy, logger } = rotation;
  const guard = shrinkGuardFor(contents, policy.shrinkLimit, budget, ({ id }, shrink) =>
    logger.warn("backup_guarded", { environmentId: id, sentence: shrunk(shrink).sentence }),
  );
  const context: RunContext = {
    ...rotation,
    world,
    guard,
    capacity,
    fullAt: undefined,
    threshold: undefined,
    freed: new Set(),
    removals: new Map(),
  };
  let gap = FIRST_LOOK_MS;

  for (;;) {
    const pauses: number[] = [];
    const evicted = evictedBy(runs);
    for (const run of runs) {
      const next = await advance(run, runs, context);
      if (run.end === undefined && next?.ms !== undefined) pauses.push(next.ms);
    }
    const isPruned = await pruneAll(runs, context);
    const open = runs.filter((run) => run.end === undefined);
    if (open.length === 0 && isPruned) break;

    const outOfTime = budget.timeLeft() <= RESERVED_MS;
    if (outOfTime || budget.callsLeft() <= RESERVED_CALLS) {
      for (const run of open) {
        const { restore } = situationOf(world.catalog, inputFor(run, runs, context));
        await nameBackInVain(restore, run, context);
        endCut(run, context, outOfTime ? "OUT_OF_TIME" : "OUT_OF_CALLS");
      }
      break;
    }
    // Each moment counts while a cadence may have no backup at all.
    if (evictedBy(runs) > evicted) gap = FIRST_LOOK_MS;
    const waitsForBackup = open.length > pauses.length;
    const pause =
      open.length === 0 ? 0 : Math.min(...pauses, ...(waitsForBackup ? [paced(gap, budget)] : []));
    if (waitsForBackup) gap = nextGap(gap, clock.monotonic() - began);
    await budget.sleep(Math.min(pause, budget.timeLeft() - RESERVED_MS));
    const seen = await look(rotation, open, world);
    if (!seen.ok) {
      for (const run of open) endUnwatched(run, context, seen.failure);
      break;
    }
    // A fork may take an hour; what failed long before must not end the wait for it.
    if (open.every((run) => run.memory.forkStarted)) budget.restoreRetryTime();
  }
  for (const id of guard.guarded.keys()) rotation.kept?.add(id);
  return runs.flatMap((run) => outcomeOf(run) ?? []);
}

/**
 * Lists the environments. Before the absence of a backup that was asked for means anything, DatoCMS is asked
 * for that one by name: whether a list shows backups in the making is not documented.
 */
async function look(rotation: Rotation, open: readonly Run[], world: World): Promise<Result<undefined>> {
  const { environments, budget } = rotation;
  const inUse = await rotation.inUse?.();
  const list = await environments.list();
  if (!list.ok) return list;
  const listed = list.value;
  const listedAt = budget.clock.monotonic();
  const missing = open.filter(
    ({ memory, id }) => (memory.forkStarted || memory.forkMayExist) && !listed.some((each) => each.id === id),
  );
  const found = await Promise.all(missing.map((run) => environments.find(run.id)));
  for (const each of found) if (!each.ok) return each;
  const all = [...listed, ...found.flatMap((each) => (each.ok && each.value) || [])];
  world.see(world.catalog.next(all, inUse), listedAt);
  return succeeded(undefined);
}

/** Takes steps for one target until it is done, or has to look first. */
async function advance(run: Run, runs: readonly Run[], context: RunContext): Promise<LookFirst | undefined> {
  noteDepartures(run, context.world);
  noteReplaced(run, context.world);
  for (let steps = 0; run.end === undefined; steps += 1) {
    // Each step changes something that the next one sees; should one ever not, it must fail and not spin.
    if (steps >= MOST_STEPS) {
      endFailed(run, CHANGING);
      break;
    }
    const step = plan(context.world.catalog, inputFor(run, runs, context));
    const next = await apply(step, run, context);
    noteDepartures(run, context.world);
    if (next.kind === "look") return next;
  }
  return undefined;
}

/** All that the next step of a run rests on beside the catalog, as it is at this moment. */
function inputFor(run: Run, runs: readonly Run[], context: RunContext): PlanInput {
  const { world, policy, removes, guard } = context;
  const { catalog } = world;
  const capacity = typeof context.capacity === "number" ? context.capacity : undefined;
  const memory = withRefusal(run, context);
  // Looked for only where it could make room.
  const surplus = isFull(catalog, { capacity, memory }) ? prunable(run, runs, context) : undefined;
  // A forced run compares nothing of its own cadence.
  const costsNothing = run.target.want === "force" && surplus?.backup.cadence === run.target.cadence;
  return {
    target: run.target,
    memory,
    policy,
    capacity,
    guarded: new Set(guard.guarded.keys()),
    othersAtWork: mayGetRoom(run, runs),
    hasFreed: context.freed.size > 0,
    claims: claimsBefore(run, runs, context),
    surplus,
    prunesFirst: costsNothing || canPruneFirst(context),
    waysBack: waysBackIn(context),
    removes,
    now: context.now(catalog),
  };
}

/**
 * Where the price plan does not tell its capacity, what it has refused to one target holds for the others, until one of
 * them has made room for itself: each try costs a call.
 */
function withRefusal({ memory }: Run, { fullAt, capacity }: RunContext): Memory {
  const isOwn = memory.fullAt !== undefined || memory.evicted !== undefined || memory.hasWaited;
  return isOwn || typeof capacity === "number" ? memory : { ...memory, fullAt };
}

type LookFirst = Extract<Next, { kind: "look" }>;

/** The capacity is asked only by a run that may have to fork. */
async function capacityFor(rotation: Rotation, runs: readonly Run[]): Promise<PlanLimit> {
  const forks = runs.some(
    (run) => run.target.want !== "ensure" || rotation.catalog.find(run.id) === undefined,
  );
  return forks ? rotation.environments.limitIfOffered() : "unread";
}

/**
 * Tells whether the token's role would not see the backups that it makes. Asked only where none of ours is listed: a
 * role that sees none would else make one more each day, and never remove any.
 */
async function hiddenFrom({ catalog, targets, caller }: Rotation): Promise<boolean> {
  if (targets.length === 0 || catalog.backups.length > 0) return false;
  const rights = await caller.rightsIfOffered();
  return rights.kind === "role" && ["primary_only", "none"].includes(rights.environments);
}

/** Counts the backups that have been evicted so far. */
function evictedBy(runs: readonly Run[]): number {
  return runs.filter(({ memory }) => memory.evicted !== undefined).length;
}

/** With few calls left, looks are as far apart as they may be: the calls must last until something has changed. */
function paced(gap: number, budget: Budget): number {
  const looks = budget.callsLeft() - RESERVED_CALLS;
  const evenly = Math.min(LONGEST_GAP_MS, budget.timeLeft() / (looks + 1));
  return looks > FEW_CALLS ? gap : Math.max(gap, evenly);
}

function nextGap(gap: number, waited: number): number {
  return Math.min(gap * GAP_GROWTH, waited > LATE_AFTER_MS ? LONGEST_LATE_GAP_MS : LONGEST_GAP_MS);
}

/** DatoCMS cannot be read any more. A fork that it has accepted goes on without being watched. */
function endUnwatched(run: Run, context: RunContext, failure: Failure): void {
  remember(run, { event: "failed", failure });
  endCut(run, context, "OUT_OF_TIME");
}
