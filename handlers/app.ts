import { cors } from "hono/cors";
import { Hono } from "hono/tiny";
import { readAccess } from "../utils/auth.ts";
import { createDoor, requireSecretSet } from "./door.ts";
import { answerError, methodNotAllowed, notFound } from "./errors.ts";
import type { AppEnv, Exchange } from "./exchange.ts";
import { createMeter } from "./metrics.ts";
import type { ReusedAnswers } from "./reused.ts";
import { ROUTES, type Route } from "./routes.ts";

/** Paths that a page of another origin may read: the plugin's scripts call these; no page calls a job. */
const PLUGIN_FACING = [
  "/api/datocms/*",
  ...ROUTES.flatMap(({ path, aliases = [] }) => (path.startsWith("/api/datocms/") ? aliases : [])),
];
const PLUGIN_HEADERS = ["Content-Type", "X-Datocms-Backups-Auth", "Authorization", "X-Datocms-Force-Run"];

/** Headers of every answer. */
export const ALWAYS = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/**
 * Builds the one HTTP app that every host serves: `app.fetch(request, runtime)`.
 *
 * @example
 * const app = createApp();
 * const response = await app.fetch(new Request("http://localhost/healthz"), runtime);
 */
export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  const letIn = createDoor();
  const reusedAnswers: ReusedAnswers = new Map();

  app.use(async (exchange, next) => {
    const { clock, logger, variables } = exchange.env;
    const requestId = crypto.randomUUID();
    exchange.set("requestId", requestId);
    exchange.set("arrivedAt", clock.monotonic());
    exchange.set("logger", logger.with({ runId: requestId }));
    exchange.set("access", readAccess(variables));
    exchange.set("reusedAnswers", reusedAnswers);
    for (const [name, value] of Object.entries(ALWAYS)) exchange.header(name, value);
    await next();
    logRequest(exchange);
  });
  app.use(createMeter());
  for (const path of PLUGIN_FACING)
    app.use(
      path,
      cors({
        origin: "*",
        allowMethods: ["GET", "POST", "OPTIONS"],
        allowHeaders: PLUGIN_HEADERS,
        maxAge: 86_400,
      }),
    );
  app.options("*", (exchange) => exchange.body(null, 204));
  for (const { path, methods, auth, handle } of ROUTES)
    if (auth === "anybody") app.on([...methods], path, handle);
  app.use((exchange, next) => letIn(exchange, routeAt(exchange.req.path)).then(next));
  for (const route of ROUTES) if (route.auth !== "anybody") mount(app, route);
  app.notFound(notFound);
  app.onError(answerError);
  return app;
}

const BY_PATH = new Map(
  ROUTES.flatMap((route) => [route.path, ...(route.aliases ?? [])].map((path) => [path, route] as const)),
);

/** The route at an address, as far as addresses do not vary. */
function routeAt(path: string): Route | undefined {
  return BY_PATH.get(path.replace(/\/$/, ""));
}

/** By `all`, because Hono hands HEAD to GET handlers and a HEAD must never run a job. */
function mount(app: Hono<AppEnv>, { path, aliases = [], methods, auth, handle }: Route): void {
  for (const each of [path, ...aliases])
    app.all(each, (exchange) => {
      if (!methods.some((method) => method === exchange.req.method)) throw methodNotAllowed(methods);
      if (auth === "secret") requireSecretSet(exchange);
      exchange.set("route", path);
      return handle(exchange);
    });
}

/** Says which route was called, never with what: a path or query that is not ours may hold anything. */
function logRequest(exchange: Exchange): void {
  const route = exchange.get("route") ?? "none";
  // A flood of wrong secrets, which the log has summed up.
  if (exchange.res.status === 429 && route === "none") return;
  const ms = Math.round(exchange.env.clock.monotonic() - exchange.var.arrivedAt);
  exchange.var.logger.info("request", {
    method: exchange.req.method,
    route,
    status: exchange.res.status,
    ms,
  });
}
