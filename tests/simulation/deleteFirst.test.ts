import { describe, expect, it } from "vitest";
import { cadenceIn } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** `BACKUP_ROTATION=delete-first`: which backup goes before its successor is ready, and beside whom. */

describe("a run by hand, where the oldest backup has to stay", () => {
  /** A week's and today's backup; the older one is the way back that no run by hand removes. */
  async function withWayBack(): Promise<World> {
    const world = await openWorld({ destroyMs: 1_000 }, { BACKUP_ROTATION: "delete-first" });
    for (const day of [-7, 0])
      world.project.user.fork(null, copyOf("weekly", day), { createdAt: at(day, 1), ready: true });
    await world.goTo(1, world.slots.daily.hour);
    return world;
  }

  it("makes the new one first", async () => {
    const world = await withWayBack();
    expect((await world.call("POST", "/api/jobs/weekly-backup")).status).toBe(200);
    expect(world.ready()).toEqual([copyOf("weekly", -7), copyOf("weekly", 1)]);
    const ready = world.project.history.find(
      ({ type, id }) => type === "ready" && id === copyOf("weekly", 1),
    );
    const left = world.project.history.find(
      ({ type, id }) => type === "destroy-began" && id === copyOf("weekly", 0),
    );
    expect(ready?.at).toBeLessThan(left?.at ?? 0);
  });

  it("never meets a scheduled run that removes the oldest and counts on the newer one", async () => {
    const oldest = copyOf("weekly", -7);
    let meetings = 0;
    for (let gapMs = 0; gapMs <= 1_500; gapMs += 100) {
      const world = await withWayBack();
      await Promise.all([
        world.tick("daily"),
        world.clock.advance(gapMs).then(() => world.call("POST", "/api/jobs/weekly-backup")),
      ]);
      const left = world.project.history.find(({ type, id }) => type === "destroy-began" && id === oldest);
      if (left === undefined) continue;
      meetings += 1;
      const staying = world.project
        .existedAt(left.at)
        .filter(({ id, status }) => cadenceIn(id) === "weekly" && id !== oldest && status === "ready");
      expect(staying, `${gapMs} ms apart`).not.toEqual([]);
    }
    expect(meetings).toBeGreaterThan(0);
  });
});
