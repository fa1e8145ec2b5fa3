import { describe, expect, it } from "vitest";
import { copies, destroyed, withoutCopy } from "./judging.ts";
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
    expect(destroyed(world)).toEqual([superseded(0)]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("is not made for want of calls to compare what would go: the newest stays until the next tick", async () => {
    const world = await withReplaced();
    const unavailable = { kind: "status", status: 503 } as const;
    world.project.faults.add({ operation: "plugins.list", times: 2, effect: unavailable });
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
    await tickThrough(world);
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(withoutCopy(world, "daily", at(1, 0))).toEqual([]);
  });

  it("is made by the newest where the brake keeps the one that it had replaced", async () => {
    const world = await withReplaced({ items: 10 });
    await tickThrough(world);
    expect(copies(world, "daily")).toEqual([superseded(0), copyOf("daily", 1)]);
  });
});

describe("tidying up", () => {
  it("reaches every cadence within four days, also where the brake's comparisons need all calls of a tick", async () => {
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
    expect(copies(world, "weekly")).toEqual([copyOf("weekly", -7)]);
  });
});
