import { describe, expect, it } from "vitest";
import { ALWAYS, cadenceIn, destroyed, schedule, withDue, withoutAny, withoutCopy } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** What a run waits for may never come: it ends soon all the same, and well where it can. */

/** Seven seconds of waiting, a removal, a fork and the looks between. */
const SOON_MS = 30_000;
/** A run with all the time and calls that it could want. */
const PATIENT = { budgetMs: 15 * 60_000, maxCalls: 5_000 };
const MARKED = `${copyOf("daily", 0)}-superseded-200000000`;
const WEEKLY = copyOf("weekly", 1);

/** A full plan: today's weekly backup, and yesterday's daily one as a run that was killed has marked it. */
async function afterKill(
  options: Parameters<typeof openWorld>[0] = {},
  variables: Parameters<typeof openWorld>[1] = {},
): Promise<World> {
  const world = await openWorld(
    { forkMs: 5_000, destroyMs: 1_000, ...options, plan: { sandboxLimit: 2, ...options.plan } },
    variables,
  );
  world.project.user.setParameters("main", schedule(["daily", "weekly"], copyOf("", -27).slice(-10)));
  world.project.user.fork(null, MARKED, { ready: true, createdAt: at(0, 20) });
  world.project.user.fork(null, WEEKLY, { ready: true, createdAt: at(1, 1) });
  await world.goTo(1, 12);
  return world;
}

/** Forces the weekly run and tells how long it took, ms. */
async function forceWeekly(world: World) {
  const began = world.clock.monotonic();
  const answer = await world.call("POST", "/api/jobs/weekly-backup?force=true", { runtime: PATIENT });
  return { ...answer, ms: world.clock.monotonic() - began };
}

describe("a forced run on a full plan, beside a backup that a killed run of another cadence has marked", () => {
  const settings = (["listed", "404"] as const).map((limitsEndpoint) => ({ limitsEndpoint }));

  it.each(settings)(
    "gives that one its name back and replaces its own (limits: $limitsEndpoint)",
    async (plan) => {
      const world = await afterKill({ plan });
      const { status, ms } = await forceWeekly(world);
      expect(ms).toBeLessThan(SOON_MS);
      expect(status).toBe(200);
      expect(world.ready().sort()).toEqual([copyOf("daily", 0), WEEKLY]);
      expect(world.project.environment(WEEKLY)?.createdAt).toBeGreaterThan(at(1, 12));
      expect(withoutCopy(world, "daily", at(1, 1))).toEqual([]);
    },
  );

  it("fails, and loses nothing, where the name cannot be given back", async () => {
    const world = await afterKill();
    const { fetch } = world.emulator;
    const refused = (url: string) => url.includes(MARKED) && url.endsWith("/rename");
    const fetchFn: typeof globalThis.fetch = async (input, init) =>
      refused(input instanceof Request ? input.url : String(input))
        ? Response.json(
            { data: [{ type: "api_error", attributes: { code: "INSUFFICIENT_PERMISSIONS" } }] },
            { status: 403 },
          )
        : fetch(input, init);
    const began = world.clock.monotonic();
    const { status, body } = await world.call("POST", "/api/jobs/weekly-backup?force=true", {
      runtime: { ...PATIENT, fetch: fetchFn },
    });
    expect(world.clock.monotonic() - began).toBeLessThan(SOON_MS);
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: { details: { cause: "ENVIRONMENT_LIMIT_REACHED" } } });
    expect(destroyed(world)).toEqual([]);
    expect(world.ready().sort()).toEqual([MARKED, WEEKLY]);
  });

  it("loses no backup where every fork fails", async () => {
    const world = await afterKill();
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect: { kind: "job-fails" } });
    const { ms } = await forceWeekly(world);
    expect(ms).toBeLessThan(SOON_MS);
    expect(world.ready().map(cadenceIn)).toContain("daily");
  });

  const rivals = [0, 20, 60, 100, 150, 200, 250].flatMap((gapMs) =>
    [0, 8_000].map((slowMs) => ({ gapMs, slowMs })),
  );

  it.each(rivals)("leaves a backup where that run lives: %j", async ({ gapMs, slowMs }) => {
    const world = await afterKill();
    world.project.user.rename(MARKED, copyOf("daily", 1));
    // Longer than the weekly run waits: it takes the daily one for killed.
    if (slowMs > 0)
      world.project.faults.add({ operation: "environments.rename", effect: { kind: "slow", ms: slowMs } });
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect: { kind: "job-fails" } });
    const [, weekly] = await Promise.all([
      world.call("POST", "/api/jobs/daily-backup?force=true", { runtime: PATIENT }),
      world.clock.advance(gapMs).then(() => forceWeekly(world)),
    ]);
    expect(weekly.ms).toBeLessThan(SOON_MS);
    expect(withoutAny(world, at(1, 1))).toEqual([]);
    expect(destroyed(world).length).toBeLessThanOrEqual(1);
  });
});

describe("an eviction that DatoCMS does not carry out", () => {
  const cases = [
    { kind: "job-fails" } as const,
    { kind: "status", status: 503, when: "before" } as const,
    { kind: "status", status: 503, when: "after" } as const,
  ].flatMap((effect) =>
    ["/api/jobs/scheduled-backups", "/api/jobs/daily-backup?force=true"].map((path) => ({ effect, path })),
  );

  it.each(cases)("is asked for three times at most, and then ends the run: $path, $effect", async (given) => {
    const world = await withDue(["daily", "weekly"], {
      forkMs: 5_000,
      destroyMs: 1_000,
      plan: { sandboxLimit: 2 },
    });
    world.project.faults.add({ ...ALWAYS, operation: "environments.destroy", effect: given.effect });
    const before = world.emulator.requests.length;
    const began = world.clock.monotonic();
    await world.call("POST", given.path, { runtime: PATIENT });
    expect(world.clock.monotonic() - began).toBeLessThan(SOON_MS);
    const asked = world.emulator.requests
      .slice(before)
      .filter(({ operation }) => operation === "environments.destroy")
      .map(({ path }) => path.replace(/-superseded-\d+$/, ""));
    for (const path of new Set(asked))
      expect(asked.filter((each) => each === path).length).toBeLessThanOrEqual(3);
    expect(world.ready().filter((id) => id.includes("-superseded-"))).toEqual([]);
    expect(world.ready()).toHaveLength(2);
  });
});
