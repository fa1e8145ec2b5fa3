import type { Clock } from "../../utils/clock.ts";
import type { Cadence, Config } from "../../utils/config.ts";
import { type Failure, type Result, succeeded } from "../../utils/failures.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Budget } from "../datocms/budget.ts";
import type { Contents } from "../datocms/contents.ts";
import type { Environment, Environments, PlanLimit } from "../datocms/environments.ts";
import type { Caller } from "../datocms/role.ts";
import { brakeFor } from "./brake.ts";
import type { Effects, Next } from "./effects.ts";
import { copiesIn } from "./names.ts";
import type { Outcome } from "./outcome.ts";
import { plan, type Removes, type Target } from "./plan.ts";
import { waysBackIn } from "./removal.ts";
import { beginRun, endCut, endFailed, noteDepartures, noteReplaced, type TargetRun } from "./run.ts";
import { CHANGING, HIDDEN } from "./sentences.ts";
import { settle } from "./settle.ts";
import { dispensable, mayGetRoom, owedPlaces } from "./sharing.ts";
import { apply } from "./steps.ts";
import { World } from "./world.ts";

/** One run: what is wanted and what it may spend. */
export interface Rotation {
  readonly environments: Environments;
  readonly allowance: Budget;
  readonly logger: Logger;
  readonly contents: Contents;
  readonly caller: Pick<Caller, "rightsIfOffered">;
  readonly policy: Pick<Config, "keep" | "rotation" | "forkMode" | "holdDays" | "shrinkLimit">;
  /** Most important first: where room is short, the first ones get it. */
  readonly targets: readonly Target[];
  /** What DatoCMS listed, and when on the clock's monotonic scale. */
  readonly listed: readonly Environment[];
  readonly listedAt: number;
  /** Other cadences are tidied up too only while the owner has not disconnected the scheduler. */
  readonly removes: Removes;
  /** Whether a person asked for the run, and not the schedule. */
  readonly byHand: boolean;
  /** The present moment, ms since the epoch, by the host's clock and by what DatoCMS lists. */
  readonly now: (listed: readonly Environment[]) => number;
  /** Cadences that the schedule makes: a free place is theirs before it is a less important one's. */
  readonly enabledCadences: readonly Cadence[];
  /** Takes the ids of copies that the brake keeps. */
  readonly kept?: Set<string> | undefined;
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
 * Makes the wanted copies and tidies up: observe, plan, one step, until all is done or the time is over. It
 * may be cut anywhere; whoever comes next goes on from what exists.
 *
 * @returns one outcome for each target, in the order given; nothing that DatoCMS does makes it throw
 */
export async function rotate(rotation: Rotation): Promise<Outcome[]> {
  const { allowance, environments } = rotation;
  const { clock } = allowance;
  const began = clock.monotonic();
  const runs = rotation.targets.map((target) => beginRun(target, rotation.listed));
  const world = new World(rotation.listed, rotation.listedAt);
  const [limit, hidden] = await Promise.all([limitFor(rotation, runs), hiddenFrom(rotation)]);
  if (hidden) for (const run of runs) run.memory.refused = HIDDEN;
  const brake = brakeFor(rotation.contents, rotation.policy.shrinkLimit);
  const effects: Effects = {
    ...rotation,
    world,
    brake,
    braked: new Map(),
    unsure: new Set(),
    limit,
    fullAt: undefined,
    threshold: undefined,
    removals: new Map(),
  };
  let gap = FIRST_LOOK_MS;

  for (;;) {
    const pauses: number[] = [];
    const freed = freedBy(runs);
    for (const run of runs) {
      const next = await advance(run, runs, effects);
      if (run.outcome === undefined && next?.ms !== undefined) pauses.push(next.ms);
    }
    const isTidy = await settle(runs, effects);
    const open = runs.filter((run) => run.outcome === undefined);
    if (open.length === 0 && isTidy) break;

    const outOfTime = allowance.timeLeft() <= RESERVED_MS;
    if (outOfTime || allowance.callsLeft() <= RESERVED_CALLS) {
      for (const run of open) endCut(run, effects, outOfTime ? "OUT_OF_TIME" : "OUT_OF_CALLS");
      break;
    }
    // Each moment counts while a cadence may have no copy at all.
    if (freedBy(runs) > freed) gap = FIRST_LOOK_MS;
    const waitsForCopy = open.length > pauses.length;
    const pause =
      open.length === 0 ? 0 : Math.min(...pauses, ...(waitsForCopy ? [paced(gap, allowance)] : []));
    if (waitsForCopy) gap = nextGap(gap, clock.monotonic() - began);
    await allowance.sleep(Math.min(pause, allowance.timeLeft() - RESERVED_MS));
    const seen = await look(environments, open, world, clock);
    if (!seen.ok) {
      for (const run of open) loseSight(run, effects, seen.failure);
      break;
    }
    // A fork may take an hour; what failed long before must not end the wait for it.
    if (open.every((run) => run.memory.mine)) allowance.restoreRetryTime();
  }
  for (const id of effects.braked.keys()) rotation.kept?.add(id);
  return runs.flatMap((run) => run.outcome ?? []);
}

/**
 * Lists the environments. Before the absence of a copy that was asked for means anything, DatoCMS is asked
 * for that one by name: whether a list shows copies in the making is not documented.
 */
async function look(
  environments: Environments,
  open: readonly TargetRun[],
  world: World,
  clock: Clock,
): Promise<Result<undefined>> {
  const list = await environments.list();
  if (!list.ok) return list;
  const listed = list.value;
  const listedAt = clock.monotonic();
  const missing = open.filter(
    ({ memory, id }) => (memory.mine || memory.expected) && !listed.some((each) => each.id === id),
  );
  const found = await Promise.all(missing.map((run) => environments.find(run.id)));
  for (const each of found) if (!each.ok) return each;
  world.see([...listed, ...found.flatMap((each) => (each.ok && each.value) || [])], listedAt);
  return succeeded(undefined);
}

/** Takes steps for one target until it is done, or has to look first. */
async function advance(
  run: TargetRun,
  runs: readonly TargetRun[],
  effects: Effects,
): Promise<LookFirst | undefined> {
  noteDepartures(run, effects.world);
  noteReplaced(run, effects.world);
  for (let steps = 0; run.outcome === undefined; steps += 1) {
    // Each step changes something that the next one sees; should one ever not, it must fail and not spin.
    if (steps >= MOST_STEPS) {
      endFailed(run, CHANGING);
      break;
    }
    const step = plan(effects.world.environments, {
      target: run.target,
      memory: withRefusal(run, effects),
      policy: effects.policy,
      limit: typeof effects.limit === "number" ? effects.limit : undefined,
      braked: new Set([...effects.braked.keys(), ...effects.unsure]),
      othersAtWork: mayGetRoom(run, runs),
      owed: owedPlaces(run, runs, effects),
      dispensable: dispensable(run, runs, effects),
      waysBack: waysBackIn(effects),
      removes: effects.removes,
      now: effects.now(effects.world.environments),
    });
    const next = await apply(step, run, effects);
    noteDepartures(run, effects.world);
    if (next.kind === "look") return next;
  }
  return undefined;
}

/**
 * Where the plan does not tell its limit, what it has refused to one target holds for the others, until one of them has
 * made room for itself: each try costs a call.
 */
function withRefusal({ memory }: TargetRun, { fullAt, limit }: Effects): TargetRun["memory"] {
  const isOwn = memory.noRoom !== undefined || memory.freed !== undefined || memory.hasWaited;
  return isOwn || typeof limit === "number" ? memory : { ...memory, noRoom: fullAt };
}

type LookFirst = Extract<Next, { kind: "look" }>;

/** What the plan allows is asked only by a run that may have to fork. */
async function limitFor(rotation: Rotation, runs: readonly TargetRun[]): Promise<PlanLimit> {
  const forks = runs.some((run) => run.target.fresh || !rotation.listed.some((each) => each.id === run.id));
  return forks ? rotation.environments.limitIfOffered() : "unread";
}

/**
 * Whether the token's role would not see the copies that it makes. Asked only where none of ours is listed: a
 * role that sees none would else make one more each day, and never remove any.
 */
async function hiddenFrom({ listed, targets, caller }: Rotation): Promise<boolean> {
  if (targets.length === 0 || copiesIn(listed).length > 0) return false;
  const rights = await caller.rightsIfOffered();
  return rights.kind === "role" && ["primary_only", "none"].includes(rights.environments);
}

/** How many copies have given way so far. */
function freedBy(runs: readonly TargetRun[]): number {
  return runs.filter(({ memory }) => memory.freed !== undefined).length;
}

/** With few calls left, looks are as far apart as they may be: the calls must last until something has changed. */
function paced(gap: number, allowance: Budget): number {
  const looks = allowance.callsLeft() - RESERVED_CALLS;
  const evenly = Math.min(LONGEST_GAP_MS, allowance.timeLeft() / (looks + 1));
  return looks > FEW_CALLS ? gap : Math.max(gap, evenly);
}

function nextGap(gap: number, waited: number): number {
  return Math.min(gap * GAP_GROWTH, waited > LATE_AFTER_MS ? LONGEST_LATE_GAP_MS : LONGEST_GAP_MS);
}

/** DatoCMS cannot be read any more. A fork that it has accepted goes on without being watched. */
function loseSight(run: TargetRun, effects: Effects, failure: Failure): void {
  run.obstacle = failure;
  endCut(run, effects, "OUT_OF_TIME");
}
