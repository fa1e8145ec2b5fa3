import { describe, expect, it } from "vitest";
import { copies as copiesOf, destroyed } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** Each of these once lost a copy or told something that had not happened. */

const MANUAL = "/api/jobs/daily-backup";
const FORCED = `${MANUAL}?force=true`;
const ALWAYS = { times: Number.POSITIVE_INFINITY };
const REFUSED = { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" } as const;

/** Day one, noon; copies of yesterday and, where asked for, of today. */
async function atNoon(copies: readonly number[], ...options: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(...options);
  for (const day of copies)
    world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 1), ready: true });
  await world.goTo(1, 12);
  return world;
}

/** Speaks with the emulator, and does something right before the n-th call whose address holds a text. */
function interrupted(world: World, text: string, nth: number, happening: () => void): typeof fetch {
  let seen = 0;
  return (input, init) => {
    if (String(input).includes(text)) {
      seen += 1;
      if (seen === nth) happening();
    }
    return world.emulator.fetch(input, init);
  };
}

describe("a refused fork", () => {
  it("costs no copy where the plan is known to have room", async () => {
    const world = await atNoon([0], { plan: { sandboxLimit: 10 } });
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect: REFUSED });
    expect((await world.call("POST", MANUAL)).status).toBe(500);
    expect(world.ready()).toEqual([copyOf("daily", 0)]);
  });

  it("never costs the last of several copies, however many runs are refused", async () => {
    const world = await openWorld({ plan: { limitsEndpoint: "404" } }, { BACKUP_KEEP_DAILY: "5" });
    for (let day = -9; day <= -5; day += 1)
      world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 12), ready: true });
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect: REFUSED });
    for (let run = 0; run < 12; run += 1) {
      await world.goTo(1, run);
      await world.call("POST", "/api/jobs/scheduled-backups");
    }
    expect(world.ready()).toEqual([copyOf("daily", -5)]);
  });

  it("costs no copy because the limit was read slowly", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 2 } });
    for (const id of [copyOf("daily", 0), "one", "two", "three"])
      world.project.user.fork(null, id, { createdAt: at(0, 1), ready: true });
    await world.goTo(1, 12);
    world.project.faults.add({ operation: "subscriptionLimits.list", effect: { kind: "slow", ms: 1_500 } });
    expect((await world.call("POST", MANUAL)).status).toBe(500);
    expect(world.ready()).toContain(copyOf("daily", 0));
  });

  it("after a backup was evicted does not say that nothing was destroyed", async () => {
    const world = await atNoon([0], { plan: { sandboxLimit: 1 } });
    const fetch = interrupted(world, "/fork", 1, () =>
      world.project.user.fork(null, "foreign", { ready: true }),
    );
    const { status, body } = await world.call("POST", MANUAL, { runtime: { fetch } });
    expect(status).toBe(500);
    expect(body).toMatchObject({
      error: {
        message: expect.stringContaining("an old backup was removed"),
        details: { deletedEnvironmentIds: [copyOf("daily", 0)] },
      },
    });
  });
});

describe("a copy that was to give way, and whose removal had no effect", () => {
  it("stays once somebody has forked from it", async () => {
    const world = await atNoon([0], { plan: { sandboxLimit: 1 } });
    const unavailable = { kind: "status", status: 503 } as const;
    world.project.faults.add({ operation: "environments.destroy", effect: unavailable });
    const fetch = interrupted(world, "/environments", 3, () =>
      world.project.user.fork(copyOf("daily", 0), "feature", { ready: true }),
    );
    expect((await world.call("POST", MANUAL, { runtime: { fetch } })).status).toBe(500);
    expect(world.ready()).toContain(copyOf("daily", 0));
  });
});

describe("an old picture", () => {
  it("is not what a deletion rests on", async () => {
    const world = await atNoon([0, 1]);
    const limited = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "15" } } as const;
    world.project.faults.add({ operation: "plugins.list", effect: limited });
    const fetch = interrupted(world, "/plugins", 2, () => {
      world.project.user.rename(copyOf("daily", 1), "keep-me");
      world.project.user.promote("keep-me");
    });
    await world.call("POST", "/api/jobs/scheduled-backups", { runtime: { fetch } });
    expect(world.ready().filter((id) => id.startsWith("backup-plugin-daily"))).not.toEqual([]);
    const destroyed = world.project.history.filter(
      ({ type, by }) => type === "destroy-began" && by === "api",
    );
    for (const { at: instant } of destroyed)
      expect(
        world.project
          .existedAt(instant)
          .filter(({ id, status }) => status === "ready" && id.startsWith("backup-plugin-daily")),
      ).not.toEqual([]);
  });
});

describe("a copy that was set aside", () => {
  it("is named back, not destroyed, by a run that needs no new one", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 1 } });
    const aside = `${copyOf("daily", 1)}-superseded-010000000`;
    world.project.user.fork(null, aside, { createdAt: at(1, 1), ready: true });
    await world.goTo(1, 12);
    await world.call("POST", "/api/jobs/initialize");
    expect(world.project.environment(copyOf("daily", 1))?.createdAt).toBe(at(1, 1));
  });

  it("goes once newer ones stand, though its successor hangs in the making for ever", async () => {
    const world = await atNoon([1]);
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "never-ends" } });
    await world.call("POST", FORCED);
    await world.goTo(2, 12);
    await world.call("POST", "/api/jobs/scheduled-backups");
    expect(world.ready().filter((id) => id.includes("daily"))).toEqual([copyOf("daily", 2)]);
  });

  it("is not told as the new one when somebody named it back meanwhile", async () => {
    const world = await atNoon([1]);
    world.project.faults.add({
      ...ALWAYS,
      operation: "environments.fork",
      effect: { kind: "drop", when: "before" },
    });
    const aside = () => world.ids().find((id) => id.includes("superseded")) ?? "";
    const fetch = interrupted(world, "/fork", 1, () =>
      world.project.user.rename(aside(), copyOf("daily", 1)),
    );
    const { status } = await world.call("POST", FORCED, { runtime: { fetch } });
    expect(status).toBe(500);
    expect(world.project.environment(copyOf("daily", 1))?.createdAt).toBe(at(1, 1));
  });

  it.each([
    { kind: "hang", when: "before" },
    { kind: "status", status: 503 },
    { kind: "status", status: 422, code: "CONCURRENT_ENVIRONMENT_UPDATE", transient: true },
  ] as const)(
    "has its name back when the fork cannot be had, disconnected or not ($kind)",
    async (effect) => {
      for (const parameters of [
        {},
        { schedulerDisconnect: { disconnectedAt: "2026-03-01T00:00:00.000Z" } },
      ]) {
        const world = await atNoon([1]);
        world.project.user.setParameters("main", parameters);
        world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect });
        expect((await world.call("POST", FORCED)).status).toBe(500);
        expect(world.ready()).toEqual([copyOf("daily", 1)]);
      }
    },
  );
});

describe("a copy that was made", () => {
  it("is told as made though the old one cannot be destroyed", async () => {
    const world = await atNoon([0]);
    const hang = { kind: "hang", when: "before" } as const;
    world.project.faults.add({ ...ALWAYS, operation: "environments.destroy", effect: hang });
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      result: { state: "ready", deletedEnvironmentId: null, problems: [{ code: "COPY_NOT_REMOVED" }] },
    });
  });

  it("by hand does not wait for a plugin list that cannot be read", async () => {
    const world = await atNoon([0]);
    world.project.faults.add({
      ...ALWAYS,
      operation: "plugins.list",
      effect: { kind: "status", status: 503 },
    });
    expect((await world.call("POST", MANUAL)).status).toBe(200);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it.each([0, 200, 500, 2_000])("by two hands at once is made once (fork of %i ms)", async (forkMs) => {
    const world = await atNoon([1], { forkMs });
    const answers = await Promise.all([world.call("POST", FORCED), world.call("POST", FORCED)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const forks = world.project.history.filter(({ type, by }) => type === "fork-began" && by === "api");
    expect(forks).toHaveLength(1);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("long ago is never told as executed by a run that only waited", async () => {
    const world = await atNoon([0]);
    const fetch = interrupted(world, "/fork", 1, () =>
      world.project.user.fork(null, copyOf("daily", 1), { ready: true }),
    );
    const { body } = await world.call("POST", "/api/jobs/scheduled-backups", { runtime: { fetch } });
    expect(body).toMatchObject({ ok: true });
    const forks = world.project.history.filter(
      ({ type, by, id }) => type === "fork-began" && by === "api" && id.includes("daily"),
    );
    expect(forks).toHaveLength(0);
  });
});

describe("status", () => {
  it("tells what keeps backups from being made", async () => {
    const world = await atNoon([-7]);
    world.project.user.setParameters("main", {
      schedulerDisconnect: { disconnectedAt: "2026-03-01T00:00:00.000Z" },
    });
    const { body } = await world.call("POST", "/api/datocms/backup-status", {
      body: {
        event_type: "backup_status_request",
        mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
        plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
      },
    });
    expect(body).toMatchObject({
      scheduler: { enabled: false },
      problems: [
        { level: "fail", code: "SCHEDULER_DISABLED" },
        { code: "DAILY_STOPPED" },
        { code: "WEEKLY_STOPPED" },
      ],
    });
  });
});

describe("what was removed while tidying up", () => {
  it("stands in the answer", async () => {
    const world = await atNoon([0, 1], { plan: { sandboxLimit: 2 } });
    const { body } = await world.call("POST", MANUAL);
    // What it made room with, and today's copy that the new one replaces.
    expect(body).toMatchObject({
      result: { deletedEnvironmentIds: [copyOf("daily", 1), copyOf("daily", 0)] },
    });
  });
});

describe("an environment on its way out that no list shows", () => {
  it("is waited for instead of blaming the token's role", async () => {
    const world = await openWorld({ destroyMs: 4_000, unknowns: { destroying: "hidden-at-once" } });
    world.project.user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
    await world.goTo(1, 12);
    const url = `https://site-api.datocms.com/environments/${copyOf("daily", 1)}`;
    const headers = { authorization: "Bearer token-of-project-one", accept: "application/json" };
    await world.clock.run(() => world.emulator.fetch(url, { method: "DELETE", headers }));
    expect((await world.call("POST", MANUAL)).status).toBe(200);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it.each([
    ["listed", 4_000],
    ["listed", 12_000],
    ["404", 4_000],
    ["404", 12_000],
  ] as const)(
    "gives its place to whoever had it removed, and no backup is evicted meanwhile (limit %s, %i ms)",
    async (limitsEndpoint, destroyMs) => {
      const world = await openWorld(
        { destroyMs, unknowns: { destroying: "hidden-at-once" }, plan: { sandboxLimit: 3, limitsEndpoint } },
        { BACKUP_CATCH_UP: "off" },
      );
      const { hour, weekday } = world.slots.weekly;
      const day = 8 + ((Number(weekday) - new Date(at(8, hour)).getUTCDay() + 7) % 7);
      const made = (of: number) => ({ createdAt: at(of, 1), ready: true });
      for (const of of [day - 2, day - 1]) world.project.user.fork(null, copyOf("daily", of), made(of));
      world.project.user.fork(null, copyOf("weekly", day - 7), made(day - 7));
      await world.goTo(day, hour);
      await world.tick("weekly");
      expect(copiesOf(world, "weekly")).toEqual([copyOf("weekly", day)]);
      expect(destroyed(world)).toEqual([copyOf("daily", day - 2), copyOf("weekly", day - 7)]);
      const { history } = world.project;
      const began = history.findIndex(
        ({ type, id }) => type === "fork-began" && id === copyOf("weekly", day),
      );
      const left = history.findIndex(
        ({ type, id }) => type === "destroy-began" && id === copyOf("weekly", day - 7),
      );
      expect(began).toBeLessThan(left);
    },
  );
});
