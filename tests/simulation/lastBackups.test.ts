import { describe, expect, it } from "vitest";
import type { Cadence } from "../../utils/config.ts";
import { ALWAYS, cadenceIn, copies, destroyed, FOUR, schedule, withoutAny } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** What must never happen: a project that had backups, and room for two, ends without one. */

const FORKS_HANG = { ...ALWAYS, operation: "environments.fork", effect: { kind: "never-ends" } } as const;
const FORKS_FAIL = { ...ALWAYS, operation: "environments.fork", effect: { kind: "job-fails" } } as const;
const made = (day: number, hour = 1) => ({ ready: true, createdAt: at(day, hour) });
const ours = (world: World) => world.ready().filter((id) => cadenceIn(id) !== undefined);

/** A plan that is full of yesterday's backups of some cadences. */
async function fullOf(
  cadences: readonly Cadence[],
  options: Parameters<typeof openWorld>[0] = {},
  variables: Parameters<typeof openWorld>[1] = {},
): Promise<World> {
  const world = await openWorld(
    { ...options, plan: { sandboxLimit: cadences.length, ...options.plan } },
    variables,
  );
  world.project.user.setParameters("main", schedule(cadences, copyOf("", -27).slice(-10)));
  // Not so old that a run by hand must spare them.
  for (const [index, cadence] of cadences.entries())
    world.project.user.fork(null, copyOf(cadence, 0), made(0, 20 - index));
  await world.goTo(1, 12);
  return world;
}

describe("forks that hang", () => {
  const plans = [3, 4, 5, 8].flatMap((places) =>
    (["listed", "404"] as const).flatMap((limitsEndpoint) =>
      (["1", "2"] as const).flatMap((keep) =>
        (["daily", "weekly"] as const).map((cadence) => ({ places, limitsEndpoint, keep, cadence })),
      ),
    ),
  );

  it.each(plans)("cost no good backup: %j", async ({ places, limitsEndpoint, keep, cadence }) => {
    const world = await openWorld(
      { plan: { sandboxLimit: places, limitsEndpoint } },
      { BACKUP_KEEP_DAILY: keep, BACKUP_KEEP_WEEKLY: keep, BACKUP_CADENCES: cadence },
    );
    world.project.user.fork(null, "feature", made(-3));
    world.project.user.fork(null, copyOf(cadence, 0), made(0));
    world.project.faults.add(FORKS_HANG);
    const apart = cadence === "daily" ? 1 : 7;
    for (let run = 1; run <= places + 2; run += 1) {
      await world.goTo(run * apart, 12);
      await world.call("POST", `/api/jobs/${cadence}-backup`);
      await world.call("POST", "/api/jobs/scheduled-backups");
    }
    expect(ours(world)).toEqual([copyOf(cadence, 0)]);
  });

  it("are named in the failure of the run that finds no room", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 2 } });
    world.project.user.fork(null, copyOf("daily", 0), made(0));
    world.project.faults.add(FORKS_HANG);
    await world.goTo(1, 12);
    await world.call("POST", "/api/jobs/daily-backup");
    await world.goTo(2, 12);
    const { status, body } = await world.call("POST", "/api/jobs/daily-backup");
    expect(status).toBe(500);
    expect(body).toMatchObject({
      error: {
        message: expect.stringContaining(copyOf("daily", 1)),
        details: { cause: "ENVIRONMENT_LIMIT_REACHED", creating: [copyOf("daily", 1)] },
      },
    });
    expect(ours(world)).toEqual([copyOf("daily", 0)]);
  });

  it("do not keep what newer ready backups have outlived, which goes first", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 3 } });
    world.project.user.fork(null, copyOf("daily", -1), made(-1));
    world.project.user.fork(null, copyOf("daily", 0), made(0));
    world.project.faults.add({ ...FORKS_HANG, times: 1 });
    await world.goTo(1, 2);
    await world.call("POST", "/api/datocms/backup-now", { body: { scope: "weekly" } });
    await world.goTo(1, 12);
    await world.call("POST", "/api/jobs/scheduled-backups");
    expect(destroyed(world)).toEqual([copyOf("daily", -1), copyOf("daily", 0)]);
    expect(withoutAny(world, at(1, 1))).toEqual([]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });
});

describe("a fork that is under way", () => {
  it("is waited for before a backup of another cadence gives way", async () => {
    const world = await fullOf(["daily", "weekly"], { forkMs: 5_000 });
    const [daily, weekly] = await Promise.all([
      world.call("POST", "/api/datocms/backup-now?force=true", { body: { scope: "daily" } }),
      world.clock
        .advance(2_500)
        .then(() => world.call("POST", "/api/datocms/backup-now?force=true", { body: { scope: "weekly" } })),
    ]);
    expect([daily.status, weekly?.status]).toEqual([200, 200]);
    expect(withoutAny(world, at(1, 11))).toEqual([]);
    expect(ours(world).sort()).toEqual([copyOf("daily", 1), copyOf("weekly", 1)]);
  });
});

describe("cadences that meet on a full plan, while every fork fails", () => {
  const plans = [FOUR.slice(0, 2), FOUR.slice(0, 3), FOUR].flatMap((cadences) =>
    (["listed", "404"] as const).map((limitsEndpoint) => ({ cadences, limitsEndpoint })),
  );

  it.each(plans)("leave a backup: all forced at once ($cadences, $limitsEndpoint)", async (plan) => {
    const { cadences, limitsEndpoint } = plan;
    for (const gapMs of [0, 20, 60, 150, 400, 1_000]) {
      const world = await fullOf(cadences, { forkMs: 1_000, plan: { limitsEndpoint } });
      world.project.faults.add(FORKS_FAIL);
      await Promise.all(
        cadences.map(async (scope, index) => {
          await world.clock.advance(index * gapMs);
          return world.call("POST", "/api/datocms/backup-now?force=true", { body: { scope } });
        }),
      );
      expect(withoutAny(world, at(1, 11))).toEqual([]);
      expect(ours(world).length).toBeGreaterThanOrEqual(1);
    }
  });

  it.each(plans)("leave a backup: one tick after the other ($cadences, $limitsEndpoint)", async (plan) => {
    const { cadences, limitsEndpoint } = plan;
    const world = await fullOf(cadences, { forkMs: 10 * 60_000, plan: { limitsEndpoint } });
    world.project.faults.add(FORKS_FAIL);
    for (let day = 1; day <= 12; day += 1) {
      await world.goTo(day, world.slots.daily.hour);
      await world.tick("daily");
      await world.clock.advance(5 * 60_000);
      await world.tick("weekly", { runtime: { cronFrequency: "daily" } });
      await world.call("POST", "/api/jobs/scheduled-backups");
    }
    expect(withoutAny(world, at(1, 0))).toEqual([]);
    expect(ours(world).length).toBeGreaterThanOrEqual(1);
  });

  it("leave a backup where each sets today's aside", async () => {
    for (const gapMs of [0, 10, 40, 90, 200]) {
      const world = await fullOf(["daily", "weekly"], { forkMs: 1_000 });
      for (const cadence of ["daily", "weekly"] as const) {
        world.project.user.destroy(world.ready().find((id) => cadenceIn(id) === cadence) ?? "");
        await world.clock.advance(60_000);
        world.project.user.fork(null, copyOf(cadence, 1), made(1));
      }
      world.project.faults.add(FORKS_FAIL);
      const began = world.clock.now();
      await Promise.all(
        (["weekly", "daily"] as const).map(async (scope, index) => {
          await world.clock.advance(index * gapMs);
          return world.call("POST", "/api/datocms/backup-now?force=true", { body: { scope } });
        }),
      );
      expect(withoutAny(world, began)).toEqual([]);
    }
  });

  it("go on with one that was marked by a run that was killed", async () => {
    const world = await fullOf(["daily", "weekly"]);
    world.project.user.rename(copyOf("daily", 0), `${copyOf("daily", 0)}-superseded-200000000`);
    await world.goTo(1, world.slots.daily.hour + 24 - 12);
    await world.goTo(2, world.slots.daily.hour);
    await world.tick("daily");
    expect(copies(world, "daily")).toEqual([copyOf("daily", 2)]);
    expect(withoutAny(world, at(1, 12))).toEqual([]);
  });

  it("let a single backup on a single place give way", async () => {
    const world = await fullOf(["daily"]);
    await world.call("POST", "/api/jobs/scheduled-backups");
    expect(ours(world)).toEqual([copyOf("daily", 1)]);
  });
});
