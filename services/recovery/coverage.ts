import { spanOf } from "../../utils/spans.ts";
import type { HeldBackup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { utcDate } from "../catalog/names.ts";

/** Says what can be returned to; instants and spans in ms. */
export interface Coverage {
  /** Moments at which restore points were taken, superseded ones included. */
  readonly points: number;
  readonly newestAt: number | undefined;
  readonly oldestAt: number | undefined;
  /** The longest time without a backup, between neighbours or since the newest. */
  readonly largestGap: number | undefined;
  /** All of it, for people. */
  readonly sentence: string;
}

/** Backups that were taken within this time of each other hold the same: they are one point in time. */
const ONE_MOMENT_MS = 60 * 60 * 1_000;

/**
 * Computes recovery coverage from what exists, never from what was logged. Pure.
 *
 * @param now ms since the epoch
 */
export function coverageOf({ restorePoints, held }: Catalog, now: number): Coverage {
  const taken = restorePoints.map(({ takenAt }) => takenAt);
  const points = momentsIn(taken);
  const newestAt = taken[0];
  const oldestAt = taken.at(-1);
  if (newestAt === undefined || oldestAt === undefined)
    return { points, newestAt, oldestAt, largestGap: undefined, sentence: nothingBut(held) };
  // DatoCMS's clock may be ahead of the host's.
  const largestGap = taken.reduce(
    (largest, each, index) => Math.max(largest, (taken[index - 1] ?? now) - each),
    0,
  );
  const newest = spanOf(now - newestAt);
  const sentence =
    points === 1
      ? `You can return to 1 point in time; it is ${newest} old.`
      : `You can return to ${points} points in time; the newest is ${newest} old, the oldest ${spanOf(now - oldestAt)}; the largest gap is ${spanOf(largestGap)}.`;
  return { points, newestAt, oldestAt, largestGap, sentence };
}

/** @param taken the newest first; each moment reaches back from its own newest, so that a chain of them is not one */
function momentsIn(taken: readonly number[]): number {
  let count = 0;
  let moment = Number.POSITIVE_INFINITY;
  for (const each of taken) {
    if (moment - each < ONE_MOMENT_MS) continue;
    count += 1;
    moment = each;
  }
  return count;
}

function nothingBut(held: readonly HeldBackup[]): string {
  const [only, ...others] = held.filter(({ state }) => state === "held");
  if (only === undefined) return "There is nothing to return to.";
  if (others.length > 0)
    return `${others.length + 1} backups exist, but somebody worked in each of them or forked from it.`;
  return only.hold.because === "changed"
    ? `One backup exists, but somebody worked in it (on ${utcDate(only.environment.lastDataChangeAt)}).`
    : "One backup exists, but somebody forked an environment from it.";
}
