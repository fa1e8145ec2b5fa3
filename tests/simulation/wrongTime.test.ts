import { describe, expect, it } from "vitest";
import { cadenceIn, copies, destroyed, forks, schedule, withoutCopy } from "./judging.ts";
import { at, copyOf, DAY_ONE, openWorld, type World } from "./support.ts";

/** Dates that are not what they seem: ids of the future, and hosts whose clock is wrong. */

const DAY_MS = 24 * 60 * 60_000;
const MANUAL = "/api/jobs/daily-backup";

/** Some days of hourly ticks, on a host whose clock is `shiftMs` off; at eight somebody works in the primary. */
async function live(world: World, from: number, days: number, shiftMs = 0): Promise<void> {
  const { clock } = world;
  const runtime = { clock: { ...clock, now: () => clock.now() + shiftMs } };
  for (let day = from; day < from + days; day += 1)
    for (let hour = 0; hour < 24; hour += 1) {
      await world.goTo(day, hour);
      if (hour === 8) world.project.user.edit("main");
      await world.tick("daily", { runtime });
      await world.tick("weekly", { runtime });
    }
}

/** When DatoCMS made the newest ready daily copy, in days from day one. */
function newestDaily(world: World): number {
  const made = world.project
    .environments()
    .filter(({ id, status }) => status === "ready" && cadenceIn(id) === "daily")
    .map(({ createdAt }) => createdAt);
  return (Math.max(...made) - at(0, 0)) / DAY_MS;
}

async function withCopies(ids: readonly string[], ...options: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(...options);
  for (const id of ids) world.project.user.fork(null, id, { createdAt: at(0, 0), ready: true });
  return world;
}

describe("an id that is dated in the future", () => {
  const FUTURE = copyOf("daily", 400);

  it("is a copy as old as it is: the next days have theirs, and it goes in its turn", async () => {
    const world = await withCopies([FUTURE], {}, { BACKUP_KEEP_DAILY: "3" });
    await live(world, 1, 2);
    expect(copies(world, "daily")).toEqual([FUTURE, copyOf("daily", 1), copyOf("daily", 2)]);
    await live(world, 3, 1);
    expect(copies(world, "daily")).toEqual([1, 2, 3].map((day) => copyOf("daily", day)));
  });

  it("neither stops a saved schedule's dates nor outlives them", async () => {
    const ids = ["daily", "weekly", "monthly"].map((cadence) => copyOf(cadence, 400));
    const world = await withCopies(ids);
    world.project.user.setParameters("main", schedule(["daily", "weekly", "monthly"], DAY_ONE));
    await live(world, 1, 32);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 32)]);
    expect(copies(world, "weekly")).toEqual([copyOf("weekly", 28)]);
    expect(copies(world, "monthly")).toEqual([copyOf("monthly", 31)]);
  });

  it("gives way before a younger copy on a full plan", async () => {
    const world = await withCopies([FUTURE], { plan: { sandboxLimit: 2 } }, { BACKUP_KEEP_DAILY: "2" });
    await live(world, 1, 2);
    expect(destroyed(world).map((id) => id.slice(0, FUTURE.length))).toEqual([FUTURE]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1), copyOf("daily", 2)]);
  });
});

describe("a host whose clock is wrong", () => {
  const SHIFTS = [-365, -30, -3, -1, -0.2, 0.2, 1, 3, 30, 365];

  it.each(SHIFTS)("by %d days for a week makes a copy each day and loses none", async (days) => {
    const world = await withCopies([copyOf("daily", 0), copyOf("weekly", 0)]);
    await live(world, 1, 7, days * DAY_MS);
    expect(newestDaily(world)).toBeGreaterThan(6);
    for (const cadence of ["daily", "weekly"]) expect(withoutCopy(world, cadence, at(0, 1))).toEqual([]);
  });

  it.each(SHIFTS)("by %d days until it is put right goes on the next day", async (days) => {
    const world = await withCopies([copyOf("daily", 0), copyOf("weekly", 0)]);
    await live(world, 1, 3, days * DAY_MS);
    await live(world, 4, 3);
    expect(newestDaily(world)).toBeGreaterThan(6);
    expect(copies(world, "daily")).toHaveLength(1);
    for (const cadence of ["daily", "weekly"]) expect(withoutCopy(world, cadence, at(0, 1))).toEqual([]);
  });

  it.each(SHIFTS)("by %d days makes the copy that somebody asks for", async (days) => {
    const world = await withCopies([copyOf("daily", 0)]);
    await world.goTo(1, 12);
    const { clock } = world;
    const runtime = { clock: { ...clock, now: () => clock.now() + days * DAY_MS } };
    const { status } = await world.call("POST", MANUAL, { runtime });
    expect(status).toBe(200);
    expect(forks(world)).toHaveLength(1);
    expect(newestDaily(world)).toBeGreaterThan(1);
  });

  it("and that jumps while a run is under way ends the run on time", async () => {
    for (const jump of [-DAY_MS, DAY_MS / 3]) {
      const world = await withCopies([copyOf("daily", 0)], { forkMs: 20_000 });
      await world.goTo(1, 12);
      const { clock } = world;
      const began = clock.monotonic();
      const isLate = () => clock.monotonic() - began > 5_000;
      const jumping = { ...clock, now: () => clock.now() + (isLate() ? jump : 0) };
      const { status } = await world.call("POST", MANUAL, { runtime: { clock: jumping } });
      expect(status).toBe(200);
      expect(clock.monotonic() - began).toBeLessThan(30_000);
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    }
  });
});
