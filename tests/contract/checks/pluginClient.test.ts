import { describe, expect, test } from "vitest";
import { virtualClock } from "../../../emulator/clocks.ts";
import { BACKUP_NOW, greeting, HEALTH, STATUS } from "../wire.ts";
import { originOf, type PluginClient, pluginClient } from "./pluginClient.ts";

const URL_SAVED = "https://backups.example.com/some/path";
const AT = "2026-03-04T12:00:00.000Z";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST,OPTIONS",
  "access-control-allow-headers": "Content-Type, X-Datocms-Backups-Auth",
};

const slot = (scope: string) => ({
  scope,
  executionMode: "lambda_cron",
  lastBackupAt: null,
  nextBackupAt: null,
  dueNow: false,
});

/** Answers that the plugin takes. */
const GOOD = {
  [HEALTH]: greeting("PONG"),
  [STATUS]: {
    ...greeting("STATUS"),
    scheduler: { provider: "unknown", cadence: "hourly" },
    slots: { daily: slot("daily"), weekly: slot("weekly") },
    checkedAt: AT,
  },
  [BACKUP_NOW]: {
    ...greeting("BACKUP_NOW"),
    checkedAt: AT,
    backup: {
      scope: "weekly",
      executionMode: "lambda_cron",
      createdEnvironmentId: "backup-plugin-weekly-2026-03-04",
      deletedEnvironmentId: null,
      completedAt: AT,
    },
  },
};

interface Service {
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly preflightStatus?: number;
  readonly preflight?: Readonly<Record<string, string>>;
  readonly cors?: Readonly<Record<string, string>>;
  readonly takesMs?: number;
}

function clientOf(service: Service) {
  const clock = virtualClock(AT);
  const received: Request[] = [];
  const call = async (request: Request) => {
    received.push(request);
    if (request.method === "OPTIONS")
      return new Response(null, {
        status: service.preflightStatus ?? 204,
        headers: { ...(service.preflight ?? CORS) },
      });
    await clock.sleep(service.takesMs ?? 0);
    const answers: Readonly<Record<string, unknown>> = { ...GOOD, ...service.answers };
    const { status = 200, cors = CORS } = service;
    return Response.json(answers[new URL(request.url).pathname], { status, headers: { ...cors } });
  };
  const settings = { deploymentUrl: URL_SAVED, secret: "the-secret", environment: "main" };
  const client = pluginClient({ call, clock }, settings);
  const ask = (ask: (client: PluginClient) => ReturnType<PluginClient["status"]>) =>
    clock.run(() => ask(client));
  return { ask, received };
}

const status = (client: PluginClient) => client.status();
const backup = (client: PluginClient) => client.backupNow("weekly");
const health = (client: PluginClient) => client.health("config_connect");

describe("the model of the plugin's client", () => {
  test("takes what it should, after a preflight, at the saved URL's origin", async () => {
    for (const call of [health, status, backup]) {
      const { ask, received } = clientOf({});
      expect(await ask(call)).toMatchObject({ kind: "answer" });
      expect(received.map(({ method }) => method)).toEqual(["OPTIONS", "POST"]);
      const [preflight, post] = received;
      expect(new URL(preflight?.url ?? "").origin).toBe("https://backups.example.com");
      expect(preflight?.headers.has("x-datocms-backups-auth")).toBe(false);
      expect(post?.headers.get("x-datocms-backups-auth")).toBe("the-secret");
      expect(post?.headers.get("content-type")).toBe("application/json");
    }
  });

  for (const [title, service] of [
    ["a preflight that fails", { preflightStatus: 404 }],
    ["a preflight that is not allowed", { preflightStatus: 401 }],
    ["a preflight without an origin", { preflight: { ...CORS, "access-control-allow-origin": "" } }],
    ["a preflight without POST", { preflight: { ...CORS, "access-control-allow-methods": "GET" } }],
    [
      "a preflight without the secret's header",
      { preflight: { ...CORS, "access-control-allow-headers": "content-type" } },
    ],
  ] as const satisfies readonly (readonly [string, Service])[])
    test(`sends nothing after ${title}`, async () => {
      const { ask, received } = clientOf(service);
      expect(await ask(status)).toMatchObject({ kind: "network failure" });
      expect(received).toHaveLength(1);
    });

  test("cannot read answers without CORS headers, errors included", async () => {
    for (const code of [200, 401, 500])
      expect(await clientOf({ status: code, cors: {} }).ask(status)).toMatchObject({
        kind: "network failure",
      });
  });

  for (const [title, call, patienceMs] of [
    ["health", health, 8_000],
    ["status", status, 10_000],
    ["backup now", backup, 60_000],
  ] as const)
    test(`${title}: gives up after ${patienceMs} ms`, async () => {
      expect(await clientOf({ takesMs: patienceMs }).ask(call)).toMatchObject({ kind: "answer" });
      expect(await clientOf({ takesMs: patienceMs + 1 }).ask(call)).toMatchObject({ kind: "gave up" });
    });

  const { slots } = GOOD[STATUS];
  for (const [title, call, path, answer] of [
    ["a ping that is not ready", health, HEALTH, { ...GOOD[HEALTH], status: "busy" }],
    ["another service", health, HEALTH, { ...GOOD[HEALTH], service: "another" }],
    ["another version", health, HEALTH, { ...GOOD[HEALTH], mpi: { ...GOOD[HEALTH].mpi, version: "1" } }],
    ["no weekly slot", status, STATUS, { ...GOOD[STATUS], slots: { daily: slots.daily } }],
    [
      "a broken daily slot",
      status,
      STATUS,
      { ...GOOD[STATUS], slots: { ...slots, daily: { scope: "daily" } } },
    ],
    [
      "a broken monthly slot",
      status,
      STATUS,
      { ...GOOD[STATUS], slots: { ...slots, monthly: { ...slot("monthly"), lastBackupAt: "yesterday" } } },
    ],
    [
      "a next time that has passed",
      status,
      STATUS,
      {
        ...GOOD[STATUS],
        slots: { ...slots, daily: { ...slot("daily"), nextBackupAt: "2026-03-04T11:59:59.999Z" } },
      },
    ],
    ["another host", status, STATUS, { ...GOOD[STATUS], scheduler: { provider: "node", cadence: "hourly" } }],
    [
      "another cadence",
      status,
      STATUS,
      { ...GOOD[STATUS], scheduler: { provider: "vercel", cadence: "weekly" } },
    ],
    [
      "a backup of another scope",
      backup,
      BACKUP_NOW,
      { ...GOOD[BACKUP_NOW], backup: { ...GOOD[BACKUP_NOW].backup, scope: "daily" } },
    ],
    [
      "a backup that does not say what went",
      backup,
      BACKUP_NOW,
      { ...GOOD[BACKUP_NOW], backup: { ...GOOD[BACKUP_NOW].backup, deletedEnvironmentId: undefined } },
    ],
    ["half an answer", backup, BACKUP_NOW, { ok: true }],
    ["no answer", backup, BACKUP_NOW, null],
  ] as const)
    test(`does not believe ${title}`, async () => {
      expect(await clientOf({ answers: { [path]: answer } }).ask(call)).toMatchObject({ kind: "rejected" });
    });

  test("takes a next time that has passed where the run is due", async () => {
    const daily = { ...slot("daily"), nextBackupAt: "2026-03-01T00:00:00.000Z", dueNow: true };
    const answer = { ...GOOD[STATUS], slots: { ...slots, daily } };
    expect(await clientOf({ answers: { [STATUS]: answer } }).ask(status)).toMatchObject({ kind: "answer" });
  });

  test("takes localhost and names with a dot for hosts", () => {
    expect(originOf("http://localhost:8787/x")).toBe("http://localhost:8787");
    expect(originOf("backups.example.com")).toBe("https://backups.example.com");
    expect(() => originOf("https://backups/")).toThrow(/backups/);
  });
});
