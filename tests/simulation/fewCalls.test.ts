import { describe, expect, it } from "vitest";
import { copies, destroyed, schedule, withoutCopy } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** A Worker's fifteen calls for each tick: what does not fit in must neither cost a copy nor be left for ever. */

const WORKER = { runtime: { maxCalls: 15 } };
const ALL_DUE = "/api/jobs/scheduled-backups";

const superseded = (day: number) => `${copyOf("daily", day)}-superseded-010000000`;

/** A full plan that does not tell its limit: yesterday's copy, and the one that it had replaced. */
async function withReplaced(content: { items?: number } = {}): Promise<World> {
  const world = await openWorld({
    items: 100,
    forkMs: 2_000,
    plan: { sandboxLimit: 2, limitsEndpoint: "404" },
  });
  world.project.user.fork(null, superseded(0), { createdAt: at(0, 1), ready: true });
  world.project.user.edit("main", content);
  world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 2), ready: true });
  await world.goTo(1, world.slots.daily.hour);
  return world;
}

/** The slot's tick, and the time that the fork takes. */
async function tickThrough(world: World): Promise<void> {
  await world.tick("daily", WORKER);
  await world.clock.advance(60 * 60_000);
}

describe("room on a full plan that does not tell its limit", () => {
  it("is made by the copy that was replaced, never by the newest", async () => {
    const world = await withReplaced();
    await tickThrough(world);
    expect(destroyed(world)[0]).toBe(superseded(0));
    await tickThrough(world);
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("is not made for want of calls to compare what would go: the newest stays until the next tick", async () => {
    const world = await withReplaced();
    const unavailable = { kind: "status", status: 503 } as const;
    world.project.faults.add({ operation: "plugins.list", times: 3, effect: unavailable });
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
    await tickThrough(world);
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(withoutCopy(world, "daily", at(1, 0))).toEqual([]);
  });

  it("is not made by the newest where the guard keeps the one that it had replaced: a forced run does it", async () => {
    const world = await withReplaced({ items: 10 });
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([superseded(0), copyOf("daily", 0)]);
    await world.call("POST", "/api/jobs/daily-backup?force=true", WORKER);
    await world.clock.advance(60 * 60_000);
    expect(copies(world, "daily")).toContain(copyOf("daily", 1));
  });
});

describe("room on a full plan that tells its limit", () => {
  it("is made without a comparison where the guard keeps an older copy: by the oldest of the others", async () => {
    const world = await openWorld(
      { items: 100, forkMs: 2_000, plan: { sandboxLimit: 3 } },
      { BACKUP_KEEP_DAILY: "2" },
    );
    const put = (day: number) =>
      world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 1), ready: true });
    put(-2);
    world.project.user.edit("main", { items: 10 });
    put(-1);
    put(0);
    await world.goTo(1, world.slots.daily.hour);
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([-2, 0, 1].map((day) => copyOf("daily", day)));
  });
});

describe("a plan that does not tell its limit", () => {
  it("is asked once where it has answered so, which leaves the calls for a copy that gives way", async () => {
    const world = await openWorld(
      { plan: { sandboxLimit: 2, limitsEndpoint: "404" }, forkMs: 2_000 },
      { BACKUP_KEEP_DAILY: "2" },
    );
    for (const day of [-1, 0])
      world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 1), ready: true });
    world.project.user.setParameters("main", schedule(["daily"]));
    for (const day of [1, 2, 3]) {
      await world.goTo(day, world.slots.daily.hour);
      for (let hour = 0; hour < 3; hour += 1) await tickThrough(world);
    }
    expect(copies(world, "daily")).toEqual([copyOf("daily", 2), copyOf("daily", 3)]);
  });

  it("refuses one cadence and not each: weekly, that has no place, leaves biweekly the calls", async () => {
    const world = await openWorld(
      { plan: { sandboxLimit: 2, limitsEndpoint: "404" }, forkMs: 2_000 },
      { BACKUP_KEEP_BIWEEKLY: "2" },
    );
    for (const day of [-27, -13])
      world.project.user.fork(null, copyOf("biweekly", day), { createdAt: at(day, 1), ready: true });
    world.project.user.setParameters("main", schedule(["weekly", "biweekly"], copyOf("", 1).slice(-10)));
    for (const day of [1, 2, 3, 4]) {
      await world.goTo(day, world.slots.weekly.hour);
      for (let hour = 0; hour < 3; hour += 1) {
        await world.tick("weekly", WORKER);
        await world.clock.advance(60 * 60_000);
      }
    }
    expect(copies(world, "biweekly")).not.toContain(copyOf("biweekly", -27));
  });
});

describe("a run", () => {
  it("lets no copy give way after comparing it took more calls than it should", async () => {
    const world = await openWorld(
      { items: 100, forkMs: 2_000, plan: { sandboxLimit: 2, limitsEndpoint: "404" } },
      { BACKUP_KEEP_DAILY: "2" },
    );
    for (const day of [-1, 0])
      world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 1), ready: true });
    await world.goTo(1, world.slots.daily.hour);
    const unavailable = { kind: "status", status: 503 } as const;
    world.project.faults.add({ operation: "items.list", times: 2, effect: unavailable });
    await world.tick("daily", WORKER);
    const made = destroyed(world).length > 0;
    expect(world.ids().includes(copyOf("daily", 1))).toBe(made);
  });

  it("whose last calls went for a fork of unknown effect says so, and not that none was begun", async () => {
    const world = await openWorld(
      { forkMs: 60_000, plan: { sandboxLimit: 2, limitsEndpoint: "404" } },
      { BACKUP_KEEP_DAILY: "2" },
    );
    for (const day of [-1, 0])
      world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 1), ready: true });
    await world.goTo(1, world.slots.daily.hour);
    const unavailable = { kind: "status", status: 503, when: "after" } as const;
    world.project.faults.add({ operation: "environments.fork", skip: 1, effect: unavailable });
    const run = await world.tick("daily", WORKER);
    expect(world.ids()).toContain(copyOf("daily", 1));
    expect(JSON.stringify(run)).not.toContain("could be begun");
  });

  it("sees its own copy through before other cadences are tidied up", async () => {
    const world = await openWorld({ forkMs: 3_000 });
    world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
    for (let day = -35; day <= 0; day += 7)
      world.project.user.fork(null, copyOf("weekly", day), { createdAt: at(day, 1), ready: true });
    await world.goTo(1, world.slots.daily.hour);
    const run = await world.tick("daily", { runtime: { maxCalls: 15, budgetMs: 300_000 } });
    expect(run).toMatchObject({ attempts: [{ outcome: { kind: "done" } }] });
  });
});

describe("a cadence that comes once a fortnight", () => {
  it.each([11, 12])("is made though each tick at %i h has to compare what the guard keeps", async (hour) => {
    const world = await openWorld(
      { items: 100, forkMs: 2_000, plan: { sandboxLimit: 3 } },
      { BACKUP_CATCH_UP: "off", BACKUP_CADENCES: "daily,biweekly" },
    );
    const put = (cadence: string, day: number) =>
      world.project.user.fork(null, copyOf(cadence, day), { ready: true, createdAt: at(day, 1) });
    put("daily", -1);
    world.project.user.edit("main", { items: 10 });
    put("daily", 0);
    put("biweekly", -13);
    const onceADay = { runtime: { maxCalls: 15, cronFrequency: "daily" } } as const;
    for (let day = 1; day <= 60; day += 1) {
      await world.goTo(day, 1);
      await world.tick("daily", onceADay);
      await world.goTo(day, hour);
      await world.tick("weekly", onceADay);
    }
    expect(copies(world, "biweekly")).not.toContain(copyOf("biweekly", -13));
    expect(copies(world, "daily")).toContain(copyOf("daily", -1));
  });
});

it("two runs at once do not each remove another one of two copies, of which the guard keeps one", async () => {
  const world = await withReplaced();
  world.project.user.edit("main", { items: 10 });
  await world.goTo(2, world.slots.daily.hour);
  await Promise.all([world.tick("daily", WORKER), world.call("POST", "/api/jobs/weekly-backup", WORKER)]);
  await world.clock.advance(60_000);
  expect(destroyed(world)).not.toEqual(expect.arrayContaining([superseded(0), copyOf("daily", 0)]));
});

describe("tidying up", () => {
  it("reaches every cadence within four days, also where the guard's comparisons need all calls of a tick", async () => {
    const world = await openWorld({ items: 100 });
    const made = { ready: true } as const;
    for (const day of [-5, -4, -3, -2])
      world.project.user.fork(null, copyOf("daily", day), { ...made, createdAt: at(day, 1) });
    for (const day of [-14, -7])
      world.project.user.fork(null, copyOf("weekly", day), { ...made, createdAt: at(day, 1) });
    world.project.user.edit("main", { items: 10 });
    world.project.user.fork(null, copyOf("daily", -1), { ...made, createdAt: at(-1, 1) });
    for (const day of [1, 2, 3, 4]) {
      await world.goTo(day, 0);
      await world.call("POST", ALL_DUE, WORKER);
    }
    expect(copies(world, "daily")).toEqual(
      expect.arrayContaining([-5, -4, -3, -2].map((day) => copyOf("daily", day))),
    );
    expect(copies(world, "weekly")).not.toContain(copyOf("weekly", -14));
  });
});
