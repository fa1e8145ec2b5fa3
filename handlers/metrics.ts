import type { MiddlewareHandler } from "hono";
import {
  METRICS_MAX_AGE_MS,
  type MetricsFacts,
  type MetricsFormat,
  metricsText,
  readInventory,
} from "../services/backupService.ts";
import { callersOf } from "./backups.ts";
import { type AppEnv, type Exchange, lookContextOf } from "./exchange.ts";
import { orThrow } from "./failures.ts";

/** Prometheus gives up after ten seconds. */
const SCRAPE_MS = 7_500;

const FORMATS: Readonly<Record<MetricsFormat, string>> = {
  classic: "text/plain; version=0.0.4",
  openmetrics: "application/openmetrics-text; version=1.0.0",
};

/**
 * The metrics' route, which rests on what this process has read within the hour (`?fresh` asks DatoCMS now), and what
 * it has to see of all others: how long answers take and what they call.
 */
export function createMetrics() {
  let lastAnswer: MetricsFacts["lastAnswer"];

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
    const { provider, clock } = exchange.env;
    const maxAgeMs = exchange.req.query("fresh") === undefined ? METRICS_MAX_AGE_MS : 0;
    let readAt = Number.POSITIVE_INFINITY;
    const onAnswer = (cameAt: number) => {
      readAt = Math.min(readAt, cameAt);
    };
    const context = { ...lookContextOf(exchange, SCRAPE_MS, maxAgeMs), onAnswer };
    const inventory = orThrow(await readInventory(context, callersOf(exchange.env), false));
    const facts = { provider, lastAnswer, readAt: Math.min(readAt, clock.now()) };
    const format = formatFor(exchange.req.header("accept") ?? "");
    return exchange.body(metricsText(inventory, facts, format), 200, {
      "Content-Type": `${FORMATS[format]}; charset=utf-8`,
    });
  };

  return { meter, metrics };
}

/** OpenMetrics where it is asked for by name and nothing is liked better; else what every scraper reads. */
function formatFor(accept: string): MetricsFormat {
  // No type or version that matters has quotes or a comma in it.
  const ranges = accept.toLowerCase().replaceAll(" ", "").split(",");
  /** How well a type is liked, from 0 to 1; undefined where it is not named. */
  const liked = (range: RegExp) =>
    ranges
      .filter((each) => range.test(each))
      .map((each) => Number(/;q=([\d.]+)/.exec(each)?.[1] ?? 1))
      .toSorted((a, b) => a - b)
      .at(-1);
  const open = liked(/^application\/openmetrics-text(?![^;])(?!.*;version=(?!1\.0\.0))/) ?? 0;
  const classic =
    liked(/^text\/plain(?![^;])(?!.*;version=(?!0\.0\.4))/) ?? liked(/^text\/\*/) ?? liked(/^\*\/\*/) ?? 0;
  return open > 0 && open >= classic ? "openmetrics" : "classic";
}
