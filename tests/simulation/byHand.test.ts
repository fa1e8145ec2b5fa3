import { describe, expect, it } from "vitest";
import { copies, destroyed, FOUR, forks, schedule } from "./judging.ts";
import { type Answer, at, type CallOptions, copyOf, openWorld, type World } from "./support.ts";

/** What runs by hand may take away: with the secret not the last way back, without one next to nothing. */

const NOW = "/api/datocms/backup-now";
/** How old the backups are that a project has of each cadence, days before day one. */
const AGES = { daily: 1, weekly: 5, biweekly: 9, monthly: 20 } as const;

async function withAll(...[options, variables]: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(options, variables);
  world.project.user.setParameters("main", schedule(FOUR, copyOf("", -27).slice(-10)));
  for (const cadence of FOUR) {
    const day = 1 - AGES[cadence];
    world.project.user.fork(null, copyOf(cadence, day), { createdAt: at(day, 1), ready: true });
  }
  await world.goTo(1, 12);
  return world;
}

/** Backups that were taken before a moment and are still ready. */
function olderThan(world: World, instant: number): string[] {
  return world.ready().filter((id) => (world.project.environment(id)?.createdAt ?? instant) < instant);
}

const problemsOf = ({ body }: Answer) => JSON.stringify(body.result ?? body.error);

describe("a run by hand of a holder of the secret", () => {
  it.each(["", "?force=true"])("leaves a way back to before today, whatever is called%s", async (query) => {
    const world = await withAll();
    const answers: Answer[] = [];
    for (const scope of FOUR) answers.push(await world.call("POST", `${NOW}${query}`, { body: { scope } }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(olderThan(world, at(-1, 12))).toEqual([copyOf("weekly", -4)]);
    expect(answers.map(problemsOf).filter((each) => each.includes("OLDER_BACKUP_KEPT"))).toEqual([
      expect.stringContaining(`${copyOf("weekly", -4)} stays`),
    ]);
  });

  it("does so when all are called at once", async () => {
    const world = await withAll();
    await Promise.all(FOUR.map((scope) => world.call("POST", NOW, { body: { scope } })));
    expect(olderThan(world, at(-1, 12))).toEqual([copyOf("weekly", -4)]);
  });

  it("does so on a full plan, where an old one would have to give way, and says why", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 1 } });
    world.project.user.fork(null, copyOf("daily", -2), { createdAt: at(-2, 1), ready: true });
    await world.goTo(1, 12);
    for (const path of ["/api/jobs/daily-backup", "/api/jobs/daily-backup?force=true"]) {
      const answer = await world.call("POST", path);
      expect(answer.status).toBe(500);
      expect(problemsOf(answer)).toContain("48 hours");
    }
    expect(world.ready()).toEqual([copyOf("daily", -2)]);
  });

  it("leaves it to a scheduled run, which removes it in its time", async () => {
    const world = await withAll();
    await world.call("POST", NOW, { body: { scope: "weekly" } });
    expect(copies(world, "weekly")).toEqual([copyOf("weekly", -4), copyOf("weekly", 1)]);
    await world.goTo(2, world.slots.daily.hour);
    await world.tick("daily");
    expect(copies(world, "weekly")).toEqual([copyOf("weekly", 1)]);
  });

  it("removes what is younger, and what another is newer than", async () => {
    const world = await withAll();
    for (const scope of ["daily", "monthly"]) await world.call("POST", NOW, { body: { scope } });
    expect(destroyed(world)).toEqual([copyOf("daily", 0), copyOf("monthly", -19)]);
  });

  it("has it seen through after its answer by the same rule", async () => {
    const world = await withAll({ forkMs: 60_000 });
    const kept: Promise<unknown>[] = [];
    const afterAnswer = { budgetMs: 250_000, keep: (work: Promise<unknown>) => void kept.push(work) };
    await world.call("POST", NOW, { body: { scope: "weekly" }, runtime: { afterAnswer } });
    await world.clock.run(() => Promise.all(kept));
    expect(copies(world, "weekly")).toEqual([copyOf("weekly", -4), copyOf("weekly", 1)]);
  });
});

describe("where no secret is configured, a run by hand", () => {
  const OPEN: CallOptions = { variables: { DATOCMS_BACKUPS_SHARED_SECRET: "" } };
  const open = (world: World, path: string, body?: unknown) =>
    world.call("POST", path, { ...OPEN, ...(body !== undefined && { body }) });

  it.each(["", "?force=true"])("makes what today lacks, once%s", async (query) => {
    const world = await withAll();
    const first = await open(world, `${NOW}${query}`, { scope: "daily" });
    const second = await open(world, `${NOW}${query}`, { scope: "daily" });
    expect([first.body, second.body]).toMatchObject([
      { result: { createdEnvironmentId: copyOf("daily", 1), deletedEnvironmentId: null } },
      { result: { createdEnvironmentId: copyOf("daily", 1), reused: true } },
    ]);
    expect(first.body.result).not.toHaveProperty("reused");
    expect(forks(world)).toHaveLength(1);
  });

  it("removes nothing by backup-now, whatever is surplus, and not after its answer either", async () => {
    const world = await withAll({ forkMs: 60_000 });
    world.project.user.fork(null, copyOf("weekly", -11), { createdAt: at(-11, 1), ready: true });
    const kept: Promise<unknown>[] = [];
    const afterAnswer = { budgetMs: 250_000, keep: (work: Promise<unknown>) => void kept.push(work) };
    for (const scope of FOUR)
      await world.call("POST", `${NOW}?force=true`, { ...OPEN, body: { scope }, runtime: { afterAnswer } });
    await world.clock.run(() => Promise.all(kept));
    await open(world, NOW, { scope: "daily" });
    expect(forks(world)).toHaveLength(4);
    expect(destroyed(world)).toEqual([]);
  });

  it("lets nothing give way by backup-now on a full plan", async () => {
    const world = await withAll({ plan: { sandboxLimit: 4 } });
    const { status, body } = await open(world, `${NOW}?force=true`, { scope: "daily" });
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: { details: { cause: "ENVIRONMENT_LIMIT_REACHED" } } });
    expect(world.project.history.filter(({ by }) => by === "api")).toEqual([]);
  });

  it("removes the predecessor of its own cadence by a job's route, and nothing else", async () => {
    const world = await withAll();
    world.project.user.fork(null, copyOf("weekly", -11), { createdAt: at(-11, 1), ready: true });
    const { body } = await open(world, "/api/jobs/daily-backup");
    expect(body).toMatchObject({ result: { deletedEnvironmentId: copyOf("daily", 0) } });
    expect(destroyed(world)).toEqual([copyOf("daily", 0)]);
  });

  it.each([
    [NOW, "weekly"],
    [NOW, "monthly"],
    ["/api/jobs/weekly-backup", "weekly"],
  ])("by %s makes no %s backup that the schedule does not make", async (path, scope) => {
    const world = await openWorld();
    world.project.user.setParameters("main", schedule(["daily"]));
    await world.goTo(1, 12);
    const { status, body } = await open(world, path, { scope });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      error: { code: "CADENCE_NOT_ENABLED", details: { cadence: scope, enabledCadences: ["daily"] } },
    });
    expect(forks(world)).toEqual([]);
  });

  it("initializes what the schedule makes", async () => {
    const world = await openWorld();
    world.project.user.setParameters("main", schedule(["daily"]));
    await world.goTo(1, 12);
    const { status, body } = await open(world, "/api/jobs/initialize");
    expect(status).toBe(200);
    expect(Object.keys(body.result as object)).toEqual(["daily"]);
    world.project.user.setParameters("main", schedule(["monthly"]));
    expect((await open(world, "/api/jobs/initialize")).status).toBe(409);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });
});
