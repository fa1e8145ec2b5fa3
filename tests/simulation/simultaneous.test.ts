import { describe, expect, it } from "vitest";
import type { ScheduledRun } from "../../services/backupService.ts";
import type { Runtime } from "../../utils/platformAdapters.ts";
import { ALWAYS, copies, destroyed, forks, withDue, withoutCopy, withYesterday } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** Several callers at once. `rotation.test.ts` and `regressions.test.ts` hold those that begin together. */

const MANUAL = "/api/jobs/daily-backup";
const ALL_DUE = "/api/jobs/scheduled-backups";
/** What DatoCMS allows every project. */
const RATE = { rateLimit: { limit: 60, windowMs: 3_000 } } as const;
/** Whoever fails for these was only too many; the copy is made by another. */
const BUSY = ["RATE_LIMITED", "OUT_OF_CALLS", "DATOCMS_BUSY"];

/** Day one in daily's slot hour, yesterday's copy there. */
async function inTheSlot(options: Parameters<typeof openWorld>[0]): Promise<World> {
  const world = await openWorld(options);
  world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
  await world.goTo(1, world.slots.daily.hour);
  return world;
}

/**
 * Holds callers back until all have come, virtual time included: how long one takes to get to its first call
 * is real time, which a virtual clock cannot see.
 */
function barrier({ clock, emulator }: World, callers: number) {
  let come = 0;
  let open = () => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  const arrive = () => {
    come += 1;
    if (come === callers) open();
  };
  const held: Pick<Runtime, "clock" | "fetch"> = {
    clock: { ...clock, sleep: (ms, signal) => all.then(() => clock.sleep(ms, signal)) },
    fetch: (input, init) => all.then(() => emulator.fetch(input, init)),
  };
  return { arrive, held };
}

/** Callers of one process, which look for work under way and join it. */
function inOneProcess(world: World, callers: number): Partial<Runtime>[] {
  const { arrive, held } = barrier(world, callers);
  class Register extends Map<string, Promise<unknown>> {
    override get(key: string) {
      arrive();
      return super.get(key);
    }
  }
  const inFlight = new Register();
  return Array.from({ length: callers }, () => ({ ...held, inFlight }));
}

/** Callers of processes that share nothing. */
function apart(world: World, callers: number): Partial<Runtime>[] {
  const { arrive, held } = barrier(world, callers);
  return Array.from({ length: callers }, () => {
    let hasCome = false;
    const fetchHeld: typeof fetch = (input, init) => {
      if (!hasCome) arrive();
      hasCome = true;
      return held.fetch(input, init);
    };
    return { ...held, fetch: fetchHeld };
  });
}

function outcomesOf(runs: readonly (ScheduledRun | undefined)[]) {
  return runs.flatMap((run) => (run?.kind === "ran" ? run.attempts.map(({ outcome }) => outcome) : []));
}

describe("a hundred ticks at once, where DatoCMS allows 60 calls in 3 seconds", () => {
  it.each([0, 5_000, 30_000])("make one fork of %i ms and no error in one process", async (forkMs) => {
    const world = await inTheSlot({ ...RATE, forkMs });
    const callers = inOneProcess(world, 100);
    const runs = await Promise.all(callers.map((runtime) => world.tick("daily", { runtime })));
    expect(outcomesOf(runs).map(({ kind }) => kind)).toEqual(runs.map(() => "done"));
    expect(forks(world)).toHaveLength(1);
    expect(world.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(withoutCopy(world, "daily", at(1, 0))).toEqual([]);
  });

  it.each([0, 5_000, 30_000])("make one fork of %i ms in processes of their own", async (forkMs) => {
    const world = await inTheSlot({ ...RATE, forkMs });
    const runs = await Promise.all(apart(world, 100).map((runtime) => world.tick("daily", { runtime })));
    // A tick that ends with an error returns nothing.
    expect(runs.filter((run) => run === undefined)).toEqual([]);
    expect(outcomesOf(runs).filter(({ kind }) => kind === "failed")).toEqual([]);
    const done = outcomesOf(runs).filter(({ kind }) => kind === "done");
    expect(done.length).toBeGreaterThan(0);
    expect(forks(world)).toHaveLength(1);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(withoutCopy(world, "daily", at(1, 0))).toEqual([]);
  });

  it("over HTTP end in one copy, or in the word that DatoCMS is too busy", async () => {
    const world = await withDue(["daily", "weekly"], RATE);
    const answers = await Promise.all(
      apart(world, 100).map((runtime) => world.call("GET", ALL_DUE, { runtime })),
    );
    for (const { status, body } of answers) {
      if (status === 200) continue;
      const causes = JSON.stringify(body);
      expect(
        BUSY.some((cause) => causes.includes(cause)),
        causes,
      ).toBe(true);
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const cadence of ["daily", "weekly"]) {
      expect(forks(world, cadence)).toHaveLength(1);
      expect(copies(world, cadence)).toEqual([copyOf(cadence, 1)]);
    }
  });
});

describe("two replacements by hand", () => {
  const GAPS = Array.from({ length: 16 }, (_, index) => index * 125);

  it.each([300, 2_500])(
    "at any distance leave one copy of today and lose none on the way (fork of %i ms)",
    async (forkMs) => {
      for (const gapMs of GAPS) {
        const world = await withYesterday({ forkMs });
        await world.call("POST", MANUAL);
        await world.clock.advance(30 * 60_000);
        const before = world.clock.now();
        const answers = await Promise.all([
          world.call("POST", `${MANUAL}?force=true`),
          world.clock.advance(gapMs).then(() => world.call("POST", `${MANUAL}?force=true`)),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
        const made = world.project.environment(copyOf("daily", 1))?.createdAt ?? 0;
        expect(made).toBeGreaterThanOrEqual(before);
        // The copy of yesterday's run, and one for each that was asked for.
        expect(forks(world).length).toBeLessThanOrEqual(3);
        expect(withoutCopy(world, "daily", at(1, 12))).toEqual([]);
      }
    },
  );

  it("in a plan of one place leave one copy", async () => {
    for (const gapMs of GAPS) {
      const world = await withYesterday({ plan: { sandboxLimit: 1 }, destroyMs: 900 });
      const answers = await Promise.all([
        world.call("POST", `${MANUAL}?force=true`),
        world.clock.advance(gapMs).then(() => world.call("POST", `${MANUAL}?force=true`)),
      ]);
      expect(answers.map(({ status }) => status)).toContain(200);
      await world.clock.advance(60_000);
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    }
  });
});

describe("a copy that somebody replaces as soon as it is ready", () => {
  it.each([
    [2_000, 2_250],
    [5_000, 5_250],
    [5_000, 5_500],
  ])("was made, whatever becomes of the other (fork %i ms, replaced after %i ms)", async (forkMs, gapMs) => {
    const world = await inTheSlot({ forkMs });
    world.project.faults.add({ skip: 1, operation: "environments.fork", effect: { kind: "job-fails" } });
    const [run] = await Promise.all([
      world.tick("daily"),
      world.clock.advance(gapMs).then(() => world.call("POST", `${MANUAL}?force=true`)),
    ]);
    expect(run).toMatchObject({ attempts: [{ outcome: { kind: "done" } }] });
  });
});

describe("a delivery that comes twice in a plan of one place", () => {
  it.each([
    { limitsEndpoint: "listed", destroyMs: 0 },
    { limitsEndpoint: "listed", destroyMs: 4_000 },
    { limitsEndpoint: "404", destroyMs: 0 },
    { limitsEndpoint: "404", destroyMs: 4_000 },
  ] as const)("costs the older copy once and makes one ($limitsEndpoint, $destroyMs ms)", async (variant) => {
    const { limitsEndpoint, destroyMs } = variant;
    for (let gapMs = 0; gapMs <= 6_000; gapMs += 150) {
      const world = await inTheSlot({ plan: { sandboxLimit: 1, limitsEndpoint }, destroyMs });
      const runs = await Promise.all([
        world.tick("daily"),
        world.clock.advance(gapMs).then(() => world.tick("daily")),
      ]);
      expect(outcomesOf(runs).filter(({ kind }) => kind === "failed")).toEqual([]);
      expect(forks(world)).toHaveLength(1);
      expect(destroyed(world)).toEqual([copyOf("daily", 0)]);
      expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    }
  });
});

it("a run that cannot learn what the plan allows still sees at once what another has made", async () => {
  const world = await withDue(["daily", "weekly"], { latencyMs: 300, forkMs: 0 });
  for (const id of world.ready()) world.project.user.destroy(id);
  const rateLimited = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } } as const;
  world.project.faults.add({ operation: "subscriptionLimits.list", effect: rateLimited, ...ALWAYS });
  const [, { status, body }] = await world.clock.run(() =>
    Promise.all([world.call("POST", MANUAL), world.clock.sleep(400).then(() => world.call("POST", ALL_DUE))]),
  );
  expect(forks(world).map(({ id }) => id)).toEqual([copyOf("daily", 1), copyOf("weekly", 1)]);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      result: {
        results: [
          { scope: "daily", status: "executed" },
          { scope: "weekly", status: "executed" },
        ],
      },
    },
  });
});
