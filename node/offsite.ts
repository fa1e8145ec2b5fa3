import { archiveHandlers } from "../handlers/offsite/archives.ts";
import { jobHandlers } from "../handlers/offsite/jobs.ts";
import { runHandlers } from "../handlers/offsite/runs.ts";
import { scheduleHandlers } from "../handlers/offsite/schedules.ts";
import { uploadHandlers } from "../handlers/offsite/upload.ts";
import { lendRuns } from "../handlers/page/runs/lend.ts";
import type { AppRuntime } from "../handlers/requestContext.ts";
import type { Deployment } from "../services/backupService.ts";
import {
  type ArchiveJobsHost,
  createArchiveAlerts,
  createArchiveJobs,
  createArchivePoints,
  createArchiveWatch,
  createOffsite,
  createOthersWork,
  watchOf,
} from "../services/offsite.ts";
import { scheduleTimes } from "./scheduleTimes.ts";
import { createSpool, type SpoolLimits } from "./spool.ts";

/** The store of a self-hosted process, and the work that is done in it. */
export type NodeOffsite = NonNullable<AppRuntime["offsite"]> & {
  /** Looks what is left to do; see `ArchiveJobs`. */
  look(): Promise<void>;
};

/** What a process lends the store, and the alerts about what lies in it. */
type NodeHost = Omit<ArchiveJobsHost, "times"> &
  Parameters<typeof createArchiveAlerts>[0] & { readonly spool: Partial<SpoolLimits> | undefined };

/** Opens the store at once, so that the log says what is wrong; undefined where none is set. */
export function offsiteOf(host: NodeHost): NodeOffsite | undefined {
  const offsite = createOffsite(host);
  if (offsite === undefined) return undefined;
  const timed = { ...host, times: scheduleTimes };
  const watch = createArchiveWatch(timed, offsite);
  const alerts = createArchiveAlerts(timed, offsite, watch);
  const jobs = createArchiveJobs(timed, {
    ...offsite,
    ended(record) {
      offsite.ended(record);
      host.keep(alerts.ended(record));
    },
  });
  host.keep(jobs.look());
  return {
    handlers: {
      ...runHandlers(offsite),
      ...jobHandlers(offsite),
      ...archiveHandlers(offsite, jobs),
      ...uploadHandlers(offsite, createSpool(host.clock, host.spool)),
      ...scheduleHandlers(offsite, scheduleTimes),
    },
    runs: lendRuns(offsite),
    ended(record) {
      offsite.ended(record);
      jobs.ended(record);
    },
    findings: async () => [...offsite.findings(), ...jobs.findings(), ...(await watch.findings())],
    figures: watch.figures,
    othersWork: createOthersWork(host, offsite, jobs.inUse),
    archives: createArchivePoints(host.clock, offsite),
    async look() {
      await Promise.all([jobs.look(), alerts.look()]);
    },
  };
}

/**
 * The store, for one command that changes environments: what others do with them, and the history that the command's own
 * run goes to; undefined where none is set.
 *
 * @returns `settled` resolves once the run is kept, or cannot be
 */
export function commandStore(host: Omit<Parameters<typeof createOffsite>[0], "keep">) {
  const keeping: Promise<unknown>[] = [];
  const offsite = createOffsite({ ...host, keep: (work) => void keeping.push(work) });
  if (offsite === undefined) return undefined;
  return {
    othersWork: createOthersWork(host, offsite, () => []),
    did: offsite.ended,
    settled: () => Promise.all(keeping),
  };
}

/** What somebody at a terminal is told of the store: looks once, and writes nothing. Undefined where none is set. */
export function storeFindings(host: Parameters<typeof watchOf>[0]): Deployment["offsite"] {
  return watchOf({ ...host, times: scheduleTimes })?.findings;
}
