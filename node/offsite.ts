import { jobHandlers } from "../handlers/offsite/jobs.ts";
import { runHandlers } from "../handlers/offsite/runs.ts";
import type { AppRuntime } from "../handlers/requestContext.ts";
import { type ArchiveJobsHost, createArchiveJobs, createOffsite } from "../services/offsite.ts";

/** The store of a self-hosted process, and the work that is done in it. */
export type NodeOffsite = NonNullable<AppRuntime["offsite"]> & {
  /** Looks what is left to do; see `ArchiveJobs`. */
  look(): Promise<void>;
};

/** Opens the store at once, so that the log says what is wrong; undefined where none is set. */
export function offsiteOf(host: ArchiveJobsHost): NodeOffsite | undefined {
  const offsite = createOffsite(host);
  if (offsite === undefined) return undefined;
  const jobs = createArchiveJobs(host, offsite);
  host.keep(jobs.look());
  return {
    handlers: { ...runHandlers(offsite), ...jobHandlers(offsite) },
    ended(record) {
      offsite.ended(record);
      jobs.ended(record);
    },
    findings: () => [...offsite.findings(), ...jobs.findings()],
    inUse: jobs.inUse,
    look: jobs.look,
  };
}
