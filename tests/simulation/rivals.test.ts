import { describe, expect, it } from "vitest";
import { cadenceIn, copies, destroyed, withoutCopy } from "./judging.ts";
import { at, type CallOptions, copyOf, openWorld, type World } from "./support.ts";

/** Runs of one kind that would each evict another backup of a full plan. Some backup of the kind is there at every moment. */

const MANUAL = "/api/jobs/daily-backup";
const made = (day: number) => ({ ready: true, createdAt: at(day, 1) });
const marked = (day: number) => `${copyOf("daily", day)}-superseded-010000000`;
const marks = (world: World) => world.ids().filter((id) => id.includes("-superseded-"));

/** A plan that is full of some daily backups and one weekly, in daily's hour of day one. */
async function fullOf(
  daily: readonly string[],
  options: Parameters<typeof openWorld>[0] = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<World> {
  const plan = { sandboxLimit: daily.length + 1, ...options.plan };
  const world = await openWorld(
    { forkMs: 20_000, destroyMs: 1_000, ...options, plan },
    { BACKUP_KEEP_DAILY: "3", BACKUP_SHRINK_LIMIT: "off", ...variables },
  );
  for (const id of daily)
    world.project.user.fork(
      null,
      id,
      made(Math.round((Date.parse(id.slice(20, 30)) - at(0, 0)) / 86_400_000)),
    );
  world.project.user.fork(null, copyOf("weekly", 0), made(0));
  await world.goTo(1, world.slots.daily.hour);
  return world;
}

/** Two at every distance, either first; the kind has a backup at every moment, and one has gone. */
async function meet(
  open: () => Promise<World>,
  [one, other]: readonly [(world: World) => Promise<unknown>, (world: World) => Promise<unknown>],
): Promise<void> {
  for (const [first, second] of [
    [one, other],
    [other, one],
  ] as const)
    for (let gapMs = 0; gapMs <= 500; gapMs += 50) {
      const world = await open();
      const from = world.clock.now();
      await Promise.all([first(world), world.clock.advance(gapMs).then(() => second(world))]);
      await world.clock.advance(60_000);
      expect(withoutCopy(world, "daily", from), `${gapMs} ms apart`).toEqual([]);
      const gone = destroyed(world).filter((id) => cadenceIn(id) === "daily");
      expect(new Set(gone).size, `${gapMs} ms apart: ${gone}`).toBe(1);
      // What has stayed has its name, or gets it from the next run.
      await world.goTo(1, world.slots.daily.hour + 1);
      await world.tick("daily");
      expect(marks(world)).toEqual([]);
      expect(copies(world, "daily")).toContain(copyOf("daily", 1));
    }
}

/** A removal takes a while to get there, so that the other run has time to look at what is still there. */
const slowly = ({ clock, emulator }: World): CallOptions => ({
  runtime: {
    async fetch(input, init) {
      if (init?.method === "DELETE") await clock.sleep(200);
      return emulator.fetch(input, init);
    },
  },
});
const byHand = (world: World) => world.call("POST", MANUAL, slowly(world));
const forced = (world: World) => world.call("POST", `${MANUAL}?force=true`, slowly(world));
const bySchedule = (world: World) => world.tick("daily", slowly(world));

describe("two runs at once", () => {
  // No run by hand takes the older one, which is more than 48 hours old; a scheduled one takes it first.
  const TWO = [copyOf("daily", -2), copyOf("daily", 0)];

  it.each(["listed", "404"] as const)("by hand and by schedule (limit %s)", (limitsEndpoint) =>
    meet(() => fullOf(TWO, { plan: { limitsEndpoint } }), [byHand, bySchedule]),
  );

  it("by hand and by schedule, where BACKUP_ROTATION is delete-first", () =>
    meet(
      () => fullOf(TWO, {}, { BACKUP_ROTATION: "delete-first", BACKUP_KEEP_DAILY: "2" }),
      [byHand, bySchedule],
    ));

  it("forced, which replace today's", () =>
    meet(() => fullOf([copyOf("daily", 0), copyOf("daily", 1)]), [forced, forced]));
});

describe("what killed runs have marked", () => {
  it.each([
    ["an older one", [marked(-1), copyOf("daily", 0)]],
    ["the newer one", [copyOf("daily", -1), marked(0)]],
    ["both", [marked(-1), marked(0)]],
  ])("keeps no run from making its backup: %s", async (_, ids) => {
    for (const run of [byHand, bySchedule]) {
      const world = await fullOf(ids);
      const from = world.clock.now();
      await run(world);
      await world.clock.advance(60_000);
      expect(copies(world, "daily")).toContain(copyOf("daily", 1));
      expect(withoutCopy(world, "daily", from)).toEqual([]);
      expect(destroyed(world)).toHaveLength(1);
    }
  });

  it("keeps no forced run from replacing today's", async () => {
    const world = await fullOf([marked(-1), copyOf("daily", 1)]);
    await forced(world);
    await world.clock.advance(60_000);
    expect(world.project.environment(copyOf("daily", 1))?.createdAt).toBeGreaterThan(at(1, 1));
    expect(destroyed(world)).toHaveLength(1);
  });

  it("stops no Worker for longer than one run: its next one makes the backup", async () => {
    const variables = { BACKUP_SHRINK_LIMIT: "50" };
    const world = await fullOf([copyOf("daily", -1), marked(0)], {}, variables);
    for (let run = 0; run < 2; run += 1) {
      await world.goTo(1, world.slots.daily.hour + run);
      await world.tick("daily", { runtime: { maxCalls: 15 } });
    }
    await world.clock.advance(60_000);
    expect(marks(world)).toEqual([]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
  });

  it("gets its name back, as what a run has marked itself, where the calls of a Worker are used up", async () => {
    const world = await fullOf([marked(-2), copyOf("daily", 0)], { plan: { limitsEndpoint: "404" } });
    for (let run = 0; run < 3; run += 1) {
      await world.call("POST", MANUAL, { runtime: { maxCalls: 15 } });
      await world.clock.advance(60_000);
    }
    expect(marks(world)).toEqual([]);
    expect(copies(world, "daily")).toContain(copyOf("daily", 1));
  });
});
