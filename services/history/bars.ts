import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { KnownRun } from "./known.ts";
import type { RunSummary, StoredStatus } from "./run.ts";

/** How a run ended for one kind of backup. */
export interface Attempt {
  readonly id: string;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly status: Exclude<StoredStatus, "skipped">;
}

/** The last attempts at each kind of backup that was tried, the oldest first. */
export type Bars = Partial<Readonly<Record<Cadence, readonly Attempt[]>>>;

/** A bar is so long. */
const BAR_RUNS = 30;

/**
 * The last attempts at each kind of backup. A run that left a backup in the making is one attempt with the run that saw
 * it through. Pure.
 *
 * @param runs the newest first; one that was about several kinds tells of each as far as its record is known
 */
export function barsOf(runs: readonly KnownRun[]): Bars {
  const bars: Record<string, readonly Attempt[]> = {};
  for (const cadence of CADENCES) {
    const attempts = attemptsAt(runs, cadence);
    if (attempts.length > 0) bars[cadence] = attempts.slice(-BAR_RUNS);
  }
  return bars;
}

/** The runs whose records are needed to tell how they ended for each kind: those of several kinds, not done. */
export function isMixed({ kind, status, cadences }: RunSummary): boolean {
  return kind === "backup" && cadences.length > 1 && status !== "done";
}

function attemptsAt(runs: readonly KnownRun[], cadence: Cadence): Attempt[] {
  const attempts: Attempt[] = [];
  for (const run of runs.toReversed()) {
    const status =
      run.kind === "backup" && run.cadences.includes(cadence) ? statusFor(run, cadence) : "skipped";
    if (status === "skipped") continue;
    if (attempts.at(-1)?.status === "creating") attempts.pop();
    attempts.push({ id: run.id, startedAt: run.startedAt, status });
  }
  return attempts;
}

function statusFor({ status, backups }: KnownRun, cadence: Cadence): StoredStatus {
  const outcome = backups?.find((backup) => backup.cadence === cadence)?.outcome;
  if (outcome === undefined) return status;
  return outcome === "promoted" ? "skipped" : outcome;
}
