import { describe, expect, it } from "vitest";
import {
  ALWAYS,
  copies,
  destroyed,
  FOUR,
  forks,
  schedule,
  withDue,
  withoutCopy,
  withYesterday,
} from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** Plans without a place for both the old copy and the new one. `smallPlans.test.ts` holds their months. */

const MANUAL = "/api/jobs/daily-backup";
const FORCED = `${MANUAL}?force=true`;
const ALL_DUE = "/api/jobs/scheduled-backups";
/** A cron that comes once a day. */
const DATE = { runtime: { cronFrequency: "daily" } } as const;
const UNAVAILABLE = { kind: "status", status: 503 } as const;
const made = (day: number, hour = 12) => ({ ready: true, createdAt: at(day, hour) });

/** One place, which is daily's, in a project whose schedule has begun on day one. */
async function withOnePlace(
  cadences: Parameters<typeof schedule>[0],
  options: Parameters<typeof openWorld>[0] = {},
): Promise<World> {
  const world = await openWorld({ ...options, plan: { sandboxLimit: 1, ...options.plan } });
  world.project.user.setParameters("main", schedule(cadences, copyOf("", 1).slice(-10)));
  world.project.user.fork(null, copyOf("daily", 0), made(0));
  return world;
}

describe("the place of a cadence that gave up its copy", () => {
  it.each([
    UNAVAILABLE,
    { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } } as const,
    { kind: "drop", when: "before" } as const,
    { kind: "status", status: 422, code: "CONCURRENT_ENVIRONMENT_UPDATE", transient: true } as const,
    { kind: "job-fails" } as const,
  ])("is not taken by a less important one after its fork met %j", async (effect) => {
    const world = await withOnePlace(["daily", "weekly"]);
    world.project.faults.add({ operation: "environments.fork", effect });
    for (let day = 1; day <= 6; day += 1) {
      await world.goTo(day, 12);
      await world.call("POST", ALL_DUE);
    }
    expect(copies(world, "daily")).toEqual([copyOf("daily", 6)]);
  });

  it("is not taken where the plan does not tell its limit, and does not count what is going", async () => {
    const world = await withOnePlace(["daily", "weekly"], {
      plan: { limitsEndpoint: "404" },
      unknowns: { destroyingCountsForPlan: false },
    });
    for (let day = 1; day <= 3; day += 1) {
      await world.goTo(day, 12);
      await world.call("POST", ALL_DUE);
    }
    expect(copies(world, "daily")).toEqual([copyOf("daily", 3)]);
  });

  it("is not taken by another job's tick, and the answer says for what it is kept", async () => {
    const world = await withOnePlace(["daily", "weekly"]);
    world.project.user.destroy(copyOf("daily", 0));
    await world.goTo(1, world.slots.weekly.hour);
    expect(await world.tick("weekly")).toMatchObject({
      attempts: [
        {
          outcome: { failure: { sentence: expect.stringContaining("kept for the backups that come first") } },
        },
      ],
    });
    await world.goTo(2, world.slots.daily.hour);
    await world.tick("daily");
    expect(world.ready()).toEqual([copyOf("daily", 2)]);
  });

  it.each([UNAVAILABLE, { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } } as const])(
    "is not taken because the limit could not be read quickly: %j",
    async (effect) => {
      const world = await withOnePlace(["daily", "weekly"]);
      world.project.user.destroy(copyOf("daily", 0));
      world.project.faults.add({ operation: "subscriptionLimits.list", effect });
      await world.goTo(1, 0);
      await world.tick("weekly", DATE);
      await world.goTo(1, 12);
      await world.tick("daily", DATE);
      expect(world.ready()).toEqual([copyOf("daily", 1)]);
    },
  );

  it("is not taken because a copy of it is held: that is no backup", async () => {
    const world = await withOnePlace(["daily", "weekly"], { plan: { sandboxLimit: 2 } });
    await world.goTo(0, 23);
    world.project.user.edit(copyOf("daily", 0), { items: 7 });
    await world.goTo(1, 0);
    await world.tick("weekly", DATE);
    await world.goTo(1, 12);
    await world.tick("daily", DATE);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
  });

  it("does not keep another from being renewed, however many of that are to stay", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 2 } }, { BACKUP_KEEP_WEEKLY: "2" });
    world.project.user.setParameters("main", schedule(["daily", "weekly"], copyOf("", 0).slice(-10)));
    world.project.user.fork(null, copyOf("weekly", 0), made(0, 1));
    for (let day = 7; day <= 35; day += 7) {
      await world.goTo(day, 12);
      await world.tick("weekly", DATE);
    }
    expect(copies(world, "weekly")).toContain(copyOf("weekly", 35));
  });

  it("is not said to be kept where nothing is free", async () => {
    const world = await withOnePlace(["daily", "weekly"]);
    world.project.user.rename(copyOf("daily", 0), "feature");
    await world.goTo(1, 12);
    expect(JSON.stringify(await world.tick("weekly", DATE))).not.toContain("what is free is kept");
  });

  it("may be taken by hand", async () => {
    const world = await withOnePlace(["daily", "weekly"]);
    world.project.user.destroy(copyOf("daily", 0));
    await world.goTo(1, 12);
    expect(await world.call("POST", "/api/jobs/weekly-backup")).toMatchObject({ status: 200 });
  });
});

describe("a copy that gives way", () => {
  it.each([
    [30_000, 3_000],
    [30_000, 5_000],
    [50_000, 12_000],
  ])("leaves time for its fork: four cadences in %i ms, forks of %i ms", async (budgetMs, forkMs) => {
    const world = await withDue(FOUR, { plan: { sandboxLimit: 4 }, forkMs });
    await world.call("POST", ALL_DUE, { runtime: { budgetMs } });
    for (const cadence of FOUR)
      expect(copies(world, cadence).length + Number(world.ids().includes(copyOf(cadence, 1)))).not.toBe(0);
  });

  it.each([2_000, 6_000, 8_000])(
    "leaves time for its fork: Netlify's cron, forks of %i ms",
    async (forkMs) => {
      const world = await openWorld({ plan: { sandboxLimit: 3 }, forkMs });
      const DAYS = { weekly: -6, biweekly: -13, monthly: -27 } as const;
      world.project.user.setParameters(
        "main",
        schedule(["weekly", "biweekly", "monthly"], copyOf("", -27).slice(-10)),
      );
      for (const cadence of ["weekly", "biweekly", "monthly"] as const)
        world.project.user.fork(null, copyOf(cadence, DAYS[cadence]), made(DAYS[cadence]));
      await world.goTo(1, world.slots.weekly.hour);
      await world.tick("weekly", { runtime: { budgetMs: 25_000 } });
      for (const cadence of ["weekly", "biweekly", "monthly"])
        expect(copies(world, cadence).length + Number(world.ids().includes(copyOf(cadence, 1)))).not.toBe(0);
    },
  );

  it("is waited for as long as there is time, where DatoCMS hides it and takes no fork meanwhile", async () => {
    const world = await openWorld({
      plan: { sandboxLimit: 1 },
      destroyMs: 12_000,
      unknowns: { destroying: "hidden-at-once", concurrentOperations: "refuse-all" },
    });
    world.project.user.fork(null, copyOf("daily", 0), made(0));
    await world.goTo(1, world.slots.daily.hour);
    await world.tick("daily", { runtime: { budgetMs: 25_000 } });
    expect(world.ids()).toContain(copyOf("daily", 1));
  });

  it("is followed by another fork where the first fails and no copy is left", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 1 } });
    world.project.user.fork(null, copyOf("daily", 0), made(0));
    await world.goTo(1, world.slots.daily.hour);
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    await world.tick("daily");
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("is told where nothing came of it", async () => {
    const world = await withDue(FOUR, { plan: { sandboxLimit: 4 } });
    world.project.faults.add({
      ...ALWAYS,
      operation: "environments.fork",
      environment: copyOf("weekly", 1),
      effect: { kind: "job-fails" },
    });
    const { body } = await world.call("POST", ALL_DUE);
    const told = JSON.stringify(body).match(/(?<="deletedEnvironmentIds":\[")[^"]+/g) ?? [];
    // What gives way is renamed first.
    const originals = destroyed(world).map((id) => id.replace(/-superseded-\d+$/, ""));
    expect(told.sort()).toEqual(originals.sort());
    expect(told).toContain(copyOf("weekly", -6));
  });
});

describe("the shrink guard on a full plan", () => {
  /** Yesterday's copy lacks what the one before it holds. */
  async function shrunken(...[options, variables]: Parameters<typeof openWorld>): Promise<World> {
    const world = await openWorld({ items: 100, ...options }, variables);
    world.project.user.fork(null, copyOf("daily", -1), made(-1, 1));
    world.project.user.edit("main", { items: 10 });
    world.project.user.fork(null, copyOf("daily", 0), made(0, 1));
    await world.goTo(1, world.slots.daily.hour);
    return world;
  }

  async function tickTwice(world: World): Promise<void> {
    for (let tick = 0; tick < 2; tick += 1) {
      await world.tick("daily");
      await world.clock.advance(60 * 60_000);
    }
  }

  it("holds when the newest has given way and the plan refuses for good", async () => {
    const world = await shrunken({ plan: { limitsEndpoint: "404" } });
    const refused = { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" } as const;
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect: refused });
    await tickTwice(world);
    expect(world.ready()).toContain(copyOf("daily", -1));
  });

  it("holds with BACKUP_ROTATION=delete-first, whatever becomes of the forks", async () => {
    const world = await shrunken({}, { BACKUP_ROTATION: "delete-first" });
    world.project.faults.add({ times: 2, operation: "environments.fork", effect: { kind: "job-fails" } });
    await tickTwice(world);
    expect(world.ready()).toContain(copyOf("daily", -1));
  });

  it.each([{}, { runtime: { maxCalls: 15 } }])(
    "keeps the only copy where the primary lacks what it holds, until a run is forced (%j)",
    async (options) => {
      const world = await openWorld({ items: 100, plan: { sandboxLimit: 1 } });
      world.project.user.fork(null, copyOf("daily", 0), made(0));
      world.project.user.edit("main", { items: 10 });
      await world.goTo(1, world.slots.daily.hour);
      const run = await world.tick("daily", options);
      expect(JSON.stringify(run)).toContain(`${copyOf("daily", 0)} stays`);
      expect(world.ready()).toEqual([copyOf("daily", 0)]);
      await world.call("POST", "/api/jobs/daily-backup?force=true", options);
      expect(world.ready()).toEqual([copyOf("daily", 1)]);
    },
  );
});

describe("a copy gives way only where nothing of ours is dispensable", () => {
  const PLAN = [{ sandboxLimit: 3 }, { sandboxLimit: 3, limitsEndpoint: "404" }] as const;

  it.each(PLAN)("not for a weekly leftover that this very run removes (%j)", async (plan) => {
    for (const path of [MANUAL, "/api/jobs/initialize", ALL_DUE]) {
      const world = await withDue(["daily"], { plan });
      world.project.user.fork(null, copyOf("weekly", 0), { createdAt: at(0, 1), ready: true });
      world.project.user.fork(null, copyOf("weekly", 1), { createdAt: at(1, 1), ready: true });
      const { body } = await world.call("POST", path);
      expect(JSON.stringify(body)).not.toContain("OLD_COPY_GAVE_WAY");
      expect(withoutCopy(world, "daily", at(1, 12))).toEqual([]);
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    }
  });

  it.each(PLAN)("nor while a copy of another cadence of the run is in the making (%j)", async (plan) => {
    const world = await withDue(["daily", "weekly"], { forkMs: 10_000, plan });
    world.project.user.fork(null, copyOf("weekly", 1));
    await world.call("POST", ALL_DUE, { runtime: { budgetMs: 50_000 } });
    expect(withoutCopy(world, "daily", at(1, 12))).toEqual([]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("and a replacement is made in the place of what is dispensable", async () => {
    const world = await withDue(["daily", "weekly"], { plan: { sandboxLimit: 3 } });
    for (const cadence of ["daily", "weekly"])
      world.project.user.fork(null, copyOf(cadence, 1), { createdAt: at(1, 1), ready: true });
    for (const id of [copyOf("daily", 0), copyOf("weekly", -6)]) world.project.user.destroy(id);
    world.project.user.fork(null, copyOf("weekly", 0), { createdAt: at(0, 1), ready: true });
    await world.clock.advance(60_000);
    const { body } = await world.call("POST", MANUAL);
    expect(JSON.stringify(body)).not.toMatch(/"reused"|OLD_COPY_GAVE_WAY/);
    expect(world.project.environment(copyOf("daily", 1))?.createdAt).toBeGreaterThan(at(1, 12));
  });

  it("nor for its own cadence's leftover, also while the scheduler is disconnected", async () => {
    const world = await withDue(["daily"], { plan: { sandboxLimit: 2 } });
    world.project.user.fork(null, copyOf("daily", -1), { createdAt: at(-1, 13), ready: true });
    const { backupSchedule } = schedule(["daily"]);
    const disconnectedAt = new Date(at(1, 11)).toISOString();
    world.project.user.setParameters("main", { backupSchedule, schedulerDisconnect: { disconnectedAt } });
    const { body } = await world.call("POST", MANUAL);
    expect(JSON.stringify(body)).not.toContain("OLD_COPY_GAVE_WAY");
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("and a fork that fails then costs nothing", async () => {
    const world = await withDue(["daily"], { forkMs: 60_000, plan: { sandboxLimit: 3 } });
    world.project.user.fork(null, copyOf("weekly", 0), { createdAt: at(0, 1), ready: true });
    await world.call("POST", "/api/jobs/weekly-backup");
    await world.clock.advance(5 * 60_000);
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    await world.call("POST", MANUAL);
    await world.clock.advance(5 * 60_000);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
  });
});

it("a fork that DatoCMS dropped is sent again where the run has removed a backup meanwhile, and only then", async () => {
  const options = {
    forkMs: 5_000,
    plan: { sandboxLimit: 3, limitsEndpoint: "404" },
    unknowns: { planRefusal: "in-job" },
  } as const;
  for (const surplus of [true, false]) {
    const world = await openWorld(options, { BACKUP_KEEP_DAILY: surplus ? "1" : "2" });
    for (const day of [0, 1]) world.project.user.fork(null, copyOf("daily", day), made(day));
    world.project.user.fork(null, "redesign", made(0));
    const { hour, weekday } = world.slots.weekly;
    await world.goTo(1 + ((Number(weekday) - new Date(at(1, hour)).getUTCDay() + 7) % 7), hour);
    await world.tick("weekly");
    expect(forks(world, "weekly")).toHaveLength(surplus ? 2 : 1);
    expect(copies(world, "weekly")).toHaveLength(surplus ? 1 : 0);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0), copyOf("daily", 1)].slice(surplus ? 1 : 0));
  }
});

it.each(["PLAN_UPGRADE_REQUIRED", "LIMIT_REACHED", "TECHNICAL_LIMIT_REACHED"] as const)(
  "%s means that there is no room",
  async (planRefusalCode) => {
    const plan = { sandboxLimit: 1, limitsEndpoint: "absent-code" } as const;
    const world = await withYesterday({ plan, unknowns: { planRefusalCode } });
    const { body } = await world.call("POST", MANUAL);
    expect(body).toMatchObject({ result: { problems: [{ code: "OLD_COPY_GAVE_WAY" }] } });
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  },
);

const REPLACED = {
  error: {
    message: expect.stringContaining("another run has replaced it"),
    details: { cause: "FORK_FAILED" },
  },
};

it("two replacements of today's copy in a plan of one place: leave one copy, and no answer is untrue", async () => {
  for (let gapMs = 0; gapMs < 8_000; gapMs += 200) {
    const world = await openWorld({ plan: { sandboxLimit: 1 }, destroyMs: 900, forkMs: 2_000 });
    world.project.user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
    await world.goTo(1, 12);
    const answers = await Promise.all([
      world.call("POST", FORCED),
      world.clock.advance(gapMs).then(() => world.call("POST", FORCED)),
    ]);
    // The second may replace the first one's copy between two looks of that: then the first says so.
    expect(answers[1]).toMatchObject({ status: 200 });
    if (answers[0]?.status !== 200) expect(answers[0]?.body).toMatchObject(REPLACED);
    expect(JSON.stringify(answers)).toContain("OLD_COPY_GAVE_WAY");
    expect(forks(world).length).toBeLessThanOrEqual(2);
    await world.clock.advance(60_000);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  }
});
