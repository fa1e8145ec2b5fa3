import type { Breach, Deed, Evidence } from "./evidence.ts";
import { isRefusal, shrunkPrimary, shrunkSuccessor } from "./giving.ts";
import { type Copy, nameOf } from "./ours.ts";
import type { Setting } from "./setting.ts";

/**
 * With fewer calls left before it removes a copy, a run could not compare it: four to count, and five to remove it, look,
 * fork and look.
 */
const CALLS_TO_COMPARE = 9;

/** A copy that was removed, and how. */
export interface Removal {
  readonly victim: Copy;
  /** The other backups of its cadence. */
  readonly others: readonly Copy[];
  /** Newer ones had made it dispensable. */
  readonly prunes: boolean;
  /** The run was asked for its cadence. */
  readonly isOwn: boolean;
}

/** The shrink guard: what holds much more than what comes after it stays. */
export function* judgeGuard(deed: Deed, removal: Removal, evidence: Evidence): Generator<Breach> {
  const { event, before, seen, meddledSinceStart, invocation } = deed;
  const { setting } = evidence;
  const { victim, prunes, isOwn } = removal;
  if (meddledSinceStart || (invocation.asked.forced && isOwn)) return;
  if (isOff(deed, evidence) || isOffBeside(deed, removal, setting)) return;
  // It may go because a newer one stands, or for a copy of what the primary holds.
  const standIns = [before, seen].flatMap((state) => [
    ...(prunes ? [shrunkSuccessor(victim, state, event.at, setting)] : []),
    ...(isOwn || !prunes ? [shrunkPrimary(victim, state, setting.shrinkLimit)] : []),
  ]);
  const [standIn] = standIns;
  if (standIn !== undefined && standIns.every((each) => each !== undefined))
    yield {
      rule: "keeps a copy whose successor has shrunk",
      what: `#${invocation.number} destroyed ${event.id} (${victim.items}/${victim.uploads}) beside ${standIn.id} (${standIn.items}/${standIn.uploads})`,
    };
}

/** Whether the guard keeps a copy, compared with the primary or with the newest. */
export function isGuarded(copy: Copy, { before, event }: Deed, setting: Setting): boolean {
  return (
    shrunkPrimary(copy, before, setting.shrinkLimit) !== undefined ||
    shrunkSuccessor(copy, before, event.at, setting) !== undefined
  );
}

/** Nothing is compared where it is not wanted, or where DatoCMS withholds the totals. */
function isOff({ invocation, call }: Deed, { setting }: Evidence): boolean {
  if (setting.shrinkLimit === undefined) return true;
  return invocation.calls.some(
    ({ operation, outcome, sentAt }) =>
      (operation === "items.list" || operation === "uploads.list") &&
      sentAt <= call.sentAt &&
      isRefusal(outcome) &&
      outcome !== 429 &&
      Number(outcome) < 500,
  );
}

/**
 * Whether it was off for a copy that gave way: too few calls were left to compare it, and the run had found that the
 * guard keeps another one of the cadence.
 */
function isOffBeside(deed: Deed, { victim, others, isOwn }: Removal, setting: Setting): boolean {
  const { calls, maxCalls } = deed.invocation;
  const index = calls.indexOf(deed.call);
  const earlier = calls.slice(0, index);
  const hasForked = earlier.some(
    ({ operation, id, outcome }) =>
      operation === "environments.fork" &&
      nameOf(id)?.cadence === victim.cadence &&
      typeof outcome === "number" &&
      outcome < 300,
  );
  const wasCounted = ({ original }: Copy) =>
    earlier.some(
      ({ operation, environment = "", outcome }) =>
        operation === "items.list" && outcome === 200 && nameOf(environment)?.original === original,
    );
  return (
    isOwn &&
    !hasForked &&
    maxCalls - index < CALLS_TO_COMPARE &&
    others.some((copy) => isGuarded(copy, deed, setting) && wasCounted(copy))
  );
}
