import { ALWAYS, createApp } from "../handlers/app.ts";
import { runTick } from "../handlers/cron.ts";
import { createInFlightReads } from "../services/backupService.ts";
import type { Job } from "../utils/cron.ts";
import { netlifyRuntime } from "../utils/platformAdapters.ts";
import { createReads } from "../utils/reads.ts";

const app = createApp();
const reads = createReads(createInFlightReads());

/** The part of Netlify's `Context` that is needed here. */
interface Context {
  /** The caller's address. */
  readonly ip?: string;
}

type Handler = (request: Request, context?: Context) => Promise<Response>;

/**
 * A function that serves one route. What it sees of its own address depends on how it was reached (rewritten
 * or not, by its own name), so only the query is taken from there.
 *
 * @param route documented path, or what makes it of the path that the function sees
 */
export function serve(route: string | ((pathname: string) => string)): Handler {
  return async (request, context) => {
    const url = new URL(request.url);
    url.pathname = typeof route === "string" ? route : route(url.pathname);
    return app.fetch(new Request(url, request), netlifyRuntime(process.env, "http", reads, context?.ip));
  };
}

/**
 * A function that serves every route below an address.
 *
 * @param name its own, by which it can be called as well: `/.netlify/functions/<name>/…`
 * @param base documented address of its routes, without a slash at the end
 */
export function serveBelow(name: string, base: string): Handler {
  const ownAddress = `/.netlify/functions/${name}`;
  return serve((pathname) => {
    const address = [ownAddress, base].find((each) => pathname === each || pathname.startsWith(`${each}/`));
    return `${base}${pathname.slice(address?.length ?? 0)}`;
  });
}

/**
 * A function that Netlify's cron calls. Its event needs no secret and does no more than a tick, which looks
 * whether something is due: whoever forges one only calls the cron once more. Everything else is a call of the
 * job's route like any other, secret and all.
 *
 * @param route documented path of the job
 */
export function serveCron(job: Job, route: string): Handler {
  const direct = serve(route);
  return async (request, context) => {
    if (!(await isScheduleEvent(request))) return direct(request, context);
    await runTick(job, netlifyRuntime(process.env, "cron", reads));
    return new Response(null, { status: 204, headers: ALWAYS });
  };
}

/** POST with Netlify's header, and the time of the next run; Netlify's local emulator leaves the body empty. */
async function isScheduleEvent(request: Request): Promise<boolean> {
  if (request.method !== "POST" || request.headers.get("x-nf-event") !== "schedule") return false;
  const text = await request.clone().text();
  if (text === "") return true;
  try {
    const event: unknown = JSON.parse(text);
    return typeof event === "object" && event !== null && "next_run" in event;
  } catch {
    return false;
  }
}
