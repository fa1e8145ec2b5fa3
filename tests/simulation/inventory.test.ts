import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Operation } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import { archiveFamilies } from "../../services/archiveFigures.ts";
import { Catalog } from "../../services/catalog/catalog.ts";
import { coverageOf } from "../../services/recovery/coverage.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime, type Runtime } from "../../utils/platformAdapters.ts";
import { environment } from "../unit/environments.ts";
import { ALWAYS, ask, BOTH, rewritten, SECRET, TOKEN_ONLY, type Variables } from "./checkSupport.ts";
import { CLASSIC, Coverage, Inventory, metricsIn } from "./inventorySupport.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

const HOUR_MS = 60 * 60 * 1_000;
const STATUS = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
  plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
};

async function inventory(world: World, query = "", variables: Variables = BOTH) {
  const { response, text } = await ask(world, { path: `/api/backups?format=json${query}`, variables });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  return Inventory.parse(JSON.parse(text));
}

async function metrics(world: World, variables: Variables = BOTH) {
  const { response, text } = await ask(world, { path: "/metrics", variables });
  expect(response.status).toBe(200);
  return metricsIn(text, response.headers.get("content-type"));
}

/** Every tick of some hours, as a host with hourly crons sends them. */
async function live(world: World, fromDay: number, days: number): Promise<void> {
  for (let day = fromDay; day < fromDay + days; day += 1)
    for (let hour = 0; hour < 24; hour += 1) {
      await world.goTo(day, hour);
      await world.tick("daily");
      await world.clock.advance(30 * 60_000);
      await world.tick("weekly");
    }
}

/** All that tells of lateness, which must agree. */
async function lateness(world: World, variables: Variables = BOTH) {
  const { cadences } = await inventory(world, "", variables);
  const { daily, weekly } = cadences;
  const figures = await metrics(world, variables);
  const { body } = await world.call("POST", "/api/datocms/backup-status", {
    body: STATUS,
    variables: { BACKUP_CRON: variables.BACKUP_CRON ?? "" },
  });
  const { text } = await ask(world, { variables });
  for (const [cadence, { timeliness, lateSince }] of Object.entries({ daily, weekly })) {
    expect(body.slots).toMatchObject({ [cadence]: { timeliness, lateSince } });
    expect(figures[`backup_late{${cadence}}`]).toBe(timeliness === "late" ? 1 : 0);
    expect(text.includes(`${cadence.toUpperCase()}_OVERDUE`)).toBe(timeliness === "late");
  }
  const late = [daily, weekly].some(({ timeliness }) => timeliness === "late");
  expect(text).toMatch(late ? /^warn {2}COVERAGE .* Late: /m : /^ok {4}COVERAGE /m);
  return { daily, weekly };
}

describe("whether copies come in time", () => {
  it("is told as missing before the first, as on time while the ticks arrive", async () => {
    const world = await openWorld();
    expect(await lateness(world)).toMatchObject({
      daily: { timeliness: "missing" },
      weekly: { timeliness: "missing" },
    });
    await live(world, 0, 7);
    for (let day = 7; day < 15; day += 1) {
      await live(world, day, 1);
      expect(await lateness(world)).toMatchObject({
        daily: { timeliness: "on time" },
        weekly: { timeliness: "on time" },
      });
    }
  });

  it("is told as late when the slot's hours are over, and as on time when it was made up for", async () => {
    const world = await openWorld();
    await live(world, 0, 8);
    const { hour } = world.slots.daily;
    await world.clock.advance(at(8, hour + 6) - 1_000 - world.clock.now());
    expect((await lateness(world)).daily.timeliness).toBe("on time");
    await world.goTo(9, hour);
    const lateSince = new Date(at(8, hour + 6)).toISOString();
    expect((await lateness(world)).daily).toMatchObject({ timeliness: "late", lateSince });
    await world.tick("daily");
    expect((await lateness(world)).daily).toMatchObject({ timeliness: "on time", lateSince: null });
  });

  it("goes by the hour of whatever calls once a day, where the built-in crons are off", async () => {
    const variables = { ...BOTH, BACKUP_CRON: "off" };
    const world = await openWorld();
    for (let day = 0; day < 9; day += 1) {
      await world.goTo(day, 22);
      const { body } = await world.call("POST", "/api/jobs/initialize");
      expect(body.ok).toBe(true);
    }
    await world.goTo(9, 21);
    expect((await lateness(world, variables)).daily.timeliness).toBe("on time");
    await world.goTo(10, 2);
    expect((await lateness(world, variables)).daily.timeliness).toBe("late");
  });
});

describe("the list of what exists", () => {
  it("of an empty project says so", async () => {
    const world = await openWorld();
    const found = await inventory(world);
    expect(found).toMatchObject({
      coverage: {
        points: 0,
        newestAt: null,
        largestGapSeconds: null,
        sentence: "There is nothing to return to.",
      },
      copies: [],
      others: 0,
      room: { sandboxes: 0 },
    });
  });

  it("tells what has become of each copy, the newest first", async () => {
    const world = await openWorld({ items: 40, uploads: 4, plan: { sandboxLimit: 12 } });
    const { user, settings } = world.project;
    const seed = (cadence: string, day: number) =>
      user.fork(null, copyOf(cadence, day), { createdAt: at(day, 3), ready: true });
    for (const day of [-4, -3, -2]) seed("daily", day);
    seed("weekly", -9);
    user.fork(null, `${copyOf("monthly", -5)}-superseded-030000000`, { createdAt: at(-5, 3), ready: true });
    user.fork(null, "staging");
    await world.goTo(0, 8);
    user.edit(copyOf("daily", -3), { items: 41 });
    user.fork(copyOf("daily", -4), "try-out");
    await world.clock.advance(2 * HOUR_MS);
    settings.forkMs = HOUR_MS;
    user.fork(null, copyOf("biweekly", 0));
    await world.clock.advance(HOUR_MS / 4);
    const found = await inventory(world, "&others=names");
    const brief = found.copies.map(({ environmentId, state }) => `${environmentId} ${state}`);
    expect(brief).toEqual([
      `${copyOf("biweekly", 0)} creating`,
      `${copyOf("daily", -2)} ready`,
      `${copyOf("daily", -3)} held`,
      `${copyOf("daily", -4)} held`,
      `${copyOf("monthly", -5)}-superseded-030000000 superseded`,
      `${copyOf("weekly", -9)} ready`,
    ]);
    const [creating, ready, changed, forked] = found.copies;
    expect(creating).toMatchObject({ percentage: 25, totals: null });
    expect(ready).toMatchObject({
      cadence: "daily",
      date: copyOf("daily", -2).slice(-10),
      takenAt: new Date(at(-2, 3)).toISOString(),
      ageSeconds: Math.floor((Date.parse(found.checkedAt) - at(-2, 3)) / 1_000),
      totals: { records: 40, uploads: 4 },
    });
    expect(changed).toMatchObject({ because: "changed", totals: { records: 41, uploads: 4 } });
    expect(forked).toMatchObject({ because: "forked" });
    expect(found.coverage.points).toBe(3);
    expect(found.others).toBe(2);
    expect(found.otherNames).toEqual(expect.arrayContaining(["staging", "try-out"]));
    expect(found.room).toMatchObject({ sandboxes: 8, limit: 12 });

    const { text } = await ask(world, { path: "/api/backups?others=names" });
    expect(text.startsWith(found.coverage.sentence.slice(0, 40))).toBe(true);
    expect(text).toContain(`${copyOf("biweekly", 0)} `);
    expect(text).toMatch(/ creating, 25 %\n/);
    expect(text).toMatch(/ held until \S+Z \(changed\), 41 records, 4 uploads\n/);
    expect(text).toMatch(/^Other sandboxes: 2: .*; the plan allows 12$/m);
    expect(await metrics(world)).toMatchObject({
      "backup_copies{daily}": 1,
      "backup_copies{monthly}": 1,
      "backup_held_copies{daily}": 2,
      backup_points_in_time: 3,
      backup_free_sandboxes: 4,
    });
  });

  it("shows the copy that stands by while a newer one is made, and one that is on its way out", async () => {
    const world = await openWorld();
    const { settings } = world.project;
    await world.goTo(0, 6);
    await world.call("POST", "/api/jobs/daily-backup");
    await world.goTo(0, 9);
    settings.forkMs = HOUR_MS;
    await world.call("POST", "/api/jobs/daily-backup");
    const states = (found: Awaited<ReturnType<typeof inventory>>) => found.copies.map(({ state }) => state);
    const during = await inventory(world);
    expect(states(during)).toEqual(["creating", "superseded"]);
    expect(during.coverage.points).toBe(1);
    settings.destroyMs = HOUR_MS;
    await world.goTo(0, 11);
    await world.call("POST", "/api/jobs/initialize", { runtime: { budgetMs: 20_000 } });
    expect(states(await inventory(world))).toContain("destroying");
  });

  it("names no other sandbox unless asked", async () => {
    const world = await openWorld();
    world.project.user.fork(null, "a-private-name");
    for (const query of ["", "&others=yes"]) {
      const found = await inventory(world, query);
      expect(found.others).toBe(1);
      expect(JSON.stringify(found)).not.toContain("a-private-name");
    }
    expect((await inventory(world, "&others=names")).otherNames).toEqual(["a-private-name"]);
  });
});

/** A project with so many daily copies, one a day up to yesterday. */
async function withCopies(count: number): Promise<World> {
  const world = await openWorld({ items: 7, uploads: 1, plan: { sandboxLimit: null } });
  for (let day = -count; day < 0; day += 1)
    world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 3), ready: true });
  await world.goTo(0, 1);
  return world;
}

/** Asks with what the host allows. */
async function askWithin(world: World, limits: Partial<Runtime>) {
  const { clock, emulator } = world;
  const shared = { variables: BOTH, logger: silentLogger, clock, fetch: emulator.fetch };
  const runtime = { ...nodeRuntime(shared, "http"), ...limits };
  const headers = { "X-Datocms-Backups-Auth": SECRET };
  const request = new Request("http://localhost/api/backups?format=json", { headers });
  const began = clock.monotonic();
  const response = await clock.run(async () => createApp().fetch(request, runtime));
  const found = Inventory.parse(await response.json());
  return {
    read: found.copies.filter(({ totals }) => totals !== null).length,
    found,
    ms: clock.monotonic() - began,
  };
}

const COUNTS = ["items.list", "uploads.list"] satisfies Operation[];

describe("how much each copy holds", () => {
  it("is read of the newest twenty, eight calls at a time", async () => {
    const world = await withCopies(25);
    let running = 0;
    let most = 0;
    const fetchFn: typeof fetch = async (input, init) => {
      running += 1;
      most = Math.max(most, running);
      try {
        return await world.emulator.fetch(input, init);
      } finally {
        running -= 1;
      }
    };
    const { read, found } = await askWithin(world, { maxCalls: 100, fetch: fetchFn });
    expect(read).toBe(20);
    expect(found.copies.findIndex(({ totals }) => totals === null)).toBe(20);
    expect(most).toBe(8);
    expect(found.room.limit).toBe("unlimited");
  });

  it("is read as far as the invocation's calls go", async () => {
    const world = await withCopies(9);
    const before = world.emulator.requests.length;
    expect((await askWithin(world, { maxCalls: 15 })).read).toBe(5);
    expect(world.emulator.requests.length - before).toBeLessThanOrEqual(15);
    expect((await askWithin(world, { maxCalls: 4 })).read).toBe(0);
  });

  it("is not asked again of whoever may not know", async () => {
    const world = await withCopies(20);
    const effect = { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" } as const;
    world.project.faults.add({ operation: COUNTS, ...ALWAYS, effect });
    const before = world.emulator.requests.length;
    expect((await askWithin(world, { maxCalls: 100 })).read).toBe(0);
    expect(world.emulator.requests.length - before).toBeLessThanOrEqual(4 + 8);
  });

  it("is left out at once where DatoCMS allows no more calls", async () => {
    const world = await withCopies(20);
    world.project.faults.add({ operation: COUNTS, ...ALWAYS, effect: { kind: "status", status: 429 } });
    const { read, ms } = await askWithin(world, {});
    expect(read).toBe(0);
    expect(ms).toBeLessThan(1_000);
  });

  it("is left out where DatoCMS hangs, and the rest is told within eight seconds", async () => {
    const world = await withCopies(20);
    world.project.faults.add({ operation: COUNTS, ...ALWAYS, effect: { kind: "hang", when: "before" } });
    const { read, found, ms } = await askWithin(world, {});
    expect(read).toBe(0);
    expect(found.coverage.points).toBe(20);
    expect(ms).toBeLessThan(8_000);
  });
});

describe.each(["/api/backups", "/metrics"])("%s", (path) => {
  it("changes nothing", async () => {
    const world = await withCopies(6);
    const before = world.project.history.length;
    await ask(world, { path });
    expect(world.project.history.slice(before).filter(({ by }) => by === "api")).toEqual([]);
  });

  it("wants the secret, as Authorization too", async () => {
    const world = await withCopies(1);
    const none = await ask(world, { path, headers: { "X-Datocms-Backups-Auth": "" } });
    expect(none.response.status).toBe(401);
    expect(world.emulator.requests).toEqual([]);
    const headers = { "X-Datocms-Backups-Auth": "", Authorization: `Bearer ${SECRET}` };
    expect((await ask(world, { path, headers })).response.status).toBe(200);
    expect((await ask(world, { path, variables: TOKEN_ONLY })).response.status).toBe(200);
  });

  it("says so in the envelope when DatoCMS cannot be read, within eight seconds", async () => {
    for (const effect of [
      { kind: "status", status: 503 },
      { kind: "hang", when: "before" },
    ] as const) {
      const world = await withCopies(1);
      world.project.faults.add({ ...ALWAYS, effect });
      const began = world.clock.monotonic();
      const { response, text } = await ask(world, { path });
      expect(response.status).toBe(500);
      expect(JSON.parse(text)).toMatchObject({
        ok: false,
        error: { code: "INTERNAL_SERVER_ERROR", details: { cause: "DATOCMS_UNAVAILABLE" } },
      });
      expect(world.clock.monotonic() - began).toBeLessThan(8_000);
    }
  });

  it("does without what the plan allows", async () => {
    const world = await withCopies(2);
    const operation = ["subscriptionLimits.list", "publicInfo.find"] satisfies Operation[];
    world.project.faults.add({
      operation,
      ...ALWAYS,
      effect: { kind: "status", status: 404, code: "NOT_FOUND" },
    });
    expect((await inventory(world)).room).toEqual({ sandboxes: 2, limit: null, overageThreshold: null });
    expect(await metrics(world)).not.toHaveProperty("backup_free_sandboxes");
  });
});

describe("the metrics", () => {
  it("of a project without copies have no age and no NaN", async () => {
    const figures = await metrics(await openWorld());
    const names = Object.keys(figures);
    expect(names.filter((name) => /_age_|_last_success_|_gap_|_last_answer_/.test(name))).toEqual([]);
    expect(figures).toMatchObject({
      "backup_copies{daily}": 0,
      "backup_enabled{daily}": 1,
      "backup_enabled{monthly}": 0,
      "backup_late{daily}": 0,
      "backup_expected_interval_seconds{daily}": 86_400,
      "backup_expected_interval_seconds{weekly}": 7 * 86_400,
      "backup_expected_interval_seconds{biweekly}": 14 * 86_400,
      backup_points_in_time: 0,
      backup_scheduler_enabled: 1,
      "backup_service_info{unknown,0.1.0}": 1,
    });
  });

  it("tell times in seconds", async () => {
    const world = await withCopies(3);
    const figures = await metrics(world);
    const now = world.clock.now() / 1_000;
    expect(figures["backup_last_success_timestamp_seconds{daily}"]).toBe(at(-1, 3) / 1_000);
    expect(figures["backup_age_seconds{daily}"]).toBeCloseTo(now - at(-1, 3) / 1_000, -1);
    expect(figures.backup_largest_gap_seconds).toBe(86_400);
    const { daily } = (await inventory(world)).cadences;
    expect(figures["backup_next_run_timestamp_seconds{daily}"]).toBe(
      Date.parse(daily.nextBackupAt ?? "") / 1_000,
    );
  });

  it("say that scheduled runs are stopped, and then promise none", async () => {
    const world = await withCopies(3);
    const figures = await metrics(world, { ...BOTH, BACKUP_SCHEDULER: "off" });
    expect(figures.backup_scheduler_enabled).toBe(0);
    expect(Object.keys(figures).join()).not.toContain("next_run");
  });

  it("tell the last answer of their process that called DatoCMS, and nobody else's calls", async () => {
    const world = await withCopies(3);
    const { clock, emulator } = world;
    const app = createApp();
    const shared = { variables: BOTH, logger: silentLogger, clock, fetch: emulator.fetch };
    const call = (path: string) =>
      clock.run(async () => {
        const request = new Request(`http://localhost${path}`, {
          headers: { Authorization: `Bearer ${SECRET}` },
        });
        return (await app.fetch(request, nodeRuntime(shared, "http"))).text();
      });
    const scraped = async () => metricsIn(await call("/metrics"), CLASSIC);
    expect(await scraped()).not.toHaveProperty("backup_last_answer_datocms_calls");
    const scrape = world.emulator.requests.length;
    expect((await scraped()).backup_last_answer_datocms_calls).toBe(scrape);
    const before = world.emulator.requests.length;
    const began = clock.monotonic();
    await call("/api/check");
    const ms = clock.monotonic() - began;
    const calls = world.emulator.requests.length - before;
    await call("/healthz");
    await call("/nowhere");
    const figures = await scraped();
    expect(figures.backup_last_answer_datocms_calls).toBe(calls);
    expect(figures.backup_last_answer_duration_seconds).toBeCloseTo(ms / 1_000, 3);
  });

  it("count no room where there is none", async () => {
    const world = await withCopies(3);
    world.project.settings.plan.sandboxLimit = 2;
    expect((await metrics(world)).backup_free_sandboxes).toBe(0);
  });

  it("are refused like any answer that cannot be understood", async () => {
    const world = await withCopies(3);
    const path = "/environments";
    const fetchFn = rewritten(world, path, () => JSON.stringify({ data: "nothing" }));
    const { response } = await ask(world, { path: "/metrics", fetch: fetchFn });
    expect(response.status).toBe(500);
  });
});

describe("status", () => {
  it("tells recovery coverage in the same words", async () => {
    const world = await withCopies(3);
    const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
    const { coverage } = await inventory(world);
    expect(Coverage.parse(body.coverage)).toEqual(coverage);
    expect(coverage.sentence).toMatch(/^You can return to 3 points in time; /);
  });
});

describe("the documents", () => {
  const textOf = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

  it("show an answer of this form, in which all agrees", () => {
    const [, section = ""] = textOf("api.md").split("\n## Every backup\n");
    const sample = /```json\n(.*?)```/s.exec(section)?.[1] ?? "";
    const { copies, coverage, others, room, checkedAt } = Inventory.parse(JSON.parse(sample));
    const environments = copies.map(({ environmentId, takenAt, state }) =>
      environment(environmentId, {
        createdAt: Date.parse(takenAt),
        status: state === "creating" ? state : "ready",
        lastDataChangeAt: Date.parse(state === "held" ? checkedAt : takenAt),
      }),
    );
    const { points, sentence } = coverageOf(
      new Catalog(environments, { holdDays: 30 }),
      Date.parse(checkedAt),
    );
    expect(coverage).toMatchObject({ points, sentence });
    expect(room.sandboxes).toBe(copies.length + others);
    for (const { ageSeconds, takenAt } of copies)
      expect(ageSeconds).toBe(Math.floor((Date.parse(checkedAt) - Date.parse(takenAt)) / 1_000));
  });

  it("name each metric once, and no other", async () => {
    const world = await withCopies(2);
    const { text } = await ask(world, { path: "/metrics" });
    const document = textOf("monitoring.md");
    const namesIn = (part: string) => [...part.matchAll(/`(backup_[a-z_]+)`/g)].map(([, name]) => name);
    const there = [...text.matchAll(/^(backup_[a-z_]+)/gm)].map(([, name]) => name);
    const later = [
      "backup_free_sandboxes",
      "backup_last_answer_duration_seconds",
      "backup_last_answer_datocms_calls",
    ];
    // Only where there is a store; what is not known has a name all the same.
    const unknown = {
      facts: undefined,
      wishes: { cadences: [], samplePercent: 3 },
      jobProgressAt: undefined,
    };
    const ofArchives = archiveFamilies(unknown, world.clock.now()).map(({ name }) => name);
    const all = [...new Set([...there, ...later, ...ofArchives])].toSorted();
    const listed = [...document.matchAll(/^\| (`backup_[^|]*)\|/gm)].flatMap(([, cell = ""]) =>
      namesIn(cell),
    );
    expect(listed.toSorted()).toEqual(all);
    expect([...new Set(namesIn(document))].toSorted()).toEqual(all);
  });
});
