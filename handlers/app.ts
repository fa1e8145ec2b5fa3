import { cors } from "hono/cors";
import { Hono } from "hono/tiny";
import { readAccess } from "../utils/auth.ts";
import { createDoor, requireSecretSet } from "./door.ts";
import { answerError, methodNotAllowed, notFound } from "./errors.ts";
import { createMeter } from "./metrics.ts";
import type { AppEnv, RequestContext } from "./requestContext.ts";
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

  app.use(async (context, next) => {
    const { clock, logger, variables } = context.env;
    const requestId = crypto.randomUUID();
    context.set("requestId", requestId);
    context.set("arrivedAt", clock.monotonic());
    context.set("logger", logger.with({ runId: requestId }));
    context.set("access", readAccess(variables));
    context.set("reusedAnswers", reusedAnswers);
    for (const [name, value] of Object.entries(ALWAYS)) context.header(name, value);
    await next();
    logRequest(context);
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
  app.options("*", (context) => context.body(null, 204));
  for (const { path, methods, auth, handle } of ROUTES)
    if (auth === "anybody") app.on([...methods], path, handle);
  app.use((context, next) => letIn(context, routeAt(context.req.path)).then(next));
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
  // What begins otherwise is no job's id: the jobs that make backups, or an address that nobody has.
  for (const each of [path, ...aliases])
    app.all(each.replace(":jobId", ":jobId{job_[^/]+}"), (context) => {
      if (!methods.some((method) => method === context.req.method)) throw methodNotAllowed(methods);
      if (auth === "secret") requireSecretSet(context);
      context.set("route", path);
      return handle(context);
    });
}

/** Says which route was called, never with what: a path or query that is not ours may hold anything. */
function logRequest(context: RequestContext): void {
  const route = context.get("route") ?? "none";
  // A flood of wrong secrets, which the log has summed up.
  if (context.res.status === 429 && route === "none") return;
  const ms = Math.round(context.env.clock.monotonic() - context.var.arrivedAt);
  context.var.logger.info("request", {
    method: context.req.method,
    route,
    status: context.res.status,
    ms,
  });
}
