import { describe, expect, it } from "vitest";
import type { Fault, Unknowns } from "../../emulator/emulator.ts";
import { ALWAYS, copies, FOUR, forks, withDue, withoutCopy } from "./judging.ts";
import { at, copyOf, type World } from "./support.ts";

/** Four cadences that are due in one run. */

const ALL_DUE = "/api/jobs/scheduled-backups";
/** Over HTTP on Netlify, whose crons could call this, and in Vercel's cron. */
const NETLIFY = { budgetMs: 50_000 };
const CRON = { budgetMs: 280_000 };
/** The day of each cadence's older copy. */
const OLDER = { daily: 0, weekly: -6, biweekly: -13, monthly: -27 } as const;
const TODAY = FOUR.map((cadence) => copyOf(cadence, 1));

const calls = ({ emulator }: World) => emulator.requests.length;

/** The emulator's clock when the n-th fork began and when the last copy was ready, ms since the epoch. */
function timesOf({ project }: World) {
  const began = project.history.filter(({ type, by }) => type === "fork-began" && by === "api");
  const ready = project.history.filter(({ type, by }) => type === "ready" && by === "api");
  return { began: began.map(({ at: instant }) => instant), ready: ready.map(({ at: instant }) => instant) };
}

describe("four cadences that are due with forks of 30 s", () => {
  it("are forked side by side: ready in under 45 s, in at most 40 calls, never without a copy", async () => {
    const world = await withDue(FOUR, { forkMs: 30_000 });
    const from = world.clock.monotonic();
    const { status, body } = await world.call("POST", ALL_DUE, { runtime: NETLIFY });
    expect(world.clock.monotonic() - from).toBeLessThan(45_000);
    expect(calls(world)).toBeLessThanOrEqual(40);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { result: { results: FOUR.map((scope) => ({ scope, status: "executed" })) } },
    });
    for (const cadence of FOUR) {
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
      expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
    }
  });

  it("are begun in order of importance within a second", async () => {
    const world = await withDue(FOUR, { forkMs: 30_000 });
    await world.call("POST", ALL_DUE, { runtime: NETLIFY });
    const { began } = timesOf(world);
    expect(forks(world).map(({ id }) => id)).toEqual(TODAY);
    expect((began.at(-1) ?? 0) - (began[0] ?? 0)).toBeLessThan(1_000);
  });

  it.each<Partial<Unknowns>>([
    { concurrentOperations: "refuse-forks", concurrentIsTransient: true },
    { concurrentOperations: "refuse-forks", concurrentIsTransient: false },
    { concurrentOperations: "refuse-all", concurrentIsTransient: true },
    { concurrentOperations: "refuse-all", concurrentIsTransient: false },
  ])(
    "are forked one after another where DatoCMS demands it ($concurrentOperations, transient: $concurrentIsTransient)",
    async (unknowns) => {
      const world = await withDue(FOUR, { forkMs: 30_000, unknowns });
      const deliveries: number[] = [];
      for (let delivery = 0; delivery < 3 && copies(world, "monthly")[0] !== TODAY[3]; delivery += 1) {
        world.emulator.clearRequests();
        const { body } = await world.call("POST", ALL_DUE, { runtime: CRON });
        expect(JSON.stringify(body)).not.toMatch(/FORK_FAILED|OLD_COPY_GAVE_WAY/);
        deliveries.push(calls(world));
        await world.clock.advance(60_000);
      }
      expect(Math.max(...deliveries)).toBeLessThanOrEqual(40);
      // Deletions exclude each other too, and a run that only tidies up waits for none.
      for (let left = 0; left < 3; left += 1) {
        await world.call("POST", ALL_DUE, { runtime: CRON });
        await world.clock.advance(60_000);
      }
      expect(forks(world).map(({ id }) => id)).toEqual(TODAY);
      for (const cadence of FOUR) {
        expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
        expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
      }
      const { began, ready } = timesOf(world);
      for (const [index, instant] of began.entries())
        if (index > 0) expect(instant).toBeGreaterThanOrEqual(ready[index - 1] ?? Number.POSITIVE_INFINITY);
    },
  );

  it("are completed by later deliveries on a Worker, which may make 15 calls each", async () => {
    const world = await withDue(FOUR, { forkMs: 30_000 });
    const worker = { budgetMs: 30_000, maxCalls: 15 };
    for (let delivery = 0; delivery < 4; delivery += 1) {
      world.emulator.clearRequests();
      await world.call("POST", ALL_DUE, { runtime: worker });
      expect(calls(world)).toBeLessThanOrEqual(15);
      await world.clock.advance(60_000);
    }
    expect(forks(world)).toHaveLength(4);
    for (const cadence of FOUR) {
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
      expect(withoutCopy(world, cadence, at(1, 12))).toEqual([]);
    }
  });
});

describe("a cadence that fails", () => {
  const EFFECTS: [string, Fault["effect"]][] = [
    ["vanishes", { kind: "job-fails" }],
    ["is refused", { kind: "status", status: 422, code: "SOMETHING_ELSE" }],
    ["is refused for want of room", { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" }],
    ["is not permitted", { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" }],
    [
      "finds DatoCMS busy",
      { kind: "status", status: 422, code: "CONCURRENT_ENVIRONMENT_UPDATE", transient: true },
    ],
    ["answers 503", { kind: "status", status: 503 }],
    ["never answers", { kind: "hang", when: "before" }],
    ["never ends", { kind: "never-ends" }],
    ["is limited without end", { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } }],
  ];

  it.each(EFFECTS)("because its fork %s never stops the others", async (_, effect) => {
    for (const failing of FOUR) {
      const world = await withDue(FOUR, { forkMs: 8_000, plan: { sandboxLimit: 9 } });
      const environment = copyOf(failing, 1);
      world.project.faults.add({ ...ALWAYS, operation: "environments.fork", environment, effect });
      await world.call("POST", ALL_DUE, { runtime: NETLIFY });
      for (const cadence of FOUR) {
        const made = copyOf(cadence, cadence === failing ? OLDER[cadence] : 1);
        expect(copies(world, cadence), `${failing} fails`).toEqual([made]);
      }
    }
  });

  it("in its clearing up never stops the others, nor its own copy", async () => {
    for (const failing of FOUR) {
      const world = await withDue(FOUR);
      const environment = copyOf(failing, OLDER[failing]);
      for (const effect of [
        { kind: "hang", when: "before" },
        { kind: "status", status: 500 },
      ] as const)
        world.project.faults.add({ operation: "environments.destroy", times: 3, environment, effect });
      const { status } = await world.call("POST", ALL_DUE, { runtime: NETLIFY });
      expect(status).toBe(200);
      for (const cadence of FOUR) {
        const expected = cadence === failing ? [environment, copyOf(cadence, 1)] : [copyOf(cadence, 1)];
        expect(copies(world, cadence)).toEqual(expected);
      }
    }
  });
});
