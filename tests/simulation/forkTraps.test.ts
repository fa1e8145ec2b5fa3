import { describe, expect, it } from "vitest";
import {
  cadenceIn,
  copies,
  destroyed,
  FOUR,
  forks,
  schedule,
  withDue,
  withoutCopy,
  withYesterday,
} from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** The API's traps for whoever forks: what is documented, recorded or measured of it. */

const MANUAL = "/api/jobs/daily-backup";
const FORCED = `${MANUAL}?force=true`;
const ALL_DUE = "/api/jobs/scheduled-backups";

function sent(world: World, operation: string): number {
  return world.emulator.requests.filter((request) => request.operation === operation).length;
}

describe("a fork that times out", () => {
  it.each([
    { kind: "hang", when: "after" },
    { kind: "slow", ms: 20_000 },
    { kind: "slow-body", ms: 20_000 },
    { kind: "status", status: 500, when: "after" },
    { kind: "drop", when: "after" },
  ] as const)("is sent once, not five times ($kind)", async (effect) => {
    const world = await withYesterday();
    world.project.faults.add({ operation: "environments.fork", effect });
    const { status, body } = await world.call("POST", MANUAL);
    expect({ status, body }).toMatchObject({ status: 200, body: { result: { state: "ready" } } });
    expect(sent(world, "environments.fork")).toBe(1);
  });

  it("is found though no list shows copies in the making", async () => {
    const world = await withYesterday({ forkMs: 12_000, unknowns: { creating: "unlisted" } });
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "hang", when: "after" } });
    expect((await world.call("POST", MANUAL)).status).toBe(200);
    expect(sent(world, "environments.fork")).toBe(1);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });
});

describe("waiting for a fork", () => {
  it.each([45_000, 10 * 60_000, 3 * 60 * 60_000])(
    "ends with the time of the invocation; a later tick sees a fork of %i ms through",
    async (forkMs) => {
      const world = await withYesterday({ forkMs });
      const began = world.clock.monotonic();
      const { status, body } = await world.call("POST", ALL_DUE);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { result: { results: [{ status: "creating" }] } },
      });
      expect(world.clock.monotonic() - began).toBeLessThanOrEqual(30_000);
      await world.clock.advance(forkMs);
      expect((await world.call("POST", ALL_DUE)).status).toBe(200);
      expect(forks(world)).toHaveLength(1);
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    },
  );
});

describe("a fork without a status for failure", () => {
  it("is told when it vanishes, in whatever second that is", async () => {
    for (const forkMs of [0, 400, 3_000, 25_000]) {
      const world = await withYesterday({ forkMs });
      world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
      const { status, body } = await world.call("POST", MANUAL);
      expect({ status, body }).toMatchObject({
        status: 500,
        body: { error: { details: { cause: "FORK_FAILED" } } },
      });
      expect(destroyed(world)).toEqual([]);
    }
  });

  it("that vanished between two ticks is begun again by the second", async () => {
    const world = await withYesterday({ forkMs: 40 * 60_000 });
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    await world.call("POST", ALL_DUE);
    await world.clock.advance(50 * 60_000);
    world.project.settings.forkMs = 5_000;
    expect((await world.call("POST", ALL_DUE)).status).toBe(200);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("and that hangs in `creating` for ever does not stop the next dates, of any cadence", async () => {
    const world = await openWorld();
    world.project.user.setParameters("main", schedule(FOUR));
    for (const cadence of FOUR)
      world.project.user.fork(null, copyOf(cadence, -30), { createdAt: at(-30, 1), ready: true });
    world.project.faults.add({ operation: "environments.fork", times: 4, effect: { kind: "never-ends" } });
    for (let day = 0; day < 32; day += 1) {
      await world.goTo(day, 12);
      const { status } = await world.call("POST", ALL_DUE);
      expect(status).toBe(200);
    }
    for (const [cadence, day] of [
      ["daily", 31],
      ["weekly", 28],
      ["biweekly", 28],
      ["monthly", 31],
    ] as const) {
      expect(copies(world, cadence)).toEqual([copyOf(cadence, day)]);
      expect(world.project.environment(copyOf(cadence, 0))?.status).toBe("creating");
      expect(withoutCopy(world, cadence, at(0, 1))).toEqual([]);
    }
  });
});

describe("a name that is still taken", () => {
  it.each(["listed-until-gone", "hidden-at-once"] as const)(
    "by an environment on its way out is waited for (%s)",
    async (destroying) => {
      const world = await openWorld({
        destroyMs: 6_000,
        plan: { sandboxLimit: 1 },
        unknowns: { destroying },
      });
      await world.goTo(1, 12);
      await world.call("POST", MANUAL);
      await world.clock.advance(60_000);
      const { status, body } = await world.call("POST", FORCED);
      expect({ status, body }).toMatchObject({ status: 200, body: { result: { state: "ready" } } });
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    },
  );
});

describe("what is neither lower case, digit nor dash", () => {
  it("stands in no name that is given, and none is longer than 54 characters", async () => {
    const world = await withDue(FOUR, { unknowns: { idMaxLength: 54 } });
    await world.call("POST", ALL_DUE);
    for (let run = 0; run < 2; run += 1) {
      await world.clock.advance(20 * 60_000);
      expect((await world.call("POST", FORCED)).status).toBe(200);
      expect((await world.call("POST", "/api/jobs/weekly-backup?force=true")).status).toBe(200);
    }
    const given = world.project.history.filter(
      ({ by, type }) => by === "api" && /fork-began|renamed/.test(type),
    );
    expect(given).toHaveLength(12);
    for (const { id } of given) expect(id).toMatch(/^[a-z0-9-]{1,54}$/);
  });

  it("or is too long, refused: today's copy cannot be replaced then, and stays", async () => {
    const world = await withDue(["daily"], { unknowns: { idMaxLength: 50 } });
    expect((await world.call("POST", ALL_DUE)).status).toBe(200);
    await world.clock.advance(20 * 60_000);
    const { status, body } = await world.call("POST", FORCED);
    expect({ status, body }).toMatchObject({
      status: 500,
      body: { error: { details: { cause: "DATOCMS_REFUSED" } } },
    });
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });
});

describe("the primary", () => {
  it.each(["production", "backup-plugin-daily-2020-01-01", "a"])(
    "is known by its mark, not by the name main (%s)",
    async (primary) => {
      const world = await openWorld({ primary });
      world.project.user.fork(null, "main", { createdAt: at(0, 1), ready: true });
      await world.goTo(1, 12);
      expect((await world.call("POST", MANUAL)).status).toBe(200);
      expect(forks(world).map(({ from }) => from)).toEqual([primary]);
      expect(world.ids()).toEqual(expect.arrayContaining([primary, "main"]));
    },
  );

  it("is looked for again by each run: after a promote the new one is copied", async () => {
    const world = await withYesterday();
    world.project.user.fork(null, "release-2", { createdAt: at(0, 1), ready: true });
    world.project.user.promote("release-2");
    await world.call("POST", MANUAL);
    expect(forks(world).map(({ from }) => from)).toEqual(["release-2"]);
    expect(world.ready()).toContain("main");
  });

  it("is never read-only for a backup, unless fast forks are asked for", async () => {
    for (const [mode, expected] of [
      ["normal", false],
      ["fast", true],
    ] as const) {
      const world = await withYesterday({ forkMs: 10_000 }, { BACKUP_FORK_MODE: mode });
      const run = world.call("POST", MANUAL);
      await world.clock.advance(3_000);
      expect(world.project.environment("main")?.readOnly).toBe(expected);
      expect((await run).status).toBe(200);
    }
  });
});

describe("at the moment of a deletion", () => {
  /** Speaks with the emulator; something happens while the new copy is being waited for. */
  function meanwhile(world: World, happening: () => void): typeof fetch {
    let lists = 0;
    return (input, init) => {
      if (String(input).endsWith("/environments") && ++lists === 2) happening();
      return world.emulator.fetch(input, init);
    };
  }

  const HAPPENINGS: [string, (world: World) => void][] = [
    ["promoted", ({ project }) => project.user.promote(copyOf("daily", 0))],
    ["renamed", ({ project }) => project.user.rename(copyOf("daily", 0), "kept-by-hand")],
    ["changed", ({ project }) => project.user.edit(copyOf("daily", 0))],
    ["forked", ({ project }) => project.user.fork(copyOf("daily", 0), "redesign", { ready: true })],
  ];

  it.each(HAPPENINGS)("a copy that was %s a second ago is not deleted", async (_, happening) => {
    const world = await withYesterday();
    const fetch = meanwhile(world, () => happening(world));
    expect((await world.call("POST", MANUAL, { runtime: { fetch } })).status).toBe(200);
    expect(destroyed(world)).toEqual([]);
    expect(copies(world, "daily")).toContain(copyOf("daily", 1));
  });
});

describe("a backup that somebody copies from, and that is renamed meanwhile", () => {
  const NAME = copyOf("daily", -7);
  const MARKED = `${NAME}-superseded-120000000`;

  it.each([
    [NAME, MARKED],
    [MARKED, NAME],
  ])("is not asked to go, though DatoCMS tells its old name (%s, then %s)", async (before, after) => {
    // A new time of creation hides that somebody has forked it: nothing but the running fork speaks for it.
    const world = await openWorld({
      forkMs: 600_000,
      unknowns: { renameKeepsCreatedAt: false, destroyForkingOrigin: "allow" },
    });
    const { user, settings } = world.project;
    user.fork(null, before, { createdAt: at(-7, 12), ready: true });
    user.fork(null, copyOf("daily", 0), { createdAt: at(0, 12), ready: true });
    await world.goTo(1, world.slots.daily.hour);
    user.fork(before, "redesign");
    await world.clock.advance(1_000);
    user.rename(before, after);
    settings.forkMs = 0;
    await world.tick("daily");
    expect(destroyed(world)).toEqual([copyOf("daily", 0)]);
    await world.goTo(1, world.slots.daily.hour + 1);
    await world.tick("daily");
    expect(destroyed(world)).toEqual([copyOf("daily", 0), after]);
  });
});

describe("forks beyond what the plan includes", () => {
  it("may be billed: more than one too many never exists, and every answer says so", async () => {
    const world = await withYesterday({ plan: { overageThreshold: 1 } }, { BACKUP_CADENCES: "daily" });
    for (let day = 2; day < 10; day += 1) {
      await world.goTo(day, 12);
      const { body } = await world.call("POST", "/api/jobs/scheduled-backups");
      const result = { problems: [{ code: "OVERAGE" }] };
      expect(body).toMatchObject({ result: { results: [{ status: "executed", result }] } });
    }
    const most = world.project.history.map(
      ({ at: instant }) => world.project.existedAt(instant).filter(({ id }) => cadenceIn(id)).length,
    );
    expect(Math.max(...most)).toBe(2);
  });
});
