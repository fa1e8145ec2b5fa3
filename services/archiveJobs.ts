import type { Stop } from "../utils/clock.ts";
import { failed, type Result, succeeded, valueIn } from "../utils/failures.ts";
import { listArchives } from "./archive/archives.ts";
import { type ArchiveFailure, verificationUnderWay } from "./archive/failures.ts";
import type { ScheduleTimes } from "./archive/schedules/schedule.ts";
import { readArchiveCadences } from "./archive/settings.ts";
import { readCatalog } from "./archiveCreation.ts";
import { makeScheduled } from "./archiveScheduled.ts";
import { archivesIn } from "./archiveService.ts";
import { type Wanted, wantedArchives } from "./archiveWanted.ts";
import { ArchiveCursor, type JobKind, VerifyCursor, workOf } from "./archiveWork.ts";
import { type Finding, warn } from "./findings/finding.ts";
import type { RunRecord } from "./history/record.ts";
import { advance } from "./jobs/advance.ts";
import { isEnded, isStuck, type Job } from "./jobs/job.ts";
import type { Kept, Offsite, OffsiteFailure, OffsiteHost } from "./offsite.ts";
import { type Project, projectFrom } from "./project.ts";

/** What of long work a server lends beside what its store needs. */
export interface ArchiveJobsHost extends OffsiteHost {
  readonly stop: Stop;
  /** Resolves once no backup run of this process is under way. */
  readonly runsOver: () => Promise<void>;
  /** Tells when schedules of archives come. */
  readonly times: ScheduleTimes;
}

/** The long work of a server: makes the archives that are wanted, and those that are asked for. */
export interface ArchiveJobs {
  /** Opens a job, or joins the one of its kind that is under way, and works on it. */
  start(kind: "archive", cursor: Omit<ArchiveCursor, "made">): Promise<Result<Job, OffsiteFailure>>;
  /** @returns `VERIFICATION_UNDER_WAY` where the one under way is another archive's, or of another level */
  start(kind: "verify", cursor: VerifyCursor): Promise<Result<Job, OffsiteFailure | ArchiveFailure>>;
  /**
   * Looks what is left to do and does it: open jobs, backups without an archive, and schedules that have come. Never
   * rejects; where it is at work already, it looks once more afterwards. Calls nothing but the store where nothing has
   * happened since the last look.
   */
  look(): Promise<void>;
  /** A run is over: there may be a backup to archive. */
  ended(record: RunRecord): void;
  /** Ids of environments that are being read: nothing is to remove them meanwhile. */
  inUse(): readonly string[];
  findings(): readonly Finding[];
}

const BY_SCHEDULE = { trigger: "schedule", by: "schedule" } as const;
const HOUR_MS = 60 * 60_000;
/** What failed is not tried again before: in the next hour's tick. */
const AGAIN_MS = 50 * 60_000;
/** An environment that is read for longer is no longer spared. */
const SPARED_MS = 24 * HOUR_MS;
const KEPT_MS = 30 * 24 * HOUR_MS;

/** @param offsite its store; opened when it is needed */
export function createArchiveJobs(host: ArchiveJobsHost, offsite: Offsite): ArchiveJobs {
  const { clock, logger, keep, stop, variables, times } = host;
  let present: Job | undefined;
  /** The environment that it reads, once that is known. */
  let source: string | undefined;
  let findings: readonly Finding[] = [];
  /** Backups may have come since the last look. */
  let isOwed = true;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let isAskedAgain = false;

  const now = () => clock.now();
  const setting = readArchiveCadences(variables);
  const cadences = setting.ok ? setting.value : [];

  function archivesFor(kept: Kept, project: Project) {
    const archives = (asked: Pick<ArchiveCursor, "trigger" | "by">, signal: AbortSignal) =>
      archivesIn(kept.store, project, {
        ...host,
        asked,
        signal,
        keep: async (record) => offsite.ended(record),
      });
    const { schedules } = kept;
    const onSource = (environmentId: string) => {
      source = environmentId;
    };
    return { archives, schedules, times, runsOver: host.runsOver, stopped: stop.announced, now, onSource };
  }

  /** Works on a job as long as this process may, and tells what came of it; undefined where somebody else has it. */
  async function work(kept: Kept, kind: JobKind, id: string): Promise<Job | undefined> {
    const project = projectFrom(variables);
    if (!project.ok) return undefined;
    const timeLeft = () => (stop.announced.aborted ? 0 : 1);
    const work = workOf(kind, archivesFor(kept, project.value));
    const result = await advance(id, work, { jobs: kept.jobs, clock, timeLeft });
    if (!result.ok) {
      logger.warn("job_left", { job: id, cause: result.failure.cause });
      return undefined;
    }
    if (result.value.kind !== "ended") return undefined;
    const { job } = result.value;
    const fields = { job: id, kind: job.kind, state: job.state };
    if (job.failure === null) logger.info("job_ended", fields);
    else logger.error("job_ended", { ...fields, ...job.failure });
    return job;
  }

  /** An archive is one job at a time, and whoever asks for another one joins it. */
  async function workOnArchive(kept: Kept, job: Job): Promise<Job | undefined> {
    present = job;
    try {
      return await work(kept, "archive", job.id);
    } finally {
      present = undefined;
      source = undefined;
    }
  }

  async function wantedNow(kept: Kept): Promise<Result<readonly Wanted[], ArchiveFailure | OffsiteFailure>> {
    const project = projectFrom(variables);
    if (!project.ok) return project;
    const archives = await listArchives(kept.store);
    if (!archives.ok) return archives;
    const catalog = await readCatalog(project.value, host);
    if (!catalog.ok) return catalog;
    return succeeded(wantedArchives(catalog.value, cadences, archives.value, clock.now()));
  }

  async function openJob(kept: Kept, kind: JobKind): Promise<Job | undefined> {
    const newest = valueIn(await kept.jobs.newest(kind));
    return newest === undefined || isEnded(newest) ? undefined : newest;
  }

  /** An archive comes before whatever else is to be looked at. */
  async function finishOpenJobs(kept: Kept): Promise<void> {
    const verification = await openJob(kept, "verify");
    if (verification !== undefined) keep(work(kept, "verify", verification.id));
    const archive = await openJob(kept, "archive");
    if (archive !== undefined) await workOnArchive(kept, archive);
  }

  /** Makes what is wanted, one after the other; true where all of it is made. */
  async function makeWanted(kept: Kept): Promise<boolean> {
    const wanted = await wantedNow(kept);
    if (!wanted.ok) {
      logger.error("archives_not_looked_at", {
        cause: wanted.failure.cause,
        sentence: wanted.failure.sentence,
      });
      return false;
    }
    for (const each of wanted.value) {
      if (stop.announced.aborted) return false;
      const opened = await kept.jobs.openNext({ kind: "archive", cursor: cursorFor(each) });
      if (!opened.ok) return false;
      const job = await workOnArchive(kept, opened.value);
      if (job === undefined || job.state === "failed") return false;
    }
    return true;
  }

  async function lookNow(): Promise<void> {
    const opened = await offsite.open();
    if (!opened.ok) return;
    const kept = opened.value;
    await finishOpenJobs(kept);
    if (isDue()) {
      isOwed = false;
      lookedAt = clock.monotonic();
      if (!(await makeWanted(kept))) {
        isOwed = true;
        failedAt = clock.monotonic();
      }
      await kept.jobs.prune(KEPT_MS);
    }
    await makeScheduled({
      ...{ schedules: kept.schedules, jobs: kept.jobs, times, now, logger, stopped: stop.announced },
      work: (job) => workOnArchive(kept, job),
    });
    if (!stop.announced.aborted) await readAgain(kept);
  }

  function isDue(): boolean {
    const now = clock.monotonic();
    const isLate = now - lookedAt > 24 * HOUR_MS;
    return cadences.length > 0 && (isOwed || isLate) && now - failedAt >= AGAIN_MS;
  }

  /** A share of the store each day; whether it is due is the store's to tell. */
  async function readAgain(kept: Kept): Promise<void> {
    const project = projectFrom(variables);
    if (!project.ok) return;
    const archives = archivesFor(kept, project.value).archives(BY_SCHEDULE, stop.announced);
    const read = await archives.sample(stop.announced);
    if (!read.ok) logger.warn("sample_not_read", { cause: read.failure.cause });
  }

  /** Beside the work, which may be what is stuck. */
  async function seeWhatIsStuck(): Promise<void> {
    const opened = await offsite.open();
    const newest = opened.ok ? await opened.value.jobs.newest("archive") : failed(undefined);
    if (!newest.ok) return;
    const job = newest.value;
    const wasKnown = findings.length > 0;
    findings = job !== undefined && isStuck(job, clock.now()) ? [stuckFinding(job)] : [];
    if (findings.length > 0 && !wasKnown) logger.error("job_stuck", { job: job?.id });
  }

  async function lookAndAgain(): Promise<void> {
    do {
      isAskedAgain = false;
      await lookNow();
    } while (isAskedAgain && !stop.announced.aborted);
  }

  async function look(): Promise<void> {
    if (stop.announced.aborted) return;
    await seeWhatIsStuck();
    isAskedAgain = true;
    looking ??= lookAndAgain()
      .catch((error: unknown) => {
        logger.error("bug", error instanceof Error ? { name: error.name, stack: error.stack } : {});
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  return {
    look,

    async start(kind: JobKind, asked: object) {
      const opened = await offsite.open();
      if (!opened.ok) return opened;
      const kept = opened.value;
      const cursor = kind === "archive" ? { ...asked, made: null } : asked;
      const job = await kept.jobs.openNext({ kind, cursor });
      if (!job.ok) return job;
      keep(kind === "archive" ? look() : work(kept, kind, job.value.id));
      return kind === "archive" || isSameLook(job.value.cursor, cursor)
        ? job
        : failed(verificationUnderWay(job.value.id));
    },

    ended({ kind, status }) {
      if (kind !== "backup" || status === "failed") return;
      isOwed = true;
      keep(look());
    },

    inUse() {
      const cursor = ArchiveCursor.safeParse(present?.cursor).data;
      const isRecent = present !== undefined && clock.now() - present.createdAt < SPARED_MS;
      const from = cursor?.from ?? source;
      return isRecent && from !== undefined ? [from] : [];
    },

    findings: () => [...findings, ...(setting.ok ? [] : [wrongSetting(setting.failure)])],
  };
}

/** Whether two verifications, by their cursors, look at the same. */
function isSameLook(one: unknown, other: unknown): boolean {
  const [mine, theirs] = [VerifyCursor.safeParse(one).data, VerifyCursor.safeParse(other).data];
  return mine?.archive === theirs?.archive && mine?.level === theirs?.level;
}

function cursorFor({ environmentId, createdAt, cadence }: Wanted): ArchiveCursor {
  return {
    ...BY_SCHEDULE,
    from: environmentId,
    createdAt,
    cadences: [cadence],
    withAssets: true,
    isFull: false,
    made: null,
  };
}

function wrongSetting({ cause, sentence }: ArchiveFailure): Finding {
  return warn(cause, `${sentence} Until then no backup is archived.`);
}

function stuckFinding({ id, progress }: Job): Finding {
  const far = progress === null ? "" : ` It was at ${progress.done} ${progress.unit}.`;
  return warn(
    "JOB_STUCK",
    `The archive job ${id} has made no progress for two hours.${far}`,
    "See the log of the server that works on it; restart it if it hangs.",
  );
}
