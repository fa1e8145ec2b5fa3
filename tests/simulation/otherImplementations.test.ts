import { describe, expect, it } from "vitest";
import type { Fault } from "../../emulator/emulator.ts";
import { ALWAYS, copies, destroyed, FOUR, forks, withDue, withoutCopy, withYesterday } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** What other services of this kind were seen to get wrong. `rotation.test.ts` holds the failed fork. */

const MANUAL = "/api/jobs/daily-backup";
const ALL_DUE = "/api/jobs/scheduled-backups";
const NETLIFY = { budgetMs: 50_000 };

/** Every tick of the built-in cron in some days. */
async function live(world: World, from: number, days: number): Promise<void> {
  for (let day = from; day < from + days; day += 1)
    for (let hour = 0; hour < 24; hour += 1) {
      await world.goTo(day, hour);
      await world.tick("daily");
      await world.tick("weekly");
    }
}

describe("delete before fork", () => {
  it("leaves no copy for 33 s of a fork of 30 s: here for no moment, with four cadences due", async () => {
    const world = await withDue(FOUR, { forkMs: 30_000, destroyMs: 3_000 });
    const { status } = await world.call("POST", ALL_DUE, { runtime: NETLIFY });
    expect(status).toBe(200);
    for (const cadence of FOUR) {
      expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
    }
  });

  it.each([
    ["a 503", { kind: "status", status: 503 }],
    ["a reset", { kind: "drop", when: "before" }],
    ["a fork that vanishes", { kind: "job-fails" }],
    ["a fork that hangs", { kind: "never-ends" }],
  ] as const)("leaves none after %s: here the old one stays, in every run", async (_, effect) => {
    const world = await withYesterday();
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect });
    for (let run = 0; run < 3; run += 1) await world.call("POST", MANUAL);
    expect(withoutCopy(world, "daily", at(1, 12))).toEqual([]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
  });

  it("lets a failed weekly wait 7 days: here the next tick makes it", async () => {
    const world = await openWorld();
    const { weekday, hour } = world.slots.weekly;
    const day = ((weekday ?? 0) + 6) % 7;
    world.project.user.fork(null, copyOf("weekly", day - 7), { createdAt: at(day - 7, 1), ready: true });
    await world.goTo(day, hour);
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    expect(await world.tick("weekly")).toMatchObject({ attempts: [{ outcome: { kind: "failed" } }] });
    await world.clock.advance(60 * 60_000);
    expect(await world.tick("weekly")).toMatchObject({ attempts: [{ outcome: { kind: "done" } }] });
    expect(copies(world, "weekly")).toEqual([copyOf("weekly", day)]);
  });
});

describe("forks one after another and state at the end", () => {
  it("forget all when killed after 30 s: here the next delivery repeats nothing", async () => {
    const world = await withDue(FOUR, { forkMs: (fork) => fork * 15_000 });
    const killed: typeof fetch = async (input, init) => {
      if (world.clock.now() > at(1, 12) + 5 * 60_000 + 32_000) throw new TypeError("fetch failed");
      return world.emulator.fetch(input, init);
    };
    await world.call("POST", ALL_DUE, { runtime: { ...NETLIFY, fetch: killed } });
    await world.clock.advance(60_000);
    const ready = FOUR.filter((cadence) => copies(world, cadence).includes(copyOf(cadence, 1)));
    expect(ready).toEqual(FOUR);
    await world.call("POST", ALL_DUE, { runtime: NETLIFY });
    expect(forks(world)).toHaveLength(4);
    for (const cadence of FOUR) {
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
      expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
    }
  });
});

describe("a final write of all parameters", () => {
  it("reverts what the user changed meanwhile: here no run writes any", async () => {
    const world = await withYesterday({ forkMs: 20_000 });
    const run = world.call("POST", MANUAL);
    await world.clock.advance(5_000);
    world.project.user.setParameters("main", { lambdaAuthSecret: "rotated meanwhile", keep: ["me"] });
    expect((await run).status).toBe(200);
    for (const path of [`${MANUAL}?force=true`, "/api/jobs/initialize", ALL_DUE])
      await world.call("POST", path);
    await live(world, 2, 2);
    const main = world.project.environment("main");
    expect(main?.plugins.map(({ parameters }) => parameters)).toEqual([
      { lambdaAuthSecret: "rotated meanwhile", keep: ["me"] },
    ]);
    const writes = world.emulator.requests.filter(({ operation }) =>
      /^plugins\.(?!list)/.test(operation ?? ""),
    );
    expect(writes).toEqual([]);
  });
});

describe("a cron that is delivered twice", () => {
  it.each([0, 40, 700, 4_000])("ends in no error and one copy (second %i ms later)", async (gapMs) => {
    const world = await withDue(["daily", "weekly"], { forkMs: 3_000 });
    const answers = await Promise.all([
      world.call("GET", ALL_DUE),
      world.clock.advance(gapMs).then(() => world.call("GET", ALL_DUE)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const cadence of ["daily", "weekly"]) {
      expect(forks(world, cadence)).toHaveLength(1);
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
      expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
    }
    expect(destroyed(world).toSorted()).toEqual([copyOf("daily", 0), copyOf("weekly", -6)]);
  });
});

describe("one bad answer", () => {
  const CALLS = [
    ["environments.list", 0],
    ["environments.list", 1],
    ["plugins.list", 0],
    ["subscriptionLimits.list", 0],
    ["publicInfo.find", 0],
    ["environments.fork", 0],
    ["items.list", 0],
    ["uploads.list", 1],
    ["environments.destroy", 0],
  ] as const;

  it.each(CALLS)("to %s (after %i good ones) fails no run, whatever it is", async (operation, skip) => {
    const effects: Fault["effect"][] = [
      { kind: "status", status: 503 },
      { kind: "html", status: 502 },
      { kind: "html", status: 502, when: "after" },
      { kind: "drop", when: "after" },
    ];
    for (const effect of effects) {
      const world = await withYesterday();
      const fault = world.project.faults.add({ operation, skip, effect });
      const { status, body } = await world.call("POST", MANUAL);
      expect(fault.hits).toBe(1);
      expect({ status, body }).toMatchObject({ status: 200, body: { result: { state: "ready" } } });
      expect(forks(world)).toHaveLength(1);
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    }
  });
});

describe("a copy in the making", () => {
  it("counts as a backup elsewhere: here it neither makes its day nor lets an older one go", async () => {
    const world = await withYesterday();
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "never-ends" } });
    await world.call("POST", ALL_DUE);
    const { body } = await world.call("POST", "/api/datocms/backup-status", {
      body: {
        event_type: "backup_status_request",
        mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
        plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
      },
    });
    expect(body.slots).toMatchObject({ daily: { lastBackupAt: new Date(at(0, 12)).toISOString() } });
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
    expect(destroyed(world)).toEqual([]);
  });
});

describe("a project without a saved schedule", () => {
  it("gets weekly every day elsewhere: here once a week, on one weekday", async () => {
    const world = await openWorld();
    await live(world, 0, 22);
    const weekly = forks(world, "weekly");
    expect(weekly.length).toBeGreaterThanOrEqual(3);
    expect(weekly.map(({ at: instant }) => new Date(instant).getUTCDay())).toEqual(
      weekly.map(() => world.slots.weekly.weekday),
    );
    expect(forks(world, "daily")).toHaveLength(22);
  });
});
