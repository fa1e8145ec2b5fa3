import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Cadence } from "../../utils/config.ts";
import { cadenceIn, copies, FOUR, forks, schedule, withoutCopy } from "./judging.ts";
import { type Answer, at, copyOf, openWorld, type World } from "./support.ts";

/** Plans with room for fewer copies than there are cadences, over a month of ticks. */

const DAYS = 32;
const ALL_DUE = "/api/jobs/scheduled-backups";
const MINUTE_MS = 60_000;
/** Day 0 is the anchor, 2 March; monthly comes round on day 31, 2 April. */
const INTERVALS = { daily: 1, weekly: 7, biweekly: 14, monthly: 31 } as const;

const SETS = [["daily"], ["daily", "weekly"], FOUR] as const;
/** Where a fork too many is refused, and whether the limit can be read. */
const TOLD = [
  { planRefusal: "sync", limitsEndpoint: "listed" },
  { planRefusal: "sync", limitsEndpoint: "absent-code" },
  { planRefusal: "in-job", limitsEndpoint: "listed" },
] as const;
const UNTOLD = [{ planRefusal: "in-job", limitsEndpoint: "404" }] as const;

/** Every plan with every set of cadences. */
function cases<T extends object>(variants: readonly T[]) {
  return [0, 1, 2, 3].flatMap((places) =>
    SETS.flatMap((cadences) =>
      variants.map((variant) => ({ places, cadences, named: cadences.join(", "), ...variant })),
    ),
  );
}

/** The copies that there are at the end of a day, when all has gone well. */
function dueBy(day: number, cadences: readonly Cadence[]): string[] {
  return cadences.map((cadence) => copyOf(cadence, day - (day % INTERVALS[cadence]))).toSorted();
}

const Failure = z.object({
  code: z.string(),
  message: z.string(),
  details: z.object({
    limit: z.number().nullable(),
    inUse: z.number(),
    ours: z.number(),
    foreign: z.number(),
  }),
});
const Results = z.object({
  ok: z.boolean(),
  error: z.object({ code: z.string(), details: z.object({ failedScopes: z.array(z.string()) }) }).optional(),
  result: z.object({
    results: z.array(z.object({ scope: z.string(), status: z.string(), error: z.unknown().optional() })),
  }),
});

/** The ticks of a day in their slots' own hours. */
async function ticksOf(world: World, day: number): Promise<void> {
  const { daily, weekly } = world.slots;
  const ticks = [
    { job: "daily", hour: daily.hour },
    { job: "weekly", hour: weekly.hour },
  ] as const;
  for (const { job, hour } of ticks.toSorted((a, b) => a.hour - b.hour)) {
    await world.goTo(day, hour);
    await world.tick(job);
  }
}

/** Everything that the service destroyed made way for a copy of its own cadence, there within a minute. */
function expectNothingGivenAway({ project }: World): void {
  const { history } = project;
  for (const { id, at: instant } of history.filter(
    ({ type, by }) => type === "destroy-began" && by === "api",
  )) {
    const successors = history.filter(
      (event) =>
        event.type === "ready" &&
        event.id !== id &&
        cadenceIn(event.id) === cadenceIn(id) &&
        Math.abs(event.at - instant) < MINUTE_MS,
    );
    expect(successors, `${id} went without a successor`).not.toEqual([]);
  }
}

/** What the answer says of the cadences that have no place. */
function expectRefused(
  { status, body }: Answer,
  without: readonly string[],
  limit: number | null,
  ours: number,
) {
  const { ok, error, result } = Results.parse(body);
  const failed = result.results.filter((each) => each.status === "failed");
  expect(failed.map(({ scope }) => scope)).toEqual(without);
  expect({ status, ok }).toEqual(without.length > 0 ? { status: 500, ok: false } : { status: 200, ok: true });
  if (without.length > 0) expect(error?.details.failedScopes).toEqual(without);
  for (const each of failed) {
    const { code, message, details } = Failure.parse(each.error);
    expect({ code, details }).toEqual({
      code: "ENVIRONMENT_LIMIT_REACHED",
      details: { limit, inUse: ours, ours, foreign: 0 },
    });
    expect(message).toMatch(/Delete a sandbox .*, keep fewer backups, or take a plan with more environments/);
  }
}

describe("a plan of few places, over 32 days of ticks", () => {
  it.each(cases(TOLD))(
    "$places for $named serves as many as fit, in order (refused $planRefusal, limit $limitsEndpoint)",
    async ({ places, cadences, planRefusal, limitsEndpoint }) => {
      const plan = { sandboxLimit: places, limitsEndpoint };
      const world = await openWorld({ plan, unknowns: { planRefusal } });
      world.project.user.setParameters("main", schedule(cadences));
      const served: readonly Cadence[] = cadences.slice(0, places);
      const without = cadences.slice(places);
      const limit = limitsEndpoint === "listed" ? places : null;

      await world.goTo(0, 0);
      const first = await world.call("POST", ALL_DUE);
      expectRefused(first, without, limit, served.length);
      const made = Results.parse(first.body).result.results.filter(({ status }) => status === "executed");
      expect(made.map(({ scope }) => scope)).toEqual(served);

      for (let day = 0; day < DAYS; day += 1) {
        await ticksOf(world, day);
        await world.goTo(day, 23);
        expectRefused(await world.call("POST", ALL_DUE), without, limit, served.length);
        expect(world.ready().toSorted()).toEqual(dueBy(day, served));
      }
      expectNothingGivenAway(world);
      if (places > cadences.length)
        for (const cadence of cadences) expect(withoutCopy(world, cadence, at(0, 1))).toEqual([]);
    },
  );

  // The fork is accepted and vanishes later without a word: that it was for want of room nobody can know.
  it.each(cases(UNTOLD))(
    "$places for $named costs no copy where DatoCMS never says why (limit $limitsEndpoint)",
    async ({ places, cadences, planRefusal, limitsEndpoint }) => {
      const plan = { sandboxLimit: places, limitsEndpoint };
      const world = await openWorld({ plan, unknowns: { planRefusal } });
      world.project.user.setParameters("main", schedule(cadences));
      const served = cadences.slice(0, places);
      await world.goTo(0, 0);
      await world.call("POST", ALL_DUE);
      expect(world.ready()).toEqual(served.map((cadence) => copyOf(cadence, 0)));
      for (let day = 0; day < DAYS; day += 1) {
        await ticksOf(world, day);
        await world.goTo(day, 23);
        const { body } = await world.call("POST", ALL_DUE);
        for (const { status, error } of Results.parse(body).result.results)
          if (status === "failed") expect(error).toMatchObject({ code: "FORK_FAILED" });
        expect(world.ready().toSorted()).toEqual(dueBy(places > cadences.length ? day : 0, served));
      }
      for (const cadence of served) expect(withoutCopy(world, cadence, at(0, 1))).toEqual([]);
      expectNothingGivenAway(world);
    },
  );
});

describe("a plan of few places without a saved schedule", () => {
  it.each([0, 1, 2, 3])("of %i serves BACKUP_CADENCES in order", async (places) => {
    const variables = { BACKUP_CADENCES: FOUR.join(",") };
    const world = await openWorld({ plan: { sandboxLimit: places } }, variables);
    await world.goTo(0, 0);
    await world.call("POST", "/api/jobs/initialize");
    for (let day = 0; day < DAYS; day += 1) {
      await ticksOf(world, day);
      await world.goTo(day, 23);
      if (places > 0) expect(copies(world, "daily")).toEqual([copyOf("daily", day)]);
      if (places > 1) expect(copies(world, "weekly")).toHaveLength(1);
    }
    const served = FOUR.slice(0, places);
    expect(world.ready().map(cadenceIn).toSorted()).toEqual(served.toSorted());
    if (places > 1) expect(forks(world, "weekly").length).toBeGreaterThanOrEqual(5);
    expectNothingGivenAway(world);
  });
});

describe("places that others have taken", () => {
  it("are told apart from ours", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 4 } });
    for (const id of ["feature-a", "feature-b", "backup-plugin-daily-keep"])
      world.project.user.fork(null, id, { createdAt: at(0, 0), ready: true });
    world.project.user.setParameters("main", schedule(["daily", "weekly"]));
    await world.goTo(0, 12);
    const { body } = await world.call("POST", ALL_DUE);
    expect(Results.parse(body).result.results).toMatchObject([
      { scope: "daily", status: "executed" },
      { scope: "weekly", error: { details: { limit: 4, inUse: 4, ours: 1, foreign: 3 } } },
    ]);
  });
});
