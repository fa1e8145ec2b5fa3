import type { Clock } from "../../utils/clock.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Effects } from "./effects.ts";
import { removeAll } from "./removal.ts";
import { excess } from "./retention.ts";
import { noteDepartures, type TargetRun } from "./run.ts";
import { sparedBy, turnOf } from "./sharing.ts";
import { giveNameBack } from "./steps.ts";

/** Tidying up must leave a run the calls to see its own copies through. */
const SETTLE_CALLS = 6;

/**
 * Tidies up every cadence once this run's own forks have begun, without ever waiting or forking for it: what
 * an earlier run could not finish is finished here.
 *
 * @returns false when the picture is too old to tidy up by: then one more look is worth it
 */
export async function settle(runs: readonly TargetRun[], effects: Effects): Promise<boolean> {
  const haveBegun = runs.every((run) => run.outcome !== undefined || run.memory.mine);
  const { world, allowance, policy, removes } = effects;
  if (removes !== "all" || !haveBegun) return true;
  const spared = sparedBy(runs);
  const reserved = runs.some((run) => run.outcome === undefined) ? SETTLE_CALLS : 0;
  for (const cadence of inTurn(allowance.clock)) {
    const owner = runs.find((run) => run.target.cadence === cadence);
    // A run whose copy is ready removes what that outlived by itself, and keeps to the pauses it is asked for.
    if (owner?.outcome === undefined && owner !== undefined && world.find(owner.id)?.status === "ready")
      continue;
    const tidy = excess(world.environments, cadence, policy, spared);
    const isWork = tidy.restore.length + tidy.remove.length > 0;
    if (!isWork || allowance.callsLeft() <= reserved) continue;
    if (world.isStale(allowance.clock.monotonic())) return false;
    for (const copy of tidy.restore) await giveNameBack(copy, effects);
    const next = await removeAll(tidy.remove, owner, effects, reserved);
    if (owner !== undefined) noteDepartures(owner, world);
    // An old picture is worth one more look; what DatoCMS refuses now is not.
    if (next.kind === "look") return next.ms !== 0;
  }
  return true;
}

/** All cadences, in another order each turn: where calls run out, it is not always the same that has none. */
function inTurn(clock: Clock): readonly Cadence[] {
  const first = turnOf(clock) % CADENCES.length;
  return [...CADENCES.slice(first), ...CADENCES.slice(0, first)];
}
