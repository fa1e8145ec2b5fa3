import { cors } from "hono/cors";
import { Hono } from "hono/tiny";
import { readAccess, secretsIn } from "../utils/auth.ts";
import { ServiceError } from "../utils/errors.ts";
import { scrub } from "../utils/logger.ts";
import { alertsTest } from "./alerts.ts";
import { errorAnswer } from "./answers.ts";
import { backupNow } from "./backupNow.ts";
import { backupStatus } from "./backupStatus.ts";
import { backups } from "./backups.ts";
import { check } from "./check.ts";
import { createDoor } from "./door.ts";
import type { AppEnv, Exchange } from "./exchange.ts";
import { dailyBackup, initialize, scheduledBackups, weeklyBackup } from "./jobs.ts";
import { createMetrics } from "./metrics.ts";
import { openapi } from "./openapi.ts";
import { pluginHealth } from "./pluginHealth.ts";
import { healthz, readyz } from "./probes.ts";
import { restoreGuide } from "./restoreGuide.ts";
import type { ReusedAnswers } from "./reused.ts";
import { schedulerDisconnect } from "./schedulerDisconnect.ts";

type Method = "GET" | "POST";

interface Route {
  /** Its documented path, then its aliases. */
  readonly paths: readonly string[];
  readonly methods: readonly Method[];
  readonly handle: (exchange: Exchange) => Promise<Response>;
  /** Whether the plugin calls it, from a page of another site. */
  readonly toPlugin?: true;
  /** Whether `BACKUP_READ_SECRET` opens it. */
  readonly toReaders?: true;
}

const NETLIFY = "/.netlify/functions";

const ROUTES: readonly Route[] = [
  {
    paths: ["/api/datocms/plugin-health", `${NETLIFY}/plugin-health`],
    methods: ["POST"],
    handle: pluginHealth,
    toPlugin: true,
  },
  {
    paths: ["/api/datocms/backup-status", `${NETLIFY}/backup-status`],
    methods: ["POST"],
    handle: backupStatus,
    toPlugin: true,
    toReaders: true,
  },
  {
    paths: ["/api/datocms/scheduler-disconnect", `${NETLIFY}/scheduler-disconnect`],
    methods: ["POST"],
    handle: schedulerDisconnect,
  },
  {
    paths: ["/api/datocms/backup-now", `${NETLIFY}/backup-now`],
    methods: ["GET", "POST"],
    handle: backupNow,
    toPlugin: true,
  },
  {
    paths: ["/api/jobs/daily-backup", `${NETLIFY}/dailyBackup`],
    methods: ["GET", "POST"],
    handle: dailyBackup,
  },
  {
    paths: ["/api/jobs/weekly-backup", `${NETLIFY}/weeklyBackup`],
    methods: ["GET", "POST"],
    handle: weeklyBackup,
  },
  {
    paths: ["/api/jobs/initialize", `${NETLIFY}/initialization`],
    methods: ["GET", "POST"],
    handle: initialize,
  },
  { paths: ["/api/jobs/scheduled-backups"], methods: ["GET", "POST"], handle: scheduledBackups },
  { paths: ["/api/check"], methods: ["GET"], handle: check, toReaders: true },
  { paths: ["/api/alerts/test"], methods: ["POST"], handle: alertsTest },
  { paths: ["/api/backups"], methods: ["GET"], handle: backups, toReaders: true },
  { paths: ["/api/restore-guide/:environmentId"], methods: ["GET"], handle: restoreGuide },
  { paths: ["/openapi.json"], methods: ["GET"], handle: openapi, toReaders: true },
];

const OF_THE_PLUGIN = /^\/api\/datocms\//;

/** What a page of another origin may read. Scripts of the plugin's call these; no page calls a job. */
const PLUGIN_FACING = [
  "/api/datocms/*",
  ...ROUTES.flatMap(({ paths: [path = "", ...aliases] }) => (OF_THE_PLUGIN.test(path) ? aliases : [])),
];

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
  const { meter, metrics } = createMetrics();
  const routes: readonly Route[] = [
    ...ROUTES,
    { paths: ["/metrics"], methods: ["GET"], handle: metrics, toReaders: true },
  ];
  const routeAt = new Map(routes.flatMap((route) => route.paths.map((path) => [path, route] as const)));
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
  app.use(meter);
  for (const path of PLUGIN_FACING) {
    const allowHeaders = ["Content-Type", "X-Datocms-Backups-Auth", "Authorization", "X-Datocms-Force-Run"];
    app.use(
      path,
      cors({ origin: "*", allowMethods: ["GET", "POST", "OPTIONS"], allowHeaders, maxAge: 86_400 }),
    );
  }
  app.options("*", (exchange) => exchange.body(null, 204));
  app.get("/healthz", healthz);
  app.get("/readyz", readyz);
  app.use(async (exchange, next) => {
    const { path, method } = exchange.req;
    const route = routeAt.get(path.replace(/\/$/, ""));
    const isServed = route?.methods.some((each) => each === method) ?? false;
    await letIn(exchange, {
      toPlugin: route?.toPlugin ?? false,
      toReaders: isServed && (route?.toReaders ?? false),
    });
    await next();
  });
  // `all`, because Hono hands HEAD to GET handlers and a HEAD must never run a job.
  for (const { paths, methods, handle } of routes)
    for (const path of paths)
      app.all(path, (exchange) => {
        if (!methods.some((method) => method === exchange.req.method)) throw methodNotAllowed(methods);
        exchange.set("route", paths[0] ?? path);
        return handle(exchange);
      });
  app.notFound((exchange) =>
    exchange.json(
      envelope("NOT_FOUND", "There is nothing at this address. The README lists every route.", {}),
      404,
    ),
  );
  app.onError((error, exchange) => failed(error, exchange));
  return app;
}

function methodNotAllowed(methods: readonly Method[]): ServiceError {
  const allowed = [...methods, "OPTIONS"].join(", ");
  return new ServiceError("METHOD_NOT_ALLOWED", 405, `This route answers ${allowed} only.`, { allowed });
}

/** Every failure leaves in the documented envelope; a stack or an error of the client's never does. */
function failed(error: Error, exchange: Exchange): Response {
  const { requestId, logger } = exchange.var;
  if (!(error instanceof ServiceError)) {
    logger.error("bug", { name: error.name, stack: error.stack });
    const sentence = "Something went wrong inside the service. Its log says more under this request id.";
    return exchange.json(envelope("INTERNAL_SERVER_ERROR", sentence, { requestId }), 500);
  }
  const { code, status, details } = error;
  // Nothing in it should hold one; a setting that is refused is shown.
  const message = scrub(error.message, secretsIn(exchange.env.variables));
  if (status === 401) exchange.header("WWW-Authenticate", "Bearer");
  if (status === 429) exchange.header("Retry-After", String(details.retryAfterSeconds));
  if (status === 405 && typeof details.allowed === "string") exchange.header("Allow", details.allowed);
  // What is left of the body was not read: the connection cannot be used for another request.
  if (status === 413) exchange.header("Connection", "close");
  if (status === 500)
    logger.error("request_failed", { code, cause: String(details.cause ?? ""), sentence: message });
  return exchange.json(envelope(code, message, status === 500 ? { ...details, requestId } : details), status);
}

function envelope(code: string, message: string, details: Readonly<Record<string, unknown>>) {
  return { ok: false, error: errorAnswer(code, message, details) };
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
