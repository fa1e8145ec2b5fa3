import { createApp } from "../handlers/app.ts";
import { runTick } from "../handlers/cron.ts";
import type { Variables } from "../utils/config.ts";
import { cronExpression, JOBS, type Job } from "../utils/cron.ts";
import { cloudflareRuntime } from "../utils/platformAdapters.ts";
import { createReads } from "../utils/reads.ts";

const app = createApp();
const reads = createReads();

/** The part of Cloudflare's `ScheduledController` that is needed here. */
interface Tick {
  /** The expression in wrangler.toml that came round. */
  readonly cron: string;
}

/** Nothing but the default export: workerd takes every other export for an entry point of its own. */
export default {
  fetch(request: Request, bindings: Variables): Response | Promise<Response> {
    return app.fetch(request, cloudflareRuntime(bindings, "http", reads, request.headers));
  },

  async scheduled({ cron }: Tick, bindings: Variables): Promise<void> {
    for (const job of jobsOf(cron)) await runTick(job, cloudflareRuntime(bindings, "cron", reads));
  },
};

/** A Worker's expressions are its owner's to change: one that is neither job's own brings both round. */
function jobsOf(cron: string): readonly Job[] {
  const named = JOBS.filter((job) => cronExpression(job, "hourly") === cron);
  return named.length > 0 ? named : JOBS;
}
