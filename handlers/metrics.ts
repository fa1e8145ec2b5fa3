import type { MiddlewareHandler } from "hono";
import { METRICS_MAX_AGE_MS, type MetricsFormat, metricsText } from "../services/backupService.ts";
import { orThrow } from "./failures.ts";
import { type AppEnv, lookingService, type RequestContext } from "./requestContext.ts";

/** Prometheus gives up after ten seconds. */
const SCRAPE_MS = 7_500;

const FORMATS: Readonly<Record<MetricsFormat, string>> = {
  classic: "text/plain; version=0.0.4",
  openmetrics: "application/openmetrics-text; version=1.0.0",
};

/** Measures all answers for the metrics: how long they take, and how often they call DatoCMS. */
export const meter: MiddlewareHandler<AppEnv> = async (context, next) => {
  const { env } = context;
  let calls = 0;
  context.env = {
    ...env,
    fetch: (input, init) => {
      if (isForDatoCms(init)) calls += 1;
      return env.fetch(input, init);
    },
  };
  await next();
  if (calls > 0)
    env.processState.lastAnswer = { durationMs: env.clock.monotonic() - context.var.arrivedAt, calls };
};

/** Alerts speak HTTP too, but DatoCMS alone is told its API's version. */
function isForDatoCms({ headers = {} }: RequestInit = {}): boolean {
  // The service's own calls bring a record, of which a copy as `Headers` costs more than all else here.
  const isRecord = !(headers instanceof Headers || Array.isArray(headers));
  const names = isRecord ? Object.keys(headers) : [...new Headers(headers).keys()];
  return names.some((name) => name.toLowerCase() === "x-api-version");
}

/** The figures for Prometheus, as this process has read them within the hour; `?fresh` asks DatoCMS now. */
export async function metrics(context: RequestContext): Promise<Response> {
  const { provider, clock } = context.env;
  const maxAgeMs = context.req.query("fresh") === undefined ? METRICS_MAX_AGE_MS : 0;
  let readAt = Number.POSITIVE_INFINITY;
  const onAnswer = (cameAt: number) => {
    readAt = Math.min(readAt, cameAt);
  };
  const service = lookingService(context, SCRAPE_MS, { maxAgeMs, onAnswer });
  const [found, more] = await Promise.all([service.inventory(false), context.env.offsite?.figures()]);
  const inventory = orThrow(found);
  const { lastAnswer } = context.env.processState;
  const facts = { provider, lastAnswer, readAt: Math.min(readAt, clock.now()), more };
  const format = formatFor(context.req.header("accept") ?? "");
  return context.body(metricsText(inventory, facts, format), 200, {
    "Content-Type": `${FORMATS[format]}; charset=utf-8`,
  });
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
