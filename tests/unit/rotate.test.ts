import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBudget } from "../../services/datocms/budget.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import type { Outcome } from "../../services/rotation/outcome.ts";
import type { Target } from "../../services/rotation/plan.ts";
import { rotate } from "../../services/rotation/rotate.ts";
import type { Config } from "../../utils/config.ts";
import { valueIn } from "../../utils/failures.ts";
import { silentLogger } from "../../utils/logger.ts";
import { environment } from "./environments.ts";
import { holds } from "./properties.ts";
import { TODAY, WEEKLY, YESTERDAY } from "./runs.ts";
import { type ToyOptions, toyProject } from "./toyProject.ts";

const DEADLINE_MS = 15 * 60_000;
/** Forks take 5 s and removals 1 s: two minutes are for ever. */
const FOR_EVER_MS = 2 * 60_000;
const LAST_WEEK = "backup-plugin-weekly-2026-02-19";

interface Asked extends ToyOptions {
  readonly targets: readonly Partial<Target>[];
  readonly keep?: number;
  readonly rotation?: Config["rotation"];
}

async function play({ targets, keep = 1, rotation = "auto", ...options }: Asked) {
  const { port, clock, states } = toyProject(options);
  const outcomes = await rotate({
    environments: port,
    allowance: createBudget(clock, { deadline: DEADLINE_MS, maxCalls: 5_000 }),
    logger: silentLogger,
    policy: {
      keep: { daily: keep, weekly: keep, biweekly: keep, monthly: keep },
      rotation,
      forkMode: "normal",
      holdDays: 30,
      shrinkLimit: undefined,
    },
    caller: { rightsIfOffered: async () => ({ kind: "full" }) },
    contents: { totals: () => Promise.reject(new Error("Nothing is to be compared")) },
    targets: targets.map((target) => ({
      cadence: "daily",
      date: "2026-02-26",
      fresh: false,
      forced: false,
      ...target,
    })),
    listed: valueIn(await port.list()) ?? [],
    listedAt: clock.monotonic(),
    removes: "all",
    byHand: false,
    now: () => clock.now(),
    enabledCadences: [],
  });
  await clock.sleep(60_000);
  const end = states.at(-1) ?? [];
  return { outcomes, states, elapsed: clock.monotonic() - 60_000, left: end.map(({ id }) => id).sort() };
}

const sandboxes = (...ids: string[]) => ids.map((id) => environment(id));
const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);
const readyOf = (state: readonly Environment[], cadence: string) =>
  state.filter(({ id, status }) => status === "ready" && id.startsWith(`backup-plugin-${cadence}-`)).length;

describe("a fresh copy on a full plan", () => {
  const fresh = { fresh: true };
  test.each([true, false])("leaves today's copy the answer (limit told: %s)", async (tellsLimit) => {
    const { outcomes, left, states } = await play({
      sandboxes: sandboxes(TODAY, WEEKLY),
      limit: 2,
      tellsLimit,
      targets: [fresh],
    });
    expect(outcomes).toMatchObject([
      { kind: "done", reused: true, deleted: [], problems: [{ code: "NO_ROOM_FOR_REPLACEMENT" }] },
    ]);
    expect(left).toEqual([TODAY, WEEKLY, "main"].sort());
    for (const state of states) expect(readyOf(state, "daily")).toBe(1);
  });

  test.each([true, false])(
    "takes its place when forced, and says so (limit told: %s)",
    async (tellsLimit) => {
      const { outcomes, left } = await play({
        sandboxes: sandboxes(TODAY, WEEKLY),
        limit: 2,
        tellsLimit,
        targets: [{ ...fresh, forced: true }],
      });
      expect(outcomes).toMatchObject([
        { kind: "done", reused: false, deleted: [TODAY], problems: [{ code: "OLD_COPY_GAVE_WAY" }] },
      ]);
      expect(left).toEqual([TODAY, WEEKLY, "main"].sort());
    },
  );

  test("is made all the same where only a copy on its way out takes the room", async () => {
    const { outcomes } = await play({
      sandboxes: [environment(TODAY), environment(YESTERDAY, { status: "destroying" })],
      limit: 2,
      tellsLimit: true,
      targets: [fresh],
    });
    expect(outcomes).toMatchObject([{ kind: "done", reused: false, deleted: [TODAY] }]);
  });

  test("a fork that fails leaves the copy that was set aside, under its name", async () => {
    const { outcomes, left, states } = await play({
      sandboxes: sandboxes(TODAY),
      limit: 5,
      tellsLimit: true,
      failingForks: new Set([0]),
      targets: [fresh],
    });
    expect(outcomes).toMatchObject([{ kind: "failed", failure: { cause: "FORK_FAILED" } }]);
    expect(left).toEqual([TODAY, "main"].sort());
    for (const state of states) expect(readyOf(state, "daily")).toBe(1);
  });
});

describe("daily and weekly in one run on a full plan", () => {
  const targets = [{}, { cadence: "weekly" as const }];
  test.each([true, false])("are both made, one after the other (limit told: %s)", async (tellsLimit) => {
    const { outcomes, left, elapsed } = await play({
      sandboxes: sandboxes(YESTERDAY, LAST_WEEK),
      limit: 2,
      tellsLimit,
      targets,
    });
    expect(kinds(outcomes)).toEqual(["done", "done"]);
    expect(left).toEqual([TODAY, WEEKLY, "main"].sort());
    expect(elapsed).toBeLessThan(FOR_EVER_MS);
  });

  test.each([true, false])("share the one place that is free (limit told: %s)", async (tellsLimit) => {
    const { outcomes, states } = await play({
      sandboxes: sandboxes(YESTERDAY, LAST_WEEK),
      limit: 3,
      tellsLimit,
      targets,
    });
    expect(kinds(outcomes)).toEqual(["done", "done"]);
    expect(outcomes.flatMap(({ problems }) => problems)).toEqual([]);
    for (const state of states)
      for (const cadence of ["daily", "weekly"]) expect(readyOf(state, cadence)).toBeGreaterThan(0);
  });

  test("both fail where nothing of ours may give way, and nothing is destroyed", async () => {
    const { outcomes, left, elapsed } = await play({
      sandboxes: sandboxes("staging", "qa"),
      limit: 2,
      tellsLimit: false,
      targets,
    });
    expect(outcomes).toMatchObject(
      [0, 1].map(() => ({ kind: "failed", failure: { cause: "ENVIRONMENT_LIMIT_REACHED" }, deleted: [] })),
    );
    expect(left).toEqual(["main", "qa", "staging"]);
    expect(elapsed).toBeLessThan(FOR_EVER_MS);
  });
});

describe("in any toy project", () => {
  const status = fc.constantFrom("ready", "ready", "ready", "creating", "destroying");
  const dated = (cadence: string) =>
    ["2026-02-24", "2026-02-25", "2026-02-26"].flatMap((date) => [
      `backup-plugin-${cadence}-${date}`,
      `backup-plugin-${cadence}-${date}-superseded-101112131`,
    ]);
  const sandbox = fc
    .record({ id: fc.constantFrom(...dated("daily"), ...dated("weekly"), "staging", "qa"), status })
    .map(({ id, ...rest }) => environment(id, { ...rest, forkedFrom: "main" }));
  const asked = fc.record({
    sandboxes: fc.uniqueArray(sandbox, { maxLength: 6, selector: ({ id }) => id }),
    spare: fc.integer({ min: -1, max: 3 }),
    tellsLimit: fc.boolean(),
    failingForks: fc.subarray([0, 1, 2]).map((failing) => new Set(failing)),
    keep: fc.integer({ min: 1, max: 3 }),
    rotation: fc.constantFrom("auto", "fork-first", "delete-first"),
    targets: fc.shuffledSubarray(
      [
        { cadence: "daily" as const, fresh: false },
        { cadence: "weekly" as const, fresh: false },
      ],
      { minLength: 1 },
    ),
    fresh: fc.boolean(),
    forced: fc.boolean(),
  });
  const situation = asked.map(({ spare, fresh, forced, targets, ...rest }) => ({
    ...rest,
    fresh,
    limit: Math.max(0, rest.sandboxes.length + spare),
    targets: targets.map((target) => ({ ...target, fresh, forced: fresh && forced })),
  }));

  test("no run waits for ever: each target comes to an end of its own", async () => {
    await holds(
      fc.asyncProperty(situation, async (world) => {
        const { outcomes, elapsed } = await play(world);
        expect(outcomes).toHaveLength(world.targets.length);
        expect(elapsed).toBeLessThan(FOR_EVER_MS);
        const ends = outcomes.map((outcome) => (outcome.kind === "failed" ? outcome.failure.cause : "fine"));
        expect(ends).not.toContain("OUT_OF_TIME");
        expect(ends).not.toContain("OUT_OF_CALLS");
      }),
      1_500,
    );
  });

  test("a cadence that had a ready copy keeps one, unless an answer says why not", async () => {
    await holds(
      fc.asyncProperty(situation, async (world) => {
        const { outcomes, states } = await play(world);
        for (const cadence of ["daily", "weekly"]) {
          const counts = states.map((state) => readyOf(state, cadence));
          const hasLost = counts.some((count, index) => count === 0 && (counts[index - 1] ?? 0) > 0);
          const isTold = outcomes.some(
            (outcome) =>
              outcome.cadence === cadence &&
              outcome.problems.some(({ code }) => code === "OLD_COPY_GAVE_WAY"),
          );
          expect(hasLost && !isTold).toBe(false);
          if (hasLost) expect(world.rotation).not.toBe("fork-first");
        }
      }),
      1_500,
    );
  });

  test("foreign environments come through unchanged, and at most one copy of a cadence gives way", async () => {
    await holds(
      fc.asyncProperty(situation, async (world) => {
        const { outcomes, left } = await play(world);
        const foreign = world.sandboxes.filter(
          ({ id, status: now }) => !id.startsWith("backup") && now !== "destroying",
        );
        for (const { id } of foreign) expect(left).toContain(id);
        for (const { problems } of outcomes)
          expect(problems.filter(({ code }) => code === "OLD_COPY_GAVE_WAY").length).toBeLessThanOrEqual(1);
      }),
      1_500,
    );
  });

  test("a run that ends well leaves its copy ready and no more than the count", async () => {
    await holds(
      fc.asyncProperty(situation, async (world) => {
        const { outcomes, states } = await play(world);
        const end = states.at(-1) ?? [];
        for (const outcome of outcomes) {
          if (outcome.kind !== "done") continue;
          expect(end.find(({ id }) => id === outcome.environmentId)?.status).toBe("ready");
          // What others began may come to its end after the run has; the next one sees to it.
          if (world.sandboxes.some((each) => each.status !== "ready")) continue;
          expect(readyOf(end, outcome.cadence)).toBeLessThanOrEqual(world.keep);
        }
      }),
      1_500,
    );
  });
});
