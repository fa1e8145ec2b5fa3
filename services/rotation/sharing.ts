import type { Clock } from "../../utils/clock.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Effects } from "./effects.ts";
import { backupsIn, newestBackup } from "./held.ts";
import type { Copy } from "./names.ts";
import { mayAskForRemoval, waysBackIn } from "./removal.ts";
import { excess } from "./retention.ts";
import type { TargetRun } from "./run.ts";

/** What the cadences of one run, and those that come later, leave to each other. */

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** So long after a copy was made no turn may have come yet for those that it has outlived. */
const RECENT_MS = 2 * HOUR_MS;
/** Two comparisons, and what it takes to let a copy give way. */
const TIDY_AND_FREE_CALLS = 16;

/**
 * Whether waiting for the run's other cadences may bring room: those that come first have to be served
 * first, and one whose copy is being made will remove an old one. Never two that wait for each other.
 */
export function mayGetRoom(run: TargetRun, runs: readonly TargetRun[]): boolean {
  const place = runs.indexOf(run);
  return runs.some(
    (other, index) => other.outcome === undefined && (index < place || (other !== run && other.memory.mine)),
  );
}

/**
 * A number that goes up each hour, and by one more each day and each fortnight: ticks of the same hour have another
 * one each day, and those of the same weekday too.
 */
export function turnOf(clock: Clock): number {
  const now = clock.now();
  return Math.floor(now / HOUR_MS) + Math.floor(now / DAY_MS) + Math.floor(now / (14 * DAY_MS));
}

/** Names under which nothing is tidied up but superseded copies of a ready one. */
export function sparedBy(runs: readonly TargetRun[]): ReadonlySet<string> {
  return new Set(runs.filter((run) => run.outcome?.kind !== "failed").map((run) => run.id));
}

/**
 * A copy that a run could tidy up at this moment, as far as is known: of its own cadence in any case, of the others
 * while the scheduler is connected. Where the calls do not suffice to compare one, find that
 * the brake keeps it, and let another give way, only every other turn tries what is not recent: or else the same
 * comparison could use up the calls of every tick.
 */
export function dispensable(
  { target }: TargetRun,
  runs: readonly TargetRun[],
  effects: Effects,
): Copy | undefined {
  const { world, policy, removes, brake, braked, removals, allowance } = effects;
  const isAffordable = brake.isOff || allowance.callsLeft() >= TIDY_AND_FREE_CALLS;
  const isTurn = isAffordable || turnOf(allowance.clock) % 2 === 0;
  const isRecent = (cadence: Cadence) => {
    const newest = newestBackup(world.environments, cadence, policy.holdDays);
    return newest !== undefined && newest.environment.createdAt > allowance.clock.now() - RECENT_MS;
  };
  if (allowance.callsLeft() === 0) return undefined;
  const waysBack = waysBackIn(effects);
  return CADENCES.filter(
    (cadence) => mayPrune(cadence, removes, target.cadence) && (isTurn || isRecent(cadence)),
  )
    .flatMap((cadence) => excess(world.environments, cadence, policy, sparedBy(runs)).remove)
    .find(
      ({ environment }) =>
        !braked.has(environment.id) &&
        !waysBack.has(environment.id) &&
        mayAskForRemoval(environment, removals),
    );
}

function mayPrune(cadence: Cadence, removes: Effects["removes"], own: Cadence): boolean {
  return removes === "all" || (removes === "own" && cadence === own);
}

/**
 * How many free places are more important cadences': of those that this run has yet to serve, or that gave up a copy
 * for their own; and, where the plan tells how many places there are, of those that have no copy at all.
 */
export function owedPlaces(run: TargetRun, runs: readonly TargetRun[], effects: Effects): number {
  const { limit, world } = effects;
  const waiting = runs.slice(0, runs.indexOf(run)).filter(({ id, memory, outcome }) => {
    const isAbsent = !memory.mine && world.find(id) === undefined;
    const isTold = typeof limit === "number" && outcome === undefined;
    return isAbsent && (memory.freed !== undefined || isTold);
  });
  const missing = typeof limit === "number" ? missingBefore(run, effects) : [];
  return new Set([...waiting.map(({ target }) => target.cadence), ...missing]).size;
}

/** More important cadences of the schedule that have no copy, neither ready nor in the making. */
export function missingBefore({ target }: TargetRun, { world, policy, enabledCadences }: Effects): Cadence[] {
  const copies = backupsIn(world.environments, policy.holdDays).filter(
    ({ environment }) => environment.status !== "destroying",
  );
  return CADENCES.slice(0, CADENCES.indexOf(target.cadence)).filter(
    (cadence) => enabledCadences.includes(cadence) && !copies.some((copy) => copy.cadence === cadence),
  );
}
