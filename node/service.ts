import { once } from "node:events";
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { Cron } from "croner";
import { createApp } from "../handlers/app.ts";
import { CRON_EXPRESSIONS, type Job, runTick } from "../handlers/cron.ts";
import { type NodeProcess, nodeRuntime } from "../utils/platformAdapters.ts";
import { addressOf } from "./address.ts";
import { requireKnownHost } from "./hostNames.ts";

export interface ServiceOptions extends NodeProcess {
  /** 0 takes a free one. */
  readonly port: number;
  /** Undefined listens on all interfaces, as containers need it. */
  readonly hostname?: string;
  /** How many proxies of one's own stand before it; see `addressOf`. */
  readonly trustedProxies?: number;
  /** Whether the built-in crons run. */
  readonly cron: boolean;
}

export interface Service {
  readonly port: number;
  /** Runs a job as the built-in cron does. */
  tick(job: Job): ReturnType<typeof runTick>;
  /**
   * Takes no more requests and waits for what is under way, for `graceMs` at most: a run that is cut is
   * completed by the next tick.
   */
  close(graceMs?: number): Promise<void>;
}

/** A caller that takes longer than this to send its request is cut off. */
const REQUEST_TIMEOUT_MS = 15_000;
const GRACE_MS = 10_000;

/**
 * Starts the self-hosted service: the HTTP app and its two crons in one process.
 *
 * @throws Error with `code: "EADDRINUSE"` and the like when it cannot listen
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const background = new Set<Promise<unknown>>();
  const keep = <T>(work: Promise<T>) => {
    background.add(work);
    return work.finally(() => background.delete(work));
  };
  // Two registers: a caller over HTTP must not have to wait for the end of a cron's much longer run.
  const runtime = nodeRuntime({ ...options, underWay: new Map(), keep, requireKnownHost }, "http");
  const cronRuntime = nodeRuntime({ ...options, underWay: new Map() }, "cron");
  const app = createApp();
  const server = serve({
    fetch: (request, { incoming }) =>
      app.fetch(request, { ...runtime, address: addressOf(incoming, options.trustedProxies) }),
    port: options.port,
    ...(options.hostname !== undefined && { hostname: options.hostname }),
    overrideGlobalObjects: false,
    serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS },
  }) as Server;
  await once(server, "listening");

  const tick = (job: Job) => keep(runTick(job, cronRuntime));
  const crons = options.cron
    ? (["daily", "weekly"] as const).map(
        (job) => new Cron(CRON_EXPRESSIONS[job], { timezone: "UTC" }, () => void tick(job)),
      )
    : [];

  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    tick,
    async close(graceMs = GRACE_MS) {
      for (const cron of crons) cron.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const isOver = new AbortController();
      const grace = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        isOver.signal.addEventListener("abort", () => clearTimeout(timer));
      });
      await Promise.race([Promise.all([closed, ...background]), grace]);
      isOver.abort();
      server.closeAllConnections();
    },
  };
}
