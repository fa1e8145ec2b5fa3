import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { RunContext } from "./context.ts";
import type { Run } from "./run.ts";

/**
 * Tells whether waiting for the run's other cadences may bring room: those that come first have to be served
 * first, and one whose backup is being made will remove an old one. Never two that wait for each other.
 */
export function mayGetRoom(run: Run, runs: readonly Run[]): boolean {
  const place = runs.indexOf(run);
  return runs.some(
    (other, index) =>
      other.end === undefined && (index < place || (other !== run && other.memory.forkStarted)),
  );
}

/**
 * Finds the more important cadences that have a claim to a free place: those that this run has yet to serve, or that
 * gave up a backup for their own; and, where the capacity is known, those that have no backup at all.
 */
export function claimsBefore(run: Run, runs: readonly Run[], context: RunContext): readonly Cadence[] {
  const { capacity, world } = context;
  const isKnown = typeof capacity === "number";
  const waiting = runs.slice(0, runs.indexOf(run)).filter(({ id, memory, end }) => {
    const isAbsent = !memory.forkStarted && world.catalog.find(id) === undefined;
    return isAbsent && (memory.evicted !== undefined || (isKnown && end === undefined));
  });
  const missing = isKnown ? missingBefore(run, context) : [];
  return [...waiting.map(({ target }) => target.cadence), ...missing];
}

/** More important cadences of the schedule that have no backup, neither ready nor in the making. */
export function missingBefore({ target }: Run, { world, enabledCadences }: RunContext): Cadence[] {
  return CADENCES.slice(0, CADENCES.indexOf(target.cadence)).filter(
    (cadence) =>
      enabledCadences.includes(cadence) &&
      world.catalog.of(cadence).unheld.every(({ state }) => state === "removing"),
  );
}
