import { type Result, succeeded } from "../utils/failures.ts";
import type { Logger } from "../utils/logger.ts";
import { type Schedules, schedulesOf } from "./archive/schedules/schedules.ts";
import { type ArchiveService, archivesIn } from "./archiveService.ts";
import { type Finding, warn } from "./findings/finding.ts";
import type { History } from "./history/history.ts";
import { newRunId } from "./history/keys.ts";
import type { RunRecord } from "./history/record.ts";
import { isWorthKeeping, type StoredRun } from "./history/run.ts";
import { type Jobs, jobsOf } from "./jobs/jobs.ts";
import { claimStore, isStoreSet, type OffsiteStoreHost, openOffsiteStore } from "./offsiteStore.ts";
import { projectFrom } from "./project.ts";
import type { Store } from "./stores/store.ts";

/** What a deployment keeps outside of DatoCMS. Only hosts that have stores load this file. */

export type { Schedule, ScheduleTimes, ScheduleWishes, Timing } from "./archive/schedules/schedule.ts";
export type { ListedSchedule } from "./archive/schedules/schedules.ts";
export { createArchiveAlerts } from "./archiveAlerts.ts";
export type { ArchiveFate } from "./archiveFate.ts";
export { type ArchiveJobs, type ArchiveJobsHost, createArchiveJobs } from "./archiveJobs.ts";
export { type ArchivePoint, createArchivePoints } from "./archivePoints.ts";
export { createArchiveWatch, watchOf } from "./archiveWatch.ts";
export type { Attempt, Bars } from "./history/bars.ts";
export type { History, RunPage, RunQuery } from "./history/history.ts";
export { createRunReader, type KnownRun } from "./history/known.ts";
export { createRecentRuns, type RecentRuns } from "./history/recent.ts";
export { RUN_KINDS, RUN_STATUSES, RUN_TRIGGERS, type RunSummary, type StoredRun } from "./history/run.ts";
export { type DayFigures, daysOf, type RunFigures, type RunStats, statsOf } from "./history/stats.ts";
export { JOB_STATES, type Job } from "./jobs/job.ts";
export { createOthersWork } from "./othersWork.ts";
export type { StoreFailure } from "./stores/failures.ts";

/** Why something off-site cannot be had: the store's own reason, or that the project is not known. */
export interface OffsiteFailure {
  readonly cause: string;
  readonly sentence: string;
}

/** What lies in a store. */
export interface Kept {
  readonly store: Store;
  readonly history: History;
  readonly jobs: Jobs;
  /** Schedules of archives. */
  readonly schedules: Schedules;
  /** Its archives, for somebody who asks by hand. */
  readonly archives: ArchiveService;
  /** What has become of the archive that a run has made; undefined where it made none. */
  fateOf(run: StoredRun): ReturnType<ArchiveService["fateOf"]>;
}

export interface Offsite {
  /** Opens the store, or tells why not; what has failed is not tried again for a while. */
  open(): Promise<Result<Kept, OffsiteFailure>>;
  /** Keeps a run that is over. Never fails it: what cannot be kept now is kept later, and the log says so. */
  ended(record: RunRecord): void;
  /** What went wrong last; empty where nothing is known to be wrong. */
  findings(): readonly Finding[];
}

export interface OffsiteHost extends OffsiteStoreHost {
  readonly logger: Logger;
  /** Takes work that goes on after what began it. */
  readonly keep: (work: Promise<unknown>) => void;
}

const DAY_MS = 24 * 60 * 60_000;
/** History outlives what it tells of. */
const KEPT_DAYS = 400;
/** What could not be opened is not tried again before. */
const AGAIN_MS = 30_000;
/** So many runs wait for a store that fails; a day has at most a few. */
const MOST_WAITING = 100;

/** A deployment's off-site part; undefined where no store is set. Nothing is called before it is used. */
export function createOffsite(host: OffsiteHost): Offsite | undefined {
  const { clock, logger, keep } = host;
  if (!isStoreSet(host)) return undefined;

  const waiting: { readonly id: string; readonly record: RunRecord }[] = [];
  let opened: Promise<Result<Kept, OffsiteFailure>> | undefined;
  let openedAt = 0;
  let problem: OffsiteFailure | undefined;
  let writing: Promise<void> = Promise.resolve();
  let prunedAt = Number.NEGATIVE_INFINITY;

  async function openNow(): Promise<Result<Kept, OffsiteFailure>> {
    const store = await openOffsiteStore(host);
    if (!store.ok) return store;
    const project = projectFrom(host.variables);
    if (!project.ok) return project;
    const claimed = await claimStore(store.value, project.value, host);
    if (!claimed.ok) return claimed;
    const keepRecord = async (record: RunRecord) => ended(record);
    const archives = archivesIn(store.value, project.value, { ...host, keep: keepRecord });
    return succeeded({
      store: store.value,
      history: archives.history,
      jobs: jobsOf(store.value, clock),
      schedules: schedulesOf(store.value, clock),
      archives,
      fateOf: archives.fateOf,
    });
  }

  /** @param isPatient what has failed a moment ago is not tried again */
  async function open(isPatient = true): Promise<Result<Kept, OffsiteFailure>> {
    if (opened !== undefined) {
      const result = await opened;
      if (result.ok || (isPatient && clock.monotonic() - openedAt < AGAIN_MS)) return result;
    }
    openedAt = clock.monotonic();
    opened = openNow().then((result) => {
      note(result);
      return result;
    });
    return opened;
  }

  function note(result: Result<unknown, OffsiteFailure>): void {
    const before = problem?.cause;
    problem = result.ok ? undefined : result.failure;
    if (problem !== undefined && problem.cause !== before)
      logger.error("store_failed", { cause: problem.cause, sentence: problem.sentence });
    if (problem === undefined && before !== undefined) logger.info("store_recovered");
  }

  async function writeWaiting(): Promise<void> {
    // Runs end seldom enough.
    const found = await open(false);
    if (!found.ok) return;
    const { history } = found.value;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const kept = await history.finish(next.record, next.id);
      note(kept);
      if (!kept.ok) {
        // Next time it is opened anew: it may be another disk's folder by then.
        opened = undefined;
        return;
      }
      waiting.shift();
    }
    if (clock.monotonic() - prunedAt < DAY_MS) return;
    prunedAt = clock.monotonic();
    note(await history.prune(clock.now() - KEPT_DAYS * DAY_MS));
  }

  function ended(record: RunRecord): void {
    if (!isWorthKeeping(record)) return;
    waiting.push({ id: newRunId(record.startedAt), record });
    if (waiting.length > MOST_WAITING) waiting.shift();
    writing = writing.then(writeWaiting).catch((error: unknown) => {
      logger.error("bug", error instanceof Error ? { name: error.name, stack: error.stack } : {});
    });
    keep(writing);
  }

  return {
    open: () => open(),
    ended,
    findings: () =>
      problem === undefined
        ? []
        : [warn(problem.cause, `The history of runs is not kept: ${problem.sentence}`)],
  };
}
