import { cors } from "hono/cors";
import { Hono } from "hono/tiny";
import { readAccess } from "../utils/auth.ts";
import { letIn, requireAdmin, requireSecretSet } from "./door.ts";
import { methodNotAllowed, notFound } from "./errors.ts";
import { meter } from "./metrics.ts";
import { answerFailure, mountPages } from "./page/mount.ts";
import { createRefusals } from "./refusals.ts";
import type { AppEnv, AppRuntime, ProcessState, RequestContext } from "./requestContext.ts";
import { ROUTES, type Route } from "./routes.ts";

/** Paths that a page of another origin may read: the plugin's scripts call these; no page calls a job. */
const PLUGIN_FACING = [
  "/api/datocms/*",
  ...ROUTES.flatMap(({ path, aliases = [] }) => (path.startsWith("/api/datocms/") ? aliases : [])),
];
const PLUGIN_HEADERS = ["Content-Type", "X-Datocms-Backups-Auth", "Authorization", "X-Datocms-Force-Run"];

/** Headers of every answer. */
export const ALWAYS = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/** The one HTTP app that every host serves. */
export interface App {
  /** What is mounted: a test holds it against the OpenAPI document. */
  readonly routes: Hono<AppEnv>["routes"];
  fetch(request: Request, runtime: AppRuntime): Response | Promise<Response>;
}

/**
 * Begins a process's app: its state is its own, its routes are everybody's.
 *
 * @example
 * const app = createApp();
 * const response = await app.fetch(new Request("http://localhost/healthz"), runtime);
 */
export function createApp(): App {
  const processState: ProcessState = {
    refuse: createRefusals(),
    reusedAnswers: new Map(),
    lastAnswer: undefined,
  };
  return {
    routes: router.routes,
    fetch: (request, runtime) => router.fetch(request, { ...runtime, processState }),
  };
}

function createRouter(): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  app.use(async (context, next) => {
    const { clock, logger, variables } = context.env;
    const requestId = crypto.randomUUID();
    context.set("requestId", requestId);
    context.set("arrivedAt", clock.monotonic());
    context.set("logger", logger.with({ runId: requestId }));
    context.set("access", readAccess(variables));
    for (const [name, value] of Object.entries(ALWAYS)) context.header(name, value);
    await next();
    logRequest(context);
  });
  app.use(meter);
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
  mountPages(app);
  app.use((context, next) => letIn(context, routeAt(context.req.path, context.req.method)).then(next));
  for (const [path, rows] of BY_PATH) mount(app, path, rows);
  app.notFound(notFound);
  app.onError(answerFailure);
  return app;
}

/** The rows of each address that needs a secret where one is set: one, or one for each method. */
const BY_PATH = new Map<string, Route[]>();
for (const route of ROUTES)
  for (const path of route.auth === "anybody" ? [] : [route.path, ...(route.aliases ?? [])])
    BY_PATH.set(path, [...(BY_PATH.get(path) ?? []), route]);

/** One for all processes that are begun, for it remembers nothing. */
const router = createRouter();

/** The route at an address, as far as addresses do not vary. */
function routeAt(path: string, method: string): Route | undefined {
  const rows = BY_PATH.get(path.replace(/\/$/, "")) ?? [];
  return routeFor(rows, method) ?? rows[0];
}

function routeFor(rows: readonly Route[], method: string): Route | undefined {
  return rows.find(({ methods }) => methods.some((each) => each === method));
}

/** By `all`, because Hono hands HEAD to GET handlers and a HEAD must never run a job. */
function mount(app: Hono<AppEnv>, path: string, rows: readonly Route[]): void {
  // What begins otherwise is no job's id: the jobs that make backups, or an address that nobody has.
  app.all(path.replace(":jobId", ":jobId{job_[^/]+}"), (context) => {
    const route = routeFor(rows, context.req.method);
    if (route === undefined) throw methodNotAllowed(rows.flatMap(({ methods }) => methods));
    if (route.auth === "secret") requireSecretSet(context);
    if (route.auth === "admin") requireAdmin(context);
    context.set("route", route.path);
    return route.handle(context);
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
