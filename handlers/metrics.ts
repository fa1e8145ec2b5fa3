import type { MiddlewareHandler } from "hono";
import { metricsText, type ProcessFacts, readInventory } from "../services/backupService.ts";
import { callersOf } from "./backups.ts";
import { type AppEnv, contextOf, type Exchange } from "./exchange.ts";

/** Prometheus gives up after ten seconds. */
const SCRAPE_MS = 7_500;
const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The metrics' route, and what it has to see of all others: how long answers take and what they call. */
export function createMetrics() {
  let lastAnswer: ProcessFacts["lastAnswer"];

  const meter: MiddlewareHandler<AppEnv> = async (exchange, next) => {
    const { env } = exchange;
    let calls = 0;
    exchange.env = {
      ...env,
      fetch: (input, init) => {
        // Alerts speak HTTP too, but DatoCMS alone is told its API's version.
        if (new Headers(init?.headers).has("x-api-version")) calls += 1;
        return env.fetch(input, init);
      },
    };
    await next();
    if (calls > 0) lastAnswer = { durationMs: env.clock.monotonic() - exchange.var.arrivedAt, calls };
  };

  const metrics = async (exchange: Exchange): Promise<Response> => {
    const { provider } = exchange.env;
    const inventory = await readInventory(contextOf(exchange, SCRAPE_MS), callersOf(exchange.env), false);
    return exchange.body(metricsText(inventory, { provider, lastAnswer }), 200, {
      "Content-Type": OPEN_METRICS,
    });
  };

  return { meter, metrics };
}
