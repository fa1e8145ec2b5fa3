import { jobHandlers } from "../handlers/offsite/jobs.ts";
import { runHandlers } from "../handlers/offsite/runs.ts";
import type { AppRuntime } from "../handlers/requestContext.ts";
import { createOffsite, type OffsiteHost } from "../services/offsite.ts";

/** The store of a self-hosted process, opened at once so that the log says what is wrong; undefined where none is set. */
export function offsiteOf(host: OffsiteHost): AppRuntime["offsite"] {
  const offsite = createOffsite(host);
  if (offsite === undefined) return undefined;
  host.keep(offsite.open());
  const handlers = { ...runHandlers(offsite), ...jobHandlers(offsite) };
  return { handlers, ended: offsite.ended, findings: offsite.findings };
}
