import { setMaxListeners } from "node:events";
import { Cron } from "croner";
import { createApp } from "../handlers/app.ts";
import { runTick } from "../handlers/cron.ts";
import type { AppRuntime } from "../handlers/requestContext.ts";
import { createInFlightReads } from "../services/backupService.ts";
import { systemClock } from "../utils/clock.ts";
import { cronExpression, JOBS, type Job } from "../utils/cron.ts";
import { type NodeProcess, nodeRuntime } from "../utils/platformAdapters.ts";
import { createReads } from "../utils/reads.ts";
import { addressOf } from "./address.ts";
import { isKnownHost } from "./hostNames.ts";
import { type HttpOptions, listen } from "./http.ts";
import { offsiteOf } from "./offsite.ts";
import type { SpoolLimits } from "./spool.ts";
import { createStop } from "./stop.ts";

export interface ServiceOptions extends Omit<NodeProcess, "keep" | "stop" | "inFlight">, HttpOptions {
  /** How many proxies of one's own stand before it; see `addressOf`. */
  readonly trustedProxies?: number;
  /** What an uploaded archive may take of this machine. */
  readonly spool?: Partial<SpoolLimits>;
  /** Signs somebody in once; see `Ticket`. */
  readonly ticket?: AppRuntime["ticket"];
  /** The built-in crons run. */
  readonly cron: boolean;
}

export interface Service {
  readonly port: number;
  /** Runs a job as the built-in cron does. */
  tick(job: Job): ReturnType<typeof runTick>;
  /**
   * Takes no more requests and waits for what is under way. Runs go on for 4 s and then answer with what there
   * is; all is over within 8 s. A run that is cut is completed by the next tick.
   *
   * @returns how many pieces of work were cut off
   */
  close(): Promise<number>;
}

/** Runs keep the last 1.5 s of it for a last look at DatoCMS, and for their answer. */
const RUNS_END_MS = 5_500;
/** The rest is for notifications about the runs. */
const ALL_ENDS_MS = 7_500;

/**
 * Starts the self-hosted service: the HTTP app and its two crons in one process.
 *
 * @throws Error with `code: "EADDRINUSE"` and the like when it cannot listen
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { variables, logger, clock = systemClock, fetch } = options;
  const inFlight = new Set<Promise<unknown>>();
  const keep = <T>(work: Promise<T>) => {
    inFlight.add(work);
    return work.finally(() => inFlight.delete(work));
  };
  const { stop, announce } = createStop(clock);
  // Each wait of each run listens to it.
  setMaxListeners(0, stop.announced);
  const shared = { variables, logger, clock, stop, ...(fetch !== undefined && { fetch }) };
  // Two registers: a caller over HTTP must not have to wait for the end of a cron's much longer run.
  const reads = createReads(createInFlightReads(clock));
  const sentBefore = new Map<string, number>();
  const [askedRuns, tickRuns] = [new Map<string, Promise<unknown>>(), new Map<string, Promise<unknown>>()];
  const runtime = nodeRuntime(
    { ...shared, inFlight: askedRuns, reads, sentBefore, keep, isKnownHost },
    "http",
  );
  const cronRuntime = nodeRuntime({ ...shared, inFlight: tickRuns, reads, sentBefore }, "cron");
  const directory = process.cwd();
  const runsOver = async () => {
    while (askedRuns.size + tickRuns.size > 0)
      await Promise.allSettled([...askedRuns.values(), ...tickRuns.values()]);
  };
  const offsite = offsiteOf({
    ...{ variables, logger, clock, directory, keep, stop, runsOver, sentBefore, spool: options.spool },
    fetch: fetch ?? globalThis.fetch,
  });
  const app = createApp();
  const server = await listen(
    (request, incoming) =>
      keep(
        Promise.resolve(
          app.fetch(request, {
            ...{ ...runtime, offsite, awaitBody: incoming.awaitBody, ticket: options.ticket },
            address: addressOf(incoming, options.trustedProxies),
          }),
        ),
      ),
    options,
  );

  const tick = (job: Job) =>
    keep(
      runTick(job, { ...cronRuntime, offsite }).finally(() => {
        if (offsite !== undefined) void keep(offsite.look());
      }),
    );
  const crons = options.cron
    ? JOBS.map((job) => new Cron(cronExpression(job, "hourly"), { timezone: "UTC" }, () => void tick(job)))
    : [];

  return {
    port: server.port,
    tick,
    async close() {
      for (const cron of crons) cron.stop();
      announce(RUNS_END_MS);
      const allEnded = async () => {
        await server.close();
        // Work that ends may have begun other work, such as a notification.
        while (inFlight.size > 0) await Promise.allSettled(inFlight);
      };
      const timer = new AbortController();
      await Promise.race([allEnded(), systemClock.sleep(ALL_ENDS_MS, timer.signal)]);
      timer.abort();
      server.cut();
      return inFlight.size;
    },
  };
}
