import { describe, expect, it } from "vitest";
import { ALWAYS, destroyed, forks, withYesterday } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** What a run makes of answers that tell little, and what it begins with little left. */

const MANUAL = "/api/jobs/daily-backup";
const FORCED = `${MANUAL}?force=true`;
const ALL_DUE = "/api/jobs/scheduled-backups";

/** Today's copy made by the service, 20 minutes ago. */
async function replaceable(...options: Parameters<typeof openWorld>): Promise<World> {
  const world = await withYesterday(...options);
  await world.call("POST", MANUAL);
  await world.clock.advance(20 * 60_000);
  return world;
}

describe("a write whose answer tells nothing", () => {
  it.each([
    { kind: "drop", when: "after" },
    { kind: "hang", when: "after" },
    { kind: "html", status: 502, when: "after" },
    { kind: "html", status: 200, when: "after" },
    { kind: "status", status: 503, when: "after" },
    { kind: "drop", when: "before" },
    { kind: "status", status: 503 },
  ] as const)("is looked after, whatever it was ($kind, $when)", async (effect) => {
    for (const operation of ["environments.rename", "environments.fork", "environments.destroy"] as const) {
      const world = await replaceable();
      const before = world.clock.now();
      const fault = world.project.faults.add({ operation, effect });
      const { status, body } = await world.call("POST", FORCED);
      expect(fault.hits).toBe(1);
      expect({ status, body }, operation).toMatchObject({
        status: 200,
        body: { result: { state: "ready" } },
      });
      expect(JSON.stringify(body)).not.toContain("COPY_NOT_REMOVED");
      expect(world.ready()).toEqual([copyOf("daily", 1)]);
      expect(world.project.environment(copyOf("daily", 1))?.createdAt).toBeGreaterThanOrEqual(before);
      expect(forks(world)).toHaveLength(2);
    }
  });
});

it.each([
  ["environments.fork", "POST", "/fork"],
  ["environments.rename", "PUT", "/rename"],
  ["environments.destroy", "DELETE", ""],
] as const)("a 429 to %s is waited out for as long as it asks", async (operation, wanted, end) => {
  const world = await replaceable();
  const headers = { "X-RateLimit-Reset": "7" };
  world.project.faults.add({ operation, effect: { kind: "status", status: 429, headers } });
  const times: number[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const { method, url } = new Request(input, init);
    if (method === wanted && new URL(url).pathname.endsWith(end)) times.push(world.clock.monotonic());
    return world.emulator.fetch(input, init);
  };
  const { status } = await world.call("POST", FORCED, { runtime: { fetch, budgetMs: 50_000 } });
  expect(status).toBe(200);
  expect(times).toHaveLength(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(7_000);
});

it("reads are tried again with growing gaps", async () => {
  const world = await withYesterday();
  const effect = { kind: "status", status: 503 } as const;
  world.project.faults.add({ ...ALWAYS, operation: "environments.list", effect });
  const times: number[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (new URL(new Request(input, init).url).pathname === "/environments")
      times.push(world.clock.monotonic());
    return world.emulator.fetch(input, init);
  };
  await world.call("POST", MANUAL, { runtime: { fetch } });
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps.length).toBeGreaterThanOrEqual(3);
  for (const [index, gap] of gaps.entries())
    if (index > 0) expect(gap).toBeGreaterThan(gaps[index - 1] ?? Number.POSITIVE_INFINITY);
});

it("what failed long ago does not end the wait for a fork", async () => {
  const world = await withYesterday({ forkMs: 90_000 });
  const effect = { kind: "hang", when: "before" } as const;
  for (const skip of [2, 5, 8, 11])
    world.project.faults.add({ operation: "environments.list", skip, effect });
  const { body } = await world.call("POST", ALL_DUE, { runtime: { budgetMs: 280_000 } });
  expect(body).toMatchObject({ result: { results: [{ status: "executed" }] } });
});

describe("with little left", () => {
  const NOT_BEGUN = { body: { error: { details: { cause: "OUT_OF_TIME" } } } };
  const written = (world: World) => world.project.history.filter(({ by }) => by === "api");
  async function withToday(options = {}) {
    const world = await openWorld(options);
    world.project.user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
    await world.goTo(1, 12);
    return world;
  }
  it("no fork is begun in the last ten seconds", async () => {
    const world = await withYesterday();
    expect(await world.call("POST", MANUAL, { runtime: { budgetMs: 9_900 } })).toMatchObject(NOT_BEGUN);
    expect(forks(world)).toEqual([]);
  });
  it("nothing steps aside or gives way in the last twelve", async () => {
    for (const plan of [{ sandboxLimit: 1 }, {}]) {
      const world = await withToday({ plan });
      expect(await world.call("POST", FORCED, { runtime: { budgetMs: 11_900 } })).toMatchObject(NOT_BEGUN);
      expect(written(world)).toEqual([]);
    }
  });
  it("nor with fewer than eight calls", async () => {
    // List, plugin and limit come first.
    for (let maxCalls = 3; maxCalls < 14; maxCalls += 1) {
      const world = await withToday();
      await world.call("POST", FORCED, { runtime: { maxCalls } });
      expect(written(world).length > 0, `${maxCalls} calls`).toBe(maxCalls - 3 >= 8);
    }
  });
});

it("a status that nobody knows is no copy, and nothing to destroy", async () => {
  const world = await withYesterday();
  const today = copyOf("daily", 1);
  world.project.user.fork(null, today, { createdAt: at(1, 1), ready: true });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = await world.emulator.fetch(input, init);
    const text = await answer.text();
    const changed = text.replaceAll(new RegExp(`("id":"${today}".*?"status":)"ready"`, "g"), '$1"migrating"');
    return new Response(changed === "" ? null : changed, { status: answer.status, headers: answer.headers });
  };
  for (const path of [ALL_DUE, "/api/jobs/initialize"])
    await world.call("POST", path, { runtime: { fetch } });
  expect(destroyed(world)).toEqual([]);
});
