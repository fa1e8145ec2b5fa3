import { CADENCES, type Cadence } from "../../utils/config.ts";
import { groupBy } from "../../utils/groupBy.ts";
import { RUN_KINDS, type RunKind, type RunSummary } from "./run.ts";

const DAY_MS = 24 * 60 * 60_000;

export interface RunFigures {
  readonly count: number;
  readonly failures: number;
  readonly failuresOf24Hours: number;
  /** Done, of those that are done, partial or failed; undefined where there is none. */
  readonly successRate: number | undefined;
  /** Of those that are done; undefined where there is none. */
  readonly medianDurationMs: number | undefined;
  readonly bytes: number;
}

export interface RunStats extends RunFigures {
  readonly kinds: Partial<Readonly<Record<RunKind, RunFigures>>>;
  readonly cadences: Partial<Readonly<Record<Cadence, RunFigures>>>;
}

/** The figures of some runs, of each kind and of each cadence that has any. Pure. */
export function statsOf(runs: readonly RunSummary[], now: number): RunStats {
  const figuresBy = <Name extends string>(
    names: readonly Name[],
    isOf: (run: RunSummary, name: Name) => boolean,
  ) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const own = runs.filter((run) => isOf(run, name));
        return own.length === 0 ? [] : [[name, figuresOf(own, now)]];
      }),
    );
  return {
    ...figuresOf(runs, now),
    kinds: figuresBy(RUN_KINDS, (run, kind) => run.kind === kind),
    cadences: figuresBy(CADENCES, (run, cadence) => run.cadences.includes(cadence)),
  };
}

/** What ran on one UTC day. */
export interface DayFigures {
  /** Its first millisecond since the epoch. */
  readonly startsAt: number;
  readonly count: number;
  readonly failures: number;
  readonly bytes: number;
}

/** The figures of each of the last `count` UTC days, the oldest first; the last one is the day of `now`. Pure. */
export function daysOf(runs: readonly RunSummary[], now: number, count: number): DayFigures[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const byDay = groupBy(runs, ({ startedAt }) => Math.floor(startedAt / DAY_MS) * DAY_MS);
  return Array.from({ length: count }, (_, index) => {
    const startsAt = today - (count - 1 - index) * DAY_MS;
    const { count: ran, failures, bytes } = figuresOf(byDay.get(startsAt) ?? [], now);
    return { startsAt, count: ran, failures, bytes };
  });
}

function figuresOf(runs: readonly RunSummary[], now: number): RunFigures {
  const failures = runs.filter(({ status }) => status === "failed");
  const done = runs.filter(({ status }) => status === "done");
  const judged = runs.filter(({ status }) => status === "partial").length + failures.length + done.length;
  return {
    count: runs.length,
    failures: failures.length,
    failuresOf24Hours: failures.filter(({ startedAt }) => now - startedAt < DAY_MS).length,
    successRate: judged === 0 ? undefined : done.length / judged,
    medianDurationMs: medianOf(done.map(({ durationMs }) => durationMs)),
    bytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
