import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shiftedClock } from "../../emulator/clocks.ts";
import { createEmulator, type Emulator, type Project } from "../../emulator/emulator.ts";
import { type Service, startService } from "../../node/service.ts";
import { slotsFor } from "../../services/schedule/slots.ts";
import { createLogger } from "../../utils/logger.ts";

/** What becomes of the service's runs when it is told to stop, judged beside it in one process. */

const TOKEN = "token-of-stopped-runs";
const HOOK = "https://hooks.test/alerts";
const DAY_MS = 24 * 60 * 60_000;
const ALL_OVER_MS = 8_000;

let emulator: Emulator;
let project: Project;
let service: Service;
let log: string[];
let hooks: string[];

beforeEach(() => {
  log = [];
  hooks = [];
});
afterEach(async () => {
  await service.close();
});

/** Starts the service in the daily slot's own hour. */
async function open(token: string = TOKEN): Promise<void> {
  const clock = shiftedClock();
  const { daily } = await slotsFor(token);
  const midnight = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  clock.set(midnight + daily.hour * 60 * 60_000 + 5 * 60_000);
  emulator = createEmulator({ clock });
  project = emulator.addProject({
    token: TOKEN,
    forkMs: 60_000,
    rateLimit: null,
    createdAt: midnight - 30 * DAY_MS,
  });
  service = await startService({
    port: 0,
    hostname: "127.0.0.1",
    cron: false,
    clock,
    logger: createLogger({ write: (line) => log.push(line), now: () => clock.now() }),
    async fetch(input, init) {
      if (input !== HOOK) return emulator.fetch(input, init);
      hooks.push(String(init?.body));
      await delay(1_500);
      return new Response(null, { status: 204 });
    },
    variables: {
      DATOCMS_FULLACCESS_API_TOKEN: token,
      ALERT_WEBHOOK_URL: HOOK,
      ALERT_WEBHOOK_SECRET: "a-secret-of-the-webhook",
    },
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !isSo(); await delay(5))
    if (Date.now() > end) throw new Error("It never came to that.");
}

async function stopped(): Promise<{ ms: number; cut: number }> {
  const began = performance.now();
  const cut = await service.close();
  return { ms: performance.now() - began, cut };
}

const isCreating = () => project.environments().some(({ status }) => status === "creating");
const post = (path: string) => fetch(`http://127.0.0.1:${service.port}${path}`, { method: "POST" });

describe("when the service is told to stop", { timeout: 30_000 }, () => {
  it("a cron's run ends with its copy in the making", async () => {
    await open();
    const run = service.tick("daily");
    await until(isCreating);
    const { ms, cut } = await stopped();
    expect(cut).toBe(0);
    expect(ms).toBeLessThan(6_500);
    expect(await run).toMatchObject({ kind: "ran", attempts: [{ outcome: { kind: "creating" } }] });
  });

  it("so does a run whose caller has gone", async () => {
    await open();
    const caller = new AbortController();
    const address = `http://127.0.0.1:${service.port}/api/datocms/backup-now`;
    const call = fetch(address, { method: "POST", signal: caller.signal }).catch(() => "gone");
    await until(isCreating);
    caller.abort();
    expect(await call).toBe("gone");
    const { ms, cut } = await stopped();
    expect(cut).toBe(0);
    expect(ms).toBeGreaterThan(3_500);
    expect(ms).toBeLessThan(6_500);
    expect(log.join("\n")).toMatch(/"event":"run_ended".*"outcome":"creating"/);
  });

  it("one that waits for a rate limit waits no longer than there is time", async () => {
    await open();
    project.faults.add({
      operation: "environments.list",
      effect: {
        kind: "status",
        status: 429,
        code: "RATE_LIMIT_EXCEEDED",
        headers: { "x-ratelimit-reset": "7" },
      },
    });
    const answer = post("/api/datocms/backup-now");
    await until(() => emulator.requests.length > 0);
    const { ms, cut } = await stopped();
    expect(cut).toBe(0);
    expect(ms).toBeLessThan(6_500);
    expect((await answer).status).toBe(500);
  });

  it("nothing is begun for which there is no time any more", async () => {
    await open();
    project.faults.add({ operation: "subscriptionLimits.list", effect: { kind: "slow", ms: 500 } });
    const answer = post("/api/jobs/daily-backup?force=true");
    await until(() => emulator.requests.some(({ operation }) => operation === "subscriptionLimits.list"));
    const closing = stopped();
    const body = await (await answer).json();
    expect(body).toMatchObject({ ok: false, error: { details: { cause: "OUT_OF_TIME" } } });
    expect((await closing).cut).toBe(0);
    expect(project.environments()).toHaveLength(1);
  });

  it("whoever is just being told hears the end of it", async () => {
    await open("token-that-is-refused");
    const run = service.tick("daily");
    await until(() => hooks.length === 1);
    const { ms, cut } = await stopped();
    expect(cut).toBe(0);
    expect(ms).toBeLessThan(ALL_OVER_MS);
    await run;
    expect(log.join("\n")).toMatch(/"event":"notification_sent".*"channel":"webhook","ok":true/);
  });
});
