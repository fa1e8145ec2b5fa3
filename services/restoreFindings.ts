import { utcMinute } from "../utils/instants.ts";
import { type Finding, ok, warn } from "./findings/finding.ts";
import { type OpenRestore, primaryTakenUntil } from "./restoreJobs.ts";

/** Whoever has not gone on with a restore in so long does not want it any more. */
const TOLD_MS = 7 * 24 * 60 * 60_000;

/**
 * Tells which restores are under way, and which somebody has left. Pure.
 *
 * @param now ms since the epoch
 */
export function restoreFindings(restores: readonly OpenRestore[], now: number): Finding[] {
  return restores.flatMap((restore) => {
    if (restore.isHeld) return [underWay(restore, now)];
    const isTold = restore.unfinished !== null && now - restore.since < TOLD_MS;
    return isTold ? [unfinished(restore)] : [];
  });
}

function underWay(restore: OpenRestore, now: number): Finding {
  const { verb, into, since } = restore;
  const what = verb === "apply" ? "A restore writes" : "Somebody takes a restore back, which writes";
  const until = primaryTakenUntil([restore], now);
  const waiting =
    until === undefined ? "" : ` Scheduled backups wait for it, until ${utcMinute(until)} at most.`;
  return ok("RESTORE_UNDER_WAY", `${what} to ${into} since ${utcMinute(since)}.${waiting}`);
}

function unfinished({ unfinished: run, into, since }: OpenRestore): Finding {
  return warn(
    "RESTORE_UNFINISHED",
    `The restore ${run} into ${into}, of ${utcMinute(since)}, was interrupted.`,
    "Run the same command again, which goes on with it. What it reads is kept for a day.",
  );
}
