import { expect } from "vitest";
import * as z from "zod";
import type { ProjectOptions } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import type { AppRuntime } from "../../handlers/requestContext.ts";
import { silentLogger } from "../../utils/logger.ts";
import {
  cloudflareRuntime,
  netlifyRuntime,
  nodeRuntime,
  type Runtime,
  vercelRuntime,
} from "../../utils/platformAdapters.ts";
import { at, copyOf, openWorld, TOKEN, type World } from "./support.ts";

export const SECRET = "a-shared-secret-of-the-tests";
/** Somebody is told, or else there would always be something to look at. */
export const TOKEN_ONLY = {
  DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
  ALERT_SLACK_WEBHOOK_URL: "https://slack.test/services/T0/B0/x",
};
export const BOTH = { ...TOKEN_ONLY, DATOCMS_BACKUPS_SHARED_SECRET: SECRET };
export const ALWAYS = { times: Number.POSITIVE_INFINITY } as const;

export const Report = z.strictObject({
  ok: z.boolean(),
  verdict: z.enum(["ok", "warn", "fail"]),
  summary: z.string(),
  lines: z.array(
    z.strictObject({
      level: z.enum(["ok", "warn", "fail"]),
      code: z.string().regex(/^[A-Z_]+$/),
      sentence: z.string().min(1),
      advice: z.string().min(1).optional(),
    }),
  ),
  checkedAt: z.iso.datetime(),
});

export type Variables = Readonly<Record<string, string>>;
type Host = "netlify" | "vercel" | "cloudflare" | "node";

/** A store of which there is nothing to say, and of which no route is called. */
export const STORE: NonNullable<AppRuntime["offsite"]> = {
  handlers: JSON.parse("{}"),
  runs: { pages: JSON.parse("{}"), atAGlance: async () => undefined },
  ended: () => {},
  findings: async () => [],
  figures: async () => [],
  othersWork: async () => ({ inUse: [], primaryTakenUntil: undefined }),
  archives: async () => [],
};

interface Asked {
  /** Default: one of which there is nothing to say. */
  readonly offsite?: AppRuntime["offsite"];
  readonly variables?: Variables;
  readonly host?: Host;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly fetch?: typeof fetch;
}

function runtimeOf(host: Host, variables: Variables): Runtime {
  if (host === "netlify") return netlifyRuntime(variables, "http");
  if (host === "cloudflare") return cloudflareRuntime(variables, "http");
  if (host === "vercel") return vercelRuntime(variables, new Headers(), () => {});
  return nodeRuntime({ variables, logger: silentLogger }, "http");
}

export async function ask(world: World, asked: Asked = {}): Promise<{ response: Response; text: string }> {
  const { variables = BOTH, host = "node", path = "/api/check", fetch = world.emulator.fetch } = asked;
  const offsite = "offsite" in asked ? asked.offsite : STORE;
  const { clock } = world;
  const runtime = { ...runtimeOf(host, variables), clock, fetch, logger: silentLogger, offsite };
  const headers = { "X-Datocms-Backups-Auth": SECRET, ...asked.headers };
  return clock.run(async () => {
    const response = await createApp().fetch(new Request(`http://localhost${path}`, { headers }), runtime);
    return { response, text: await response.text() };
  });
}

export async function report(world: World, asked: Asked = {}) {
  const { response, text } = await ask(world, { ...asked, path: "/api/check?format=json" });
  expect(response.status).toBe(200);
  const { lines, ...rest } = Report.parse(JSON.parse(text));
  expect(rest.ok).toBe(rest.verdict !== "fail");
  return { ...rest, lines, found: lines.map(({ level, code }) => `${level} ${code}`) };
}

/** A project in the middle of day one, with yesterday's copies. */
export async function atNoon(options: Partial<ProjectOptions> = {}): Promise<World> {
  const world = await openWorld({ plan: { sandboxLimit: 5 }, ...options });
  for (const cadence of ["daily", "weekly"])
    world.project.user.fork(null, copyOf(cadence, 0), { createdAt: at(0, 1), ready: true });
  await world.goTo(0, 23);
  return world;
}

/** The emulator with one answer written anew. */
export function rewritten(world: World, path: string, change: (text: string) => string): typeof fetch {
  return async (input, init) => {
    const response = await world.emulator.fetch(input, init);
    const url = input instanceof Request ? input.url : String(input);
    if (new URL(url).pathname !== path) return response;
    return new Response(change(await response.text()), {
      status: response.status,
      headers: response.headers,
    });
  };
}

/** What a deployment in which nothing is wrong is told. */
export const RIGHT = [
  "ok TOKEN_ACCEPTED",
  "ok ROLE_SUFFICIENT",
  "ok ROOM_SUFFICIENT",
  "ok PLUGIN_FOUND",
  "ok SCHEDULE_BY_SLOTS",
  "ok BRAKE_READY",
  "ok SECRET_SET",
  "ok CRON_READY",
  "ok DAILY_NEXT_RUN",
  "ok WEEKLY_NEXT_RUN",
  "ok COVERAGE",
  "ok ALERTS_READY",
  "ok VERSION",
];
