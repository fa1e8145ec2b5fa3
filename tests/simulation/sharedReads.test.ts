import { afterEach, describe, expect, it } from "vitest";
import { createEmulator } from "../../emulator/emulator.ts";
import { type Service, startService } from "../../node/service.ts";
import { createInFlightReads } from "../../services/datocms/inFlightReads.ts";
import { silentLogger } from "../../utils/logger.ts";
import type { Runtime } from "../../utils/platformAdapters.ts";
import { createReads } from "../../utils/reads.ts";
import { ALWAYS } from "./judging.ts";
import { bodyOf } from "./pluginCalls.ts";
import { type Answer, at, copyOf, openWorld, type World } from "./support.ts";

/** Those who only look share what they read; runs never do. */

const STATUS = "/api/datocms/backup-status";
const NOW = "/api/datocms/backup-now";

/** One process that looks at a project with yesterday's copies. */
async function openProcess(options: Parameters<typeof openWorld>[0] = {}, sharesInFlight = true) {
  const world = await openWorld({ items: 3, uploads: 1, ...options });
  for (const cadence of ["daily", "weekly"])
    world.project.user.fork(null, copyOf(cadence, 0), { createdAt: at(0, 1), ready: true });
  await world.goTo(1, 12);
  const inFlight = sharesInFlight ? createInFlightReads(world.clock) : undefined;
  const reads = createReads(inFlight);
  const ask = (method: "GET" | "POST", path: string, runtime: Partial<Runtime> = {}, more: object = {}) =>
    world.call(method, path, {
      runtime: { reads, ...runtime },
      ...(path === STATUS && { body: bodyOf("status") }),
      ...more,
    });
  const status = (runtime: Partial<Runtime> = {}, more: object = {}) => ask("POST", STATUS, runtime, more);
  return { world, reads, ask, status };
}

/** How many DatoCMS calls some work costs. */
async function costOf(world: World, work: () => Promise<unknown>): Promise<number> {
  const before = world.emulator.requests.length;
  await work();
  return world.emulator.requests.length - before;
}

const dailyOf = ({ body }: Answer) => (body.slots as Record<string, unknown>).daily;

describe("equal reads of those who look", () => {
  it("two hundred status calls at once cost two, and all are answered", async () => {
    // DatoCMS's own limit of calls.
    const { world, status } = await openProcess({ rateLimit: { limit: 60, windowMs: 3_000 } });
    const answers: Answer[] = [];
    const cost = await costOf(world, async () => {
      answers.push(...(await Promise.all(Array.from({ length: 200 }, () => status()))));
    });
    expect(answers.map((each) => each.status)).toEqual(Array(200).fill(200));
    expect(cost).toBe(2);
  });

  it.each([
    ["POST", STATUS],
    ["GET", "/api/check?format=json"],
    ["GET", "/api/backups?format=json"],
    ["GET", `/api/restore-guide/${copyOf("daily", 0)}?format=json`],
  ] as const)("%s %s: thirty at once, and one a second later, cost as much as one", async (method, path) => {
    const alone = await openProcess();
    const one = await costOf(alone.world, () => alone.ask(method, path));
    const { world, ask } = await openProcess();
    const cost = await costOf(world, async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => ask(method, path)));
      await world.clock.advance(1_000);
      answers.push(await ask(method, path));
      expect(new Set(answers.map((each) => each.status))).toEqual(new Set([200]));
    });
    expect(cost).toBe(one);
  });

  it("are kept for two seconds", async () => {
    const { world, status } = await openProcess();
    const began = world.clock.monotonic();
    expect(await costOf(world, () => status())).toBe(2);
    const took = world.clock.monotonic() - began;
    await world.clock.advance(1_999 - took);
    expect(await costOf(world, () => status())).toBe(0);
    await world.clock.advance(took + 1);
    expect(await costOf(world, () => status())).toBe(2);
  });

  it("are asked anew for whoever wants no-cache", async () => {
    const { world, status } = await openProcess();
    await status();
    const headers = { "Cache-Control": "no-cache" };
    expect(await costOf(world, () => status({}, { headers }))).toBe(2);
  });

  it("are equal only with one token and at one address", async () => {
    const { world, status } = await openProcess();
    world.emulator.addProject({ token: "token-of-another", rateLimit: null });
    await status();
    const another = { variables: { DATOCMS_FULLACCESS_API_TOKEN: "token-of-another" } };
    const answers: Answer[] = [];
    const cost = await costOf(world, async () => answers.push(await status({}, another)));
    expect(cost).toBe(2);
    expect(answers.map(dailyOf)).toEqual([expect.objectContaining({ lastBackupAt: null })]);
    const elsewhere = { variables: { DATOCMS_CMA_BASE_URL: "https://elsewhere.example" } };
    expect(await costOf(world, () => status({}, elsewhere))).toBe(2);
  });

  it("wait for nobody else's request where the host forbids it, and take what has come", async () => {
    const { world, status } = await openProcess({}, false);
    expect(await costOf(world, () => Promise.all([status(), status(), status()]))).toBe(6);
    expect(await costOf(world, () => Promise.all([status(), status(), status()]))).toBe(0);
  });

  it("a clock that goes back empties what is kept", async () => {
    const { world, status } = await openProcess();
    await status();
    const { clock } = world;
    const behind = { clock: { ...clock, now: () => clock.now() - 5_000 } };
    expect(await costOf(world, () => status(behind))).toBe(2);
    // Where it has gone back by as much as has passed meanwhile, too.
    await clock.advance(60_000);
    const again = { clock: { ...clock, now: () => clock.now() - 64_900 } };
    expect(await costOf(world, () => status(again))).toBe(2);
  });
});

describe("what a run does", () => {
  it("rests on its own reads, made after it was called", async () => {
    const { world, ask, status } = await openProcess();
    await status();
    world.project.user.fork(null, copyOf("daily", 1), { ready: true });
    await world.clock.advance(500);
    const { body } = await ask("GET", "/api/jobs/scheduled-backups");
    const { results } = body.result as { results: { scope: string }[] };
    expect(results.map(({ scope }) => scope)).not.toContain("daily");
  });

  it("shows to whoever looks next", async () => {
    const { ask, status } = await openProcess();
    expect(dailyOf(await status())).toMatchObject({ environmentId: copyOf("daily", 0) });
    expect((await ask("POST", NOW)).status).toBe(200);
    expect(dailyOf(await status())).toMatchObject({ environmentId: copyOf("daily", 1) });
  });

  it("shows also where it was the cron's", async () => {
    const { world, reads, status } = await openProcess();
    await world.goTo(2, world.slots.daily.hour);
    expect(dailyOf(await status())).toMatchObject({ environmentId: copyOf("daily", 0) });
    await world.tick("daily", { runtime: { reads } });
    expect(dailyOf(await status())).toMatchObject({ environmentId: copyOf("daily", 2) });
  });

  it("spoils what was asked for before it wrote and came after", async () => {
    const { world, ask, status } = await openProcess({ forkMs: 100 });
    world.project.faults.add({
      times: 1,
      operation: "environments.list",
      effect: { kind: "slow", ms: 4_000 },
    });
    const early = status();
    await world.clock.advance(500);
    expect((await ask("POST", NOW)).status).toBe(200);
    await early;
    expect(dailyOf(await status())).toMatchObject({ environmentId: copyOf("daily", 1) });
  });

  it("a disconnect shows at once", async () => {
    const { ask, status } = await openProcess({ plugin: {} });
    expect((await status()).body).toMatchObject({ scheduler: { enabled: true } });
    const more = { body: bodyOf("disconnect") };
    expect((await ask("POST", "/api/datocms/scheduler-disconnect", {}, more)).status).toBe(200);
    expect((await status()).body).toMatchObject({ scheduler: { enabled: false } });
  });
});

describe("a read that fails", () => {
  it("fails for all who wait, in about as many calls as for one", async () => {
    const failing = { ...ALWAYS, effect: { kind: "status", status: 503 } } as const;
    const alone = await openProcess();
    alone.world.project.faults.add(failing);
    const one = await costOf(alone.world, () => alone.status());
    const { world, status } = await openProcess();
    world.project.faults.add(failing);
    const cost = await costOf(world, async () => {
      for (const each of await Promise.all(Array.from({ length: 30 }, () => status())))
        expect(each.status).toBe(500);
    });
    expect(cost).toBeLessThanOrEqual(one + 2);
  });

  it("is never kept", async () => {
    const { world, status } = await openProcess();
    const effect = { kind: "status", status: 401, code: "INVALID_AUTHORIZATION_HEADER" } as const;
    world.project.faults.add({ ...ALWAYS, effect });
    expect((await status()).status).toBe(500);
    world.project.faults.clear();
    // The answer went out with the first of two reads; the other one is over by now.
    await world.clock.advance(100);
    expect((await status()).status).toBe(200);
  });
});

describe("each reader's own deadline holds:", () => {
  it("who has less time leaves, and the others have the answer", async () => {
    const { world, status } = await openProcess();
    world.project.faults.add({ ...ALWAYS, effect: { kind: "slow", ms: 3_000 } });
    const cost = await costOf(world, async () => {
      const began = world.clock.monotonic();
      const hasty = status({ budgetMs: 1_000 }).then((answer) => ({
        answer,
        ms: world.clock.monotonic() - began,
      }));
      const patient = status();
      expect((await hasty).answer.status).toBe(500);
      expect((await hasty).ms).toBeLessThanOrEqual(1_100);
      expect((await patient).status).toBe(200);
    });
    expect(cost).toBe(2);
  });

  it("a request that nobody waits for any more is given up, and the next asks anew", async () => {
    const { world, status } = await openProcess();
    world.project.faults.add({ times: 2, effect: { kind: "hang", when: "before" } });
    expect((await status({ budgetMs: 1_000 })).status).toBe(500);
    await world.clock.advance(1);
    const began = world.clock.monotonic();
    expect((await status()).status).toBe(200);
    expect(world.clock.monotonic() - began).toBeLessThan(1_000);
  });

  it("nobody is held up by a request that began long ago", async () => {
    const { world, status } = await openProcess();
    world.project.faults.add({ times: 2, effect: { kind: "hang", when: "before" } });
    const first = status();
    await world.clock.advance(4_500);
    const began = world.clock.monotonic();
    expect((await status()).status).toBe(200);
    expect(world.clock.monotonic() - began).toBeLessThan(2_000);
    await first;
  });
});

describe("the self-hosted server", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function start(): Promise<{ service: Service; requests: () => number }> {
    const emulator = createEmulator();
    emulator.addProject({ token: "token-of-a-server", latencyMs: 50 });
    const { url, close } = await emulator.listen();
    open.push({ close });
    const service = await startService({
      port: 0,
      hostname: "127.0.0.1",
      cron: false,
      logger: silentLogger,
      variables: { DATOCMS_FULLACCESS_API_TOKEN: "token-of-a-server", DATOCMS_CMA_BASE_URL: url },
    });
    open.unshift({ close: async () => void (await service.close()) });
    return { service, requests: () => emulator.requests.length };
  }

  it("answers two hundred status calls at once with two calls of DatoCMS, and two more each two seconds", async () => {
    const { service, requests } = await start();
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        fetch(`http://127.0.0.1:${service.port}${STATUS}`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(bodyOf("status")),
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200));
    expect(requests()).toBeLessThanOrEqual(2 * (1 + Math.floor((performance.now() - began) / 2_000)));
    for (const each of answers) await each.body?.cancel();
  });
});
