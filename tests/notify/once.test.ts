import { describe, expect, it } from "vitest";
import { ALWAYS, schedule } from "../simulation/judging.ts";
import { at } from "../simulation/support.ts";
import { HEARTBEATS, type NotifyingWorld, notifyingWorld, SLACK, WEBHOOK } from "./receiver.ts";

const FORKS_FAIL = { operation: "environments.fork", effect: { kind: "job-fails" } } as const;
const REFUSED = { effect: { kind: "status", status: 401, code: "INVALID_AUTHORIZATION_HEADER" } } as const;
const DOWN = { operation: "environments.list", effect: { kind: "status", status: 503 } } as const;
const ALL_DAY = Array.from({ length: 24 }, (_, hour) => hour);

/** Both jobs' ticks in every hour of some days. */
async function hours(world: NotifyingWorld, from: number, days: number, runtime = {}): Promise<void> {
  for (let day = from; day < from + days; day += 1)
    for (const hour of ALL_DAY) {
      await world.goTo(day, hour);
      await world.tick("daily", { runtime });
      await world.clock.advance(30 * 60_000);
      await world.tick("weekly", { runtime });
    }
}

describe("one process sends the same thing once", () => {
  it("however often scheduled-backups is called", async () => {
    const world = await notifyingWorld({}, { ...WEBHOOK, BACKUP_CADENCES: "daily" });
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    const sentBefore = new Map();
    for (let call = 0; call < 30; call += 1) {
      await world.goTo(0, 9);
      await world.clock.advance(call * 60_000);
      const { status } = await world.call("GET", "/api/jobs/scheduled-backups", { runtime: { sentBefore } });
      expect(status).toBe(500);
    }
    expect(world.kinds()).toEqual(["failed daily"]);
  });

  it("and not again within the hour where the day ends, but on the next day", async () => {
    const world = await notifyingWorld({}, { ...WEBHOOK, BACKUP_CADENCES: "daily" });
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    const sentBefore = new Map();
    const heard: number[] = [];
    for (const [day, hour] of [
      [0, 23],
      [1, 0],
      [1, 1],
      [1, 5],
      [2, 0],
    ] as const) {
      await world.goTo(day, hour);
      if (hour === 23) await world.clock.advance(50 * 60_000);
      await world.call("GET", "/api/jobs/scheduled-backups", { runtime: { sentBefore } });
      heard.push(world.kinds().length);
    }
    expect(heard).toEqual([1, 1, 2, 2, 3]);
  });

  it("to each channel: one that failed is tried the next time", async () => {
    let isDown = true;
    const world = await notifyingWorld(
      {},
      { ...WEBHOOK, ...SLACK, BACKUP_CADENCES: "daily" },
      {
        slack: () => new Response("", { status: isDown ? 403 : 200 }),
      },
    );
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    const sentBefore = new Map();
    for (const hour of [9, 10, 11]) {
      await world.goTo(0, hour);
      await world.call("GET", "/api/jobs/scheduled-backups", { runtime: { sentBefore } });
      isDown = false;
    }
    const count = (name: string) => world.calls.filter(({ channel }) => channel === name).length;
    expect([count("webhook"), count("slack")]).toEqual([1, 2]);
  });

  it("also where two calls come at the same time", async () => {
    const world = await notifyingWorld({}, { ...WEBHOOK, BACKUP_CADENCES: "daily" });
    world.project.faults.add({ ...ALWAYS, ...DOWN });
    const sentBefore = new Map();
    await world.goTo(0, 9);
    await Promise.all(
      [1, 2].map(() => world.call("GET", "/api/jobs/scheduled-backups", { runtime: { sentBefore } })),
    );
    expect(world.kinds()).toEqual(["failed null"]);
  });
});

describe("a run that cannot know what is due says so once a day", () => {
  it.each([
    ["a token that is refused", REFUSED],
    ["an outage", DOWN],
  ])("in the daily slot's own hour, whatever is enabled where: %s", async (_, fault) => {
    const world = await notifyingWorld({}, { ...WEBHOOK, BACKUP_CADENCES: "monthly" });
    world.project.user.setParameters("main", schedule(["weekly"]));
    world.project.faults.add({ ...ALWAYS, ...fault });
    await hours(world, 0, 10);
    expect(world.kinds()).toEqual(Array(10).fill("failed null"));
    for (const { at: then } of world.calls) expect(new Date(then).getUTCHours()).toBe(world.slots.daily.hour);
    const ids = world.calls.map(({ headers }) => headers.get("webhook-id"));
    expect(ids[0]).toMatch(/^failed-unknown-2026-03-02-[0-9a-f]{8}$/);
    expect(new Set(ids).size).toBe(10);
    expect(world.calls[0]?.body).toMatch(/could not find out which backups are due\. DatoCMS/);
  });

  it("and on hosts whose cron comes once a day by the daily job", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    world.project.faults.add({ ...ALWAYS, ...DOWN });
    const runtime = { isCron: true, cronFrequency: "daily" } as const;
    for (const day of [0, 1]) {
      await world.goTo(day, 2);
      await world.call("GET", "/api/jobs/daily-backup", { runtime });
      await world.clock.advance(30 * 60_000);
      await world.call("GET", "/api/jobs/weekly-backup", { runtime });
    }
    expect(world.kinds()).toEqual(["failed null", "failed null"]);
  });

  it("also where the settings are wrong, by a tick as over HTTP, and without a token", async () => {
    for (const wrong of [{ BACKUP_KEEP_DAILY: "none" }, { DATOCMS_FULLACCESS_API_TOKEN: "" }]) {
      const world = await notifyingWorld({}, WEBHOOK);
      for (const hour of ALL_DAY) {
        await world.goTo(0, hour);
        for (const job of ["daily", "weekly"] as const) await world.tick(job, { variables: wrong });
      }
      expect(world.kinds()).toEqual(["failed null"]);
      await world.call("GET", "/api/jobs/scheduled-backups", { variables: wrong });
      expect(world.kinds()).toEqual(["failed null", "failed null"]);
    }
  });

  it("and not while BACKUP_SCHEDULER pauses it", async () => {
    const world = await notifyingWorld({}, { ...WEBHOOK, BACKUP_SCHEDULER: "off" });
    world.project.faults.add({ ...ALWAYS, ...DOWN });
    await hours(world, 0, 2);
    expect(world.kinds()).toEqual([]);
  });

  it("to the dead-man's switch of the daily backups, which are due every day", async () => {
    const world = await notifyingWorld({}, HEARTBEATS);
    world.project.faults.add({ ...ALWAYS, ...DOWN });
    await hours(world, 0, 7);
    expect(world.calls.map(({ url }) => url.pathname)).toEqual(Array(7).fill("/ping/hc-key-daily-3e6b/fail"));
    expect(world.calls[0]?.at).toBeGreaterThanOrEqual(at(0, world.slots.daily.hour));
  });
});
