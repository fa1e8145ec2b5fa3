import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds } from "../unit/properties.ts";
import { keep, openAdminWorld, remove } from "./deedsSupport.ts";
import { cadenceIn, FOUR, schedule, withoutAny } from "./judging.ts";
import { at, copyOf, type World } from "./support.ts";

/** Backups that go or stay by hand while others are at work: something to go back to is there at every moment. */

const made = (day: number, hour = 1) => ({ ready: true, createdAt: at(day, hour) });
const ours = (world: World) => world.ready().filter((id) => cadenceIn(id) !== undefined);
/** Past the last call of a removal, step by step. */
const GAPS = Array.from({ length: 36 }, (_, index) => index * 15);

async function withOnly(ids: readonly string[], options: Parameters<typeof openAdminWorld>[0] = {}) {
  const world = await openAdminWorld(options);
  world.project.user.setParameters("main", schedule(["daily", "weekly"], copyOf("", -27).slice(-10)));
  for (const [index, id] of ids.entries()) world.project.user.fork(null, id, made(0, index + 1));
  await world.goTo(1, 12);
  return world;
}

/** Both at once, the second so much later. */
async function apart<T>(world: World, gapMs: number, one: () => Promise<T>, other: () => Promise<T>) {
  const answers = await Promise.all([one(), world.clock.advance(gapMs).then(other)]);
  await world.clock.advance(60_000);
  return answers;
}

describe("two removals of the last two backups", () => {
  const [DAILY, WEEKLY] = [copyOf("daily", 0), copyOf("weekly", 0)];

  it.each([true, false])("leave one, at whatever distance (renaming keeps the time: %s)", async (keeps) => {
    const left = new Set<number>();
    for (const gapMs of GAPS)
      for (const [first, second] of [
        [DAILY, WEEKLY],
        [WEEKLY, DAILY],
      ] as const) {
        const world = await withOnly([DAILY, WEEKLY], { unknowns: { renameKeepsCreatedAt: keeps } });
        const answers = await apart(
          world,
          gapMs,
          () => remove(world, first),
          () => remove(world, second),
        );
        expect(withoutAny(world, at(1, 11))).toEqual([]);
        const statuses = answers.map(({ status }) => status);
        expect(ours(world)).toHaveLength(2 - statuses.filter((each) => each === 200).length);
        // Whoever was refused has left no mark.
        for (const id of ours(world)) expect([DAILY, WEEKLY]).toContain(id);
        left.add(ours(world).length);
      }
    expect(left).toContain(1);
  });

  it("go both where a third stays, and one backup is removed once by two", async () => {
    for (const gapMs of GAPS) {
      const world = await withOnly([DAILY, WEEKLY, copyOf("monthly", 0)]);
      const ids = [DAILY, WEEKLY, DAILY];
      const answers = await Promise.all(
        ids.map((id, index) => world.clock.advance(index * gapMs).then(() => remove(world, id))),
      );
      await world.clock.advance(60_000);
      for (const { status } of answers) expect([200, 404, 409]).toContain(status);
      expect(withoutAny(world, at(1, 11))).toEqual([]);
      expect(ours(world)).toContain(copyOf("monthly", 0));
    }
  });
});

describe("a removal while a run", () => {
  it("prunes what the other one keeps", async () => {
    for (const gapMs of GAPS)
      for (const isFirst of [true, false]) {
        const world = await openAdminWorld({}, { BACKUP_CADENCES: "daily", BACKUP_SHRINK_LIMIT: "off" });
        // Today's is there, and yesterday's goes with the next run.
        world.project.user.fork(null, copyOf("daily", 0), made(0));
        world.project.user.fork(null, copyOf("daily", 1), made(1));
        await world.goTo(1, 12);
        const run = () => world.call("GET", "/api/jobs/scheduled-backups");
        const removal = () => remove(world, copyOf("daily", 1));
        await apart(world, gapMs, isFirst ? removal : run, isFirst ? run : removal);
        expect(withoutAny(world, at(1, 11))).toEqual([]);
      }
  });

  it.each(["listed", "404"] as const)(
    "lets another one give way on a full plan (%s)",
    async (limitsEndpoint) => {
      const three = FOUR.slice(0, 3);
      for (const gapMs of GAPS.map((gap) => gap * 3))
        for (const isFirst of [true, false]) {
          const world = await withOnly(
            three.map((cadence) => copyOf(cadence, 0)),
            { forkMs: 1_000, plan: { sandboxLimit: 3, limitsEndpoint } },
          );
          world.project.faults.add({
            operation: "environments.fork",
            effect: { kind: "job-fails" },
            times: Number.POSITIVE_INFINITY,
          });
          const forced = () =>
            world.call("POST", "/api/datocms/backup-now?force=true", { body: { scope: "daily" } });
          const removal = () => remove(world, copyOf("weekly", 0));
          await apart(world, gapMs, isFirst ? removal : forced, isFirst ? forced : removal);
          expect(withoutAny(world, at(1, 11))).toEqual([]);
        }
    },
  );
});

const DAYS = [-1, 0, 1];
const CADENCES = ["daily", "weekly"] as const;
const ids = CADENCES.flatMap((cadence) => DAYS.map((day) => copyOf(cadence, day)));
const act = fc.record({
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("remove" as const), id: fc.constantFrom(...ids) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("keep" as const), id: fc.constantFrom(...ids) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("run" as const),
        path: fc.constantFrom(
          "/api/jobs/scheduled-backups",
          "/api/jobs/daily-backup",
          "/api/jobs/daily-backup?force=true",
          "/api/jobs/weekly-backup?force=true",
        ),
      }),
    },
  ),
});
const scene = fc.record({
  seeds: fc.uniqueArray(fc.constantFrom(...ids, `${copyOf("daily", 1)}-superseded-101112131`), {
    minLength: 1,
    maxLength: 5,
  }),
  keepDaily: fc.constantFrom("1", "2"),
  latencyMs: fc.constantFrom(20, 50, 130),
  forkMs: fc.constantFrom(0, 700, 2_000),
  destroyMs: fc.constantFrom(0, 500, 3_000),
  forksFail: fc.boolean(),
  guard: fc.constantFrom("50", "off"),
  lost: fc.constantFrom(undefined, "environments.rename" as const, "environments.destroy" as const),
  unknowns: fc.record({
    renameKeepsCreatedAt: fc.constantFrom(true, true, false),
    renameWhileForking: fc.constantFrom("allow" as const, "allow" as const, "refuse" as const),
    destroying: fc.constantFrom("listed-until-gone" as const, "hidden-at-once" as const),
  }),
  days: fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
});
type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

async function play(world: World, { days }: Scene, kept: string[]): Promise<void> {
  for (const [index, acts] of days.entries()) {
    if (index > 0) await world.goTo(1 + index, 12);
    await Promise.all(
      acts.map(async ({ afterMs, what }, order) => {
        await world.clock.advance(afterMs);
        if (what.do === "run") return world.call("POST", what.path);
        if (what.do === "remove") return remove(world, what.id);
        const name = `kept-${index}-${order}`;
        kept.push(name);
        return keep(world, what.id, name);
      }),
    );
    await world.clock.advance(60_000);
  }
}

it("no sequence of removals, keeps and runs takes the last thing that there is to go back to", async () => {
  await holds(
    fc.asyncProperty(scene, async (each) => {
      const { latencyMs, forkMs, destroyMs, unknowns, keepDaily } = each;
      const world = await openAdminWorld(
        { latencyMs, forkMs, destroyMs, unknowns },
        { BACKUP_KEEP_DAILY: keepDaily, BACKUP_SHRINK_LIMIT: each.guard },
      );
      world.project.user.setParameters("main", schedule(CADENCES, copyOf("", -27).slice(-10)));
      for (const [order, id] of each.seeds.entries())
        world.project.user.fork(null, id, {
          ready: true,
          createdAt: Date.parse(/\d{4}-\d\d-\d\d/.exec(id)?.[0] ?? "") + order * 1_000,
        });
      await world.goTo(1, 12);
      const began = world.clock.now();
      if (each.forksFail)
        world.project.faults.add({
          operation: "environments.fork",
          effect: { kind: "job-fails" },
          times: Number.POSITIVE_INFINITY,
        });
      if (each.lost)
        world.project.faults.add({ operation: each.lost, effect: { kind: "drop", when: "after" } });
      const kept: string[] = [];
      await play(world, each, kept);
      const isThere = (instant: number) =>
        world.project
          .existedAt(instant)
          .some(
            ({ id, status, primary }) =>
              !primary && status === "ready" && (cadenceIn(id) !== undefined || kept.includes(id)),
          );
      const moments = world.project.history.map((event) => event.at).filter((instant) => instant > began);
      expect(moments.filter((instant) => !isThere(instant))).toEqual([]);
    }),
    300,
  );
}, 300_000);
