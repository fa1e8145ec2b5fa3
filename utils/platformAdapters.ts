import { OPEN, readAccess, secretsIn } from "./auth.ts";
import { type Clock, type Stop, systemClock } from "./clock.ts";
import type { Variables } from "./config.ts";
import type { CronFrequency } from "./cron.ts";
import { createLogger, type Logger } from "./logger.ts";
import type { Reads } from "./reads.ts";
import { settingOf } from "./settings/read.ts";

/** Hosts by the names that the plugin knows; a self-hosted server is `unknown`. */
export const PROVIDERS = ["netlify", "vercel", "cloudflare", "unknown"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The one that waits for an invocation's end: somebody over HTTP, or only the host's cron. */
export type Caller = "http" | "cron";

/** The facts of one request or tick that the host alone knows; the app gets everything from here. */
export interface Runtime {
  readonly variables: Variables;
  readonly provider: Provider;
  /** How often the host's cron comes round. */
  readonly cronFrequency: CronFrequency;
  /** Tells whether a request names the server by a name that is its own; only a server of one's own can be misnamed. */
  readonly isKnownHost?: ((request: Request, variables: Variables) => boolean) | undefined;
  /** The caller's, where the host vouches for it: nothing that a caller could have written. */
  readonly address?: string | undefined;
  /** The host's own cron is calling. */
  readonly isCron: boolean;
  /** Calls of a job's address: GET asks the schedule and POST runs at once, or both run at once. */
  readonly jobCalls: "by-method" | "at-once";
  readonly clock: Clock;
  /** Within this many ms the answer must be there. */
  readonly budgetMs: number;
  /** DatoCMS calls that one invocation may make. */
  readonly maxCalls: number;
  /** Lets work go on after the answer; absent where the host ends with it. */
  readonly afterAnswer?: { readonly budgetMs: number; keep(work: Promise<unknown>): void } | undefined;
  readonly logger: Logger;
  /** Speaks HTTP with DatoCMS. */
  readonly fetch: typeof fetch;
  /** Runs under way in this process; absent where requests may not share their work. */
  readonly inFlight?: Map<string, Promise<unknown>> | undefined;
  /** Ends what is under way sooner; absent where the host gives no time for that. */
  readonly stop?: Stop | undefined;
  /** Answers of DatoCMS that this process has just read, for requests that only look; absent where nothing is shared. */
  readonly reads?: Reads | undefined;
  /** Notifications that this process has sent, and when; absent where each run is a process of its own. */
  readonly sentBefore?: Map<string, number> | undefined;
}

/**
 * Time of one invocation, ms, from each host's own limit (November 2026) less what an answer needs:
 * Netlify ends HTTP functions after 60 s and scheduled ones after 30; Vercel's `maxDuration` is 300 s on every
 * plan; a Worker may wait as long as its caller does, its cron 15 minutes. Over HTTP the caller's patience is
 * the limit: the plugin gives up after 60 s. The self-hosted server sets its own.
 */
const BUDGET_MS: Readonly<Record<Provider, Readonly<Record<Caller, number>>>> = {
  netlify: { http: 50_000, cron: 25_000 },
  vercel: { http: 30_000, cron: 280_000 },
  cloudflare: { http: 30_000, cron: 300_000 },
  unknown: { http: 30_000, cron: 15 * 60_000 },
};

/** The rest of Vercel's `maxDuration` after the longest answer. */
const VERCEL_AFTER_MS = 250_000;
const NODE_AFTER_MS = 15 * 60_000;

/** Enough for four cadences and their polls, and far below DatoCMS's 60 calls in 3 seconds. */
const MAX_CALLS = 40;
/**
 * A Worker on the free plan has 10 ms of CPU for an invocation. In workerd a backup of 7 calls takes 10 ms, one of 11
 * calls 14, and all that 15 calls allow 19 (`npm run bench`; what workerd does for HTTP is in it, and Cloudflare does
 * not count that). More calls would not fit. What is not done is the next tick's.
 */
const MAX_WORKER_CALLS = 15;

const hostFetch: typeof fetch = (input, init) => fetch(input, init);

/** The parts of a self-hosted process that its requests and ticks share. */
export type NodeProcess = Pick<Runtime, "variables" | "logger"> &
  Partial<Pick<Runtime, "clock" | "fetch" | "stop" | "inFlight" | "reads" | "sentBefore" | "isKnownHost">> & {
    /** Takes work that goes on after an answer. */
    readonly keep?: (work: Promise<unknown>) => void;
  };

/** The runtime of a self-hosted Node process. */
export function nodeRuntime(shared: NodeProcess, caller: Caller): Runtime {
  const { variables, logger, inFlight, reads, sentBefore, stop, keep, isKnownHost } = shared;
  return {
    variables,
    logger,
    inFlight,
    stop,
    reads,
    sentBefore,
    isKnownHost,
    clock: shared.clock ?? systemClock,
    fetch: shared.fetch ?? hostFetch,
    provider: "unknown",
    cronFrequency: caller === "http" && isCronOff(variables) ? "none" : "hourly",
    isCron: caller === "cron",
    jobCalls: "by-method",
    budgetMs: BUDGET_MS.unknown[caller],
    maxCalls: MAX_CALLS,
    afterAnswer: keep && { budgetMs: NODE_AFTER_MS, keep },
  };
}

/** \`BACKUP_CRON\` as the server reads it; where it can mean neither, the server does not start. */
function isCronOff(variables: Variables): boolean {
  return !settingOf(variables, "BACKUP_CRON");
}

/**
 * The runtime of a Netlify function.
 *
 * @param reads what its instance has read
 * @param address of the caller, as Netlify's context has it
 */
export function netlifyRuntime(
  variables: Variables,
  caller: Caller,
  reads?: Reads,
  address?: string,
): Runtime {
  return {
    ...serverless(variables),
    reads,
    address,
    provider: "netlify",
    cronFrequency: "hourly",
    isCron: caller === "cron",
    jobCalls: "by-method",
    budgetMs: BUDGET_MS.netlify[caller],
    maxCalls: MAX_CALLS,
  };
}

/**
 * The runtime of a Vercel function.
 *
 * @param headers of the request: its cron calls like anybody else and is known by them. They can be forged,
 * which opens nothing: the secret is demanded all the same. The caller's address is Vercel's own header; it
 * overwrites one that a caller sends (https://vercel.com/docs/headers/request-headers).
 * @param keep Vercel's `waitUntil`
 * @param reads what its instance has read
 */
export function vercelRuntime(
  variables: Variables,
  headers: Headers,
  keep: (work: Promise<unknown>) => void,
  reads?: Reads,
): Runtime {
  const isCron =
    headers.has("x-vercel-cron-schedule") && (headers.get("user-agent") ?? "").startsWith("vercel-cron/");
  return {
    ...serverless(variables),
    reads,
    address: headers.get("x-real-ip") ?? undefined,
    provider: "vercel",
    cronFrequency: "daily",
    isCron,
    jobCalls: "by-method",
    budgetMs: BUDGET_MS.vercel[isCron ? "cron" : "http"],
    maxCalls: MAX_CALLS,
    // A cron waits for the end itself.
    afterAnswer: isCron ? undefined : { budgetMs: VERCEL_AFTER_MS, keep },
  };
}

/**
 * The runtime of a Cloudflare Worker; its requests share nothing that is under way, as workerd forbids it.
 *
 * @param reads what its isolate has read: that is anybody's
 * @param headers of the request: Cloudflare writes the caller's address there, over one that a caller sends
 *   (https://developers.cloudflare.com/fundamentals/reference/http-headers/)
 */
export function cloudflareRuntime(
  bindings: Variables,
  caller: Caller,
  reads?: Reads,
  headers?: Headers,
): Runtime {
  const { inFlight: _, ...rest } = serverless(bindings);
  return {
    ...rest,
    reads,
    address: headers?.get("cf-connecting-ip") ?? undefined,
    provider: "cloudflare",
    cronFrequency: "hourly",
    isCron: caller === "cron",
    jobCalls: "at-once",
    budgetMs: BUDGET_MS.cloudflare[caller],
    maxCalls: MAX_WORKER_CALLS,
  };
}

let isOpenTold = false;

/** Instances of a function serve several requests; those may join each other's runs. */
const sharedByInstance = new Map<string, Promise<unknown>>();
const sentByInstance = new Map<string, number>();

function serverless(variables: Variables) {
  const logger = createLogger({
    // The hosts collect what is written to the console; Workers have nothing else.
    // biome-ignore lint/suspicious/noConsole: it is the hosts' only way to a log
    write: (line) => console.log(line),
    now: Date.now,
    secrets: secretsIn(variables),
  });
  if (!isOpenTold && readAccess(variables).kind === "open") {
    isOpenTold = true;
    logger.warn("configuration", { sentence: OPEN });
  }
  return {
    variables,
    logger,
    clock: systemClock,
    fetch: hostFetch,
    inFlight: sharedByInstance,
    sentBefore: sentByInstance,
  };
}
