import type { MiddlewareHandler } from "hono";
import {
  type Inventory,
  METRICS_MAX_AGE_MS,
  type MetricsFacts,
  type MetricsFormat,
  metricsText,
  readInventory,
} from "../services/backupService.ts";
import { ServiceError } from "../utils/errors.ts";
import { callersOf } from "./backups.ts";
import { type AppEnv, type Exchange, lookContextOf } from "./exchange.ts";

/** Prometheus gives up after ten seconds. */
const SCRAPE_MS = 7_500;

/** As each format is written; the parameters of the type tell which of its versions. */
const FORMATS = {
  classic: { type: "text/plain", version: "0.0.4" },
  openmetrics: { type: "application/openmetrics-text", version: "1.0.0" },
} as const satisfies Record<MetricsFormat, { type: string; version: string }>;

/** The metrics' route, and what it has to see of all others: how long answers take and what they call. */
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
    const { provider } = exchange.env;
    const { inventory, readAt } = await readKept(exchange);
    const format = formatFor(exchange);
    const { type, version } = FORMATS[format];
    return exchange.body(metricsText(inventory, { provider, lastAnswer, readAt }, format), 200, {
      "Content-Type": `${type}; version=${version}; charset=utf-8`,
      Vary: "Accept",
    });
  };

  return { meter, metrics };
}

/** What exists, as this process has read it within the hour; `?fresh` asks DatoCMS now. */
async function readKept(exchange: Exchange): Promise<{ inventory: Inventory; readAt: number }> {
  const { clock } = exchange.env;
  const beganAt = clock.now();
  let readAt = Number.POSITIVE_INFINITY;
  const onAnswer = (cameAt: number) => {
    readAt = Math.min(readAt, cameAt);
  };
  const read = async (maxAgeMs: number) => {
    const context = { ...lookContextOf(exchange, SCRAPE_MS, maxAgeMs), onAnswer };
    const inventory = await readInventory(context, callersOf(exchange.env), false);
    return { inventory, readAt: Math.min(readAt, clock.now()) };
  };
  if (exchange.req.query("fresh") !== undefined) return read(0);
  try {
    return await read(METRICS_MAX_AGE_MS);
  } catch (error) {
    // What was refused an hour ago may be allowed by now: a failure is never told from memory.
    if (!(error instanceof ServiceError) || readAt >= beganAt) throw error;
    readAt = Number.POSITIVE_INFINITY;
    return read(0);
  }
}

/** OpenMetrics where it is asked for by name and nothing is liked better; else what every scraper reads. */
function formatFor(exchange: Exchange): MetricsFormat {
  const ranges = (exchange.req.header("accept") ?? "").toLowerCase().split(",").map(rangeOf);
  const liked = (name: string, version: string) => {
    const fitting = ranges.filter((each) => each.name === name && (each.version ?? version) === version);
    return fitting.length === 0 ? undefined : Math.max(...fitting.map(({ q }) => q));
  };
  const { classic, openmetrics } = FORMATS;
  const text = [classic.type, "text/*", "*/*"].map((name) => liked(name, classic.version));
  const open = liked(openmetrics.type, openmetrics.version) ?? 0;
  return open > 0 && open >= (text.find((q) => q !== undefined) ?? 0) ? "openmetrics" : "classic";
}

/** One range of an Accept header. No type or version asked for has quotes or a comma in it. */
function rangeOf(range: string) {
  const [name, ...parameters] = range.split(";").map((part) => part.trim());
  const { q = "1", version } = Object.fromEntries(parameters.map((each) => each.split("=")));
  return { name, version, q: Number(q) || 0 };
}
