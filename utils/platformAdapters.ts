import { type Clock, systemClock } from "./clock.ts";
import type { Variables } from "./config.ts";
import type { Logger } from "./logger.ts";

/** Hosts by the names that the plugin knows; a self-hosted server is `unknown`. */
export type Provider = "netlify" | "vercel" | "cloudflare" | "unknown";

/** What the host alone knows of one request or tick; the app gets everything from here. */
export interface Runtime {
  readonly variables: Variables;
  readonly provider: Provider;
  /** How often the host's cron comes round. */
  readonly cadenceMode: "hourly" | "daily";
  /** The host's own cron is calling, and that is certain. */
  readonly isCron: boolean;
  readonly clock: Clock;
  /** Within this many ms the answer must be there. */
  readonly budgetMs: number;
  /** DatoCMS calls that one invocation may make. */
  readonly maxCalls: number;
  readonly logger: Logger;
  /** Speaks HTTP with DatoCMS. */
  readonly fetch: typeof fetch;
  /** Runs under way in this process; absent where requests may not share their work. */
  readonly underWay?: Map<string, Promise<unknown>> | undefined;
}

/** An HTTP caller of the self-hosted server is answered by then; its crons have no caller to keep waiting. */
const NODE_HTTP_MS = 30_000;
const NODE_CRON_MS = 15 * 60_000;
/** Enough for four cadences and their polls, and far below DatoCMS's 60 calls in 3 seconds. */
const MAX_CALLS = 40;

/** The parts of a self-hosted process that its requests and ticks share. */
export type NodeProcess = Pick<Runtime, "variables" | "logger"> &
  Partial<Pick<Runtime, "clock" | "fetch" | "underWay">>;

/**
 * The runtime of a self-hosted Node process.
 *
 * @param caller who waits for the answer: somebody over HTTP, or the built-in cron
 */
export function nodeRuntime(shared: NodeProcess, caller: "http" | "cron"): Runtime {
  const { variables, logger, underWay } = shared;
  return {
    variables,
    logger,
    underWay,
    clock: shared.clock ?? systemClock,
    fetch: shared.fetch ?? ((input, init) => fetch(input, init)),
    provider: "unknown",
    cadenceMode: "hourly",
    isCron: caller === "cron",
    budgetMs: caller === "cron" ? NODE_CRON_MS : NODE_HTTP_MS,
    maxCalls: MAX_CALLS,
  };
}
