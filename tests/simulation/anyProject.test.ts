import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds } from "../unit/properties.ts";
import { copies, schedule, withDue, withoutCopy } from "./judging.ts";
import { at, copyOf, openWorld, TOKEN, type World } from "./support.ts";

/** One run on a project as somebody may find it: whatever is there, an end of its own and no needless loss. */

const ALL_DUE = "/api/jobs/scheduled-backups";
const DAILY = "/api/jobs/daily-backup";
const MANUAL = ["daily", "weekly"].flatMap((cadence) =>
  ["", "?force=true"].map((query) => `/api/jobs/${cadence}-backup${query}`),
);
/** Forks take 5 s and removals 1 s: two minutes are for ever. */
const FOR_EVER_MS = 2 * 60_000;
/** A run with all the time and calls that it could want. */
const PATIENT = { budgetMs: 15 * 60_000, maxCalls: 5_000 };
const CADENCES = ["daily", "weekly"] as const;
const PLANS = ["listed", "404"] as const;

const DAYS = [-1, 0, 1];
const copy = fc.constantFrom(...CADENCES.flatMap((cadence) => DAYS.map((day) => copyOf(cadence, day))));
const isReady = fc.constantFrom(true, true, true, false);
const seed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id: copy, isReady }) },
  // Only a copy that is ready is ever set aside.
  {
    weight: 3,
    arbitrary: copy.map((id) => ({ id: `${id}-superseded-101112131`, isReady: true })),
  },
  { weight: 1, arbitrary: fc.record({ id: fc.constantFrom("staging", "qa"), isReady }) },
);

const found = fc.record({
  seeds: fc.uniqueArray(seed, { maxLength: 6, selector: ({ id }) => id }),
  spare: fc.integer({ min: -1, max: 3 }),
  limitsEndpoint: fc.constantFrom(...PLANS),
  failingForks: fc.constantFrom(
    undefined,
    { skip: 0, times: 1 },
    { skip: 1, times: 1 },
    { skip: 0, times: 2 },
    { skip: 0, times: 3 },
  ),
  keep: fc.integer({ min: 1, max: 3 }),
  rotation: fc.constantFrom("auto", "fork-first", "delete-first"),
  path: fc.constantFrom(ALL_DUE, ALL_DUE, ...MANUAL),
});
type Found = typeof found extends fc.Arbitrary<infer Value> ? Value : never;

async function worldOf({
  seeds,
  spare,
  limitsEndpoint,
  failingForks,
  keep,
  rotation,
}: Found): Promise<World> {
  const world = await openWorld(
    {
      forkMs: 5_000,
      destroyMs: 1_000,
      plan: { sandboxLimit: Math.max(0, seeds.length + spare), limitsEndpoint },
    },
    {
      BACKUP_ROTATION: rotation,
      ...Object.fromEntries(CADENCES.map((cadence) => [`BACKUP_KEEP_${cadence.toUpperCase()}`, `${keep}`])),
    },
  );
  world.project.user.setParameters("main", schedule(CADENCES, copyOf("", -27).slice(-10)));
  await world.goTo(1, 12);
  for (const { id, isReady } of seeds) {
    const [date = copyOf("", 0).slice(-10)] = /\d{4}-\d\d-\d\d/.exec(id) ?? [];
    world.project.user.fork(null, id, isReady ? { ready: true, createdAt: Date.parse(date) } : {});
  }
  if (failingForks !== undefined)
    world.project.faults.add({
      operation: "environments.fork",
      effect: { kind: "job-fails" },
      ...failingForks,
    });
  return world;
}

describe("in any project", () => {
  it("a run comes to its end, keeps a ready copy, and leaves what is not ours", {
    timeout: 60_000,
  }, async () => {
    await holds(
      fc.asyncProperty(found, async (project) => {
        const world = await worldOf(project);
        const { clock } = world;
        const [began, wall] = [clock.monotonic(), clock.now()];
        const { status, body } = await world.call("POST", project.path, { runtime: PATIENT });
        expect(clock.monotonic() - began).toBeLessThan(FOR_EVER_MS);
        const answer = JSON.stringify(body);
        expect(answer).not.toMatch(/OUT_OF_TIME|OUT_OF_CALLS|"state":"creating"/);
        await clock.advance(60_000);

        for (const cadence of CADENCES) {
          const hasLost = withoutCopy(world, cadence, wall).some((moment) => moment !== "from the beginning");
          if (!hasLost) continue;
          expect(answer).toContain("OLD_COPY_GAVE_WAY");
          expect(project.rotation).not.toBe("fork-first");
        }
        const foreign = project.seeds.filter(({ id }) => !id.startsWith("backup"));
        for (const { id } of foreign) expect(world.ready()).toContain(id);

        if (status !== 200) return;
        const asked = CADENCES.filter(
          (cadence) => project.path === ALL_DUE || project.path.includes(cadence),
        );
        for (const cadence of asked) {
          expect(world.ready()).toContain(copyOf(cadence, 1));
          // What others began may come to its end after the run has; the next one sees to it.
          if (project.seeds.some(({ isReady }) => !isReady)) continue;
          // A run by hand leaves a way back to before today.
          const spared = project.path === ALL_DUE ? 0 : 1;
          expect(copies(world, cadence).length).toBeLessThanOrEqual(project.keep + spared);
        }
      }),
      200,
    );
  });
});

describe("daily and weekly in one run on a full plan", () => {
  it.each(PLANS)("are both made, one after the other (limits: %s)", async (limitsEndpoint) => {
    const world = await withDue(CADENCES, { plan: { sandboxLimit: 2, limitsEndpoint } });
    const { status } = await world.call("POST", ALL_DUE);
    expect(status).toBe(200);
    expect(world.ready().sort()).toEqual(CADENCES.map((cadence) => copyOf(cadence, 1)));
  });

  it.each(PLANS)("share the one place that is free (limits: %s)", async (limitsEndpoint) => {
    const world = await withDue(CADENCES, { plan: { sandboxLimit: 3, limitsEndpoint } });
    const { status, body } = await world.call("POST", ALL_DUE);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain("problems");
    for (const cadence of CADENCES) {
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
      expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
    }
  });

  it("both fail where nothing of ours may give way, and nothing is destroyed", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 2, limitsEndpoint: "404" } });
    await world.goTo(1, 12);
    for (const id of ["staging", "qa"])
      world.project.user.fork(null, id, { createdAt: at(0, 1), ready: true });
    const { body } = await world.call("POST", "/api/jobs/initialize");
    expect(body).toMatchObject({
      error: {
        details: {
          result: {
            daily: { code: "ENVIRONMENT_LIMIT_REACHED" },
            weekly: { code: "ENVIRONMENT_LIMIT_REACHED" },
          },
        },
      },
    });
    expect(world.ready().sort()).toEqual(["qa", "staging"]);
  });
});

describe("a replacement on a full plan", () => {
  it.each(PLANS)("leaves today's copy the answer (limits: %s)", async (limitsEndpoint) => {
    const world = await withDue(["daily"], { plan: { sandboxLimit: 1, limitsEndpoint } });
    await world.call("POST", DAILY);
    const { body } = await world.call("POST", DAILY);
    expect(body).toMatchObject({ result: { reused: true, problems: [{ code: "NO_ROOM_FOR_REPLACEMENT" }] } });
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(withoutCopy(world, "daily", world.clock.now() - 1)).toEqual([]);
  });

  it("is made all the same where only a copy on its way out takes the room", async () => {
    const world = await withDue(["daily"], { plan: { sandboxLimit: 2 }, destroyMs: 4_000 });
    world.project.user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
    const leaving = new Request(`https://site-api.datocms.com/environments/${copyOf("daily", 0)}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${TOKEN}`, "x-api-version": "3", accept: "application/json" },
    });
    expect((await world.clock.run(() => world.emulator.fetch(leaving))).status).toBe(202);
    expect(world.project.environment(copyOf("daily", 0))?.status).toBe("destroying");
    const { body } = await world.call("POST", DAILY);
    expect(JSON.stringify(body)).not.toMatch(/"reused"|problems/);
    expect(world.project.environment(copyOf("daily", 1))?.createdAt).toBeGreaterThan(at(1, 12));
  });
});
