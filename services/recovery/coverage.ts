import type { Copy } from "../rotation/names.ts";

/** What can be returned to; instants and spans in ms. */
export interface Coverage {
  /** Copies that are ready and count as backups, superseded ones included. */
  readonly points: number;
  readonly newestAt: number | undefined;
  readonly oldestAt: number | undefined;
  /** The longest time without a copy, between neighbours or since the newest. */
  readonly largestGap: number | undefined;
  /** All of it, for people. */
  readonly sentence: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Computes recovery coverage from what exists, never from what was logged. Pure.
 *
 * @param backups the copies that count, in whatever state, the newest first; see `backupsIn`
 * @param now ms since the epoch
 */
export function coverageOf(backups: readonly Copy[], now: number): Coverage {
  const taken = backups
    .filter(({ environment }) => environment.status === "ready")
    .map(({ takenAt }) => takenAt);
  const newestAt = taken[0];
  const oldestAt = taken.at(-1);
  const points = taken.length;
  if (newestAt === undefined || oldestAt === undefined)
    return {
      points,
      newestAt,
      oldestAt,
      largestGap: undefined,
      sentence: "There is nothing to return to yet.",
    };
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

/** A span in the unit that people would use: hours up to two days, then days; to the nearest. */
function spanOf(ms: number): string {
  if (ms < MINUTE_MS) return "less than a minute";
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 60) return counted(minutes, "minute");
  const hours = Math.round(ms / HOUR_MS);
  return hours < 48 ? counted(hours, "hour") : counted(Math.round(ms / DAY_MS), "day");
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
