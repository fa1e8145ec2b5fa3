import { describe, expect, it } from "vitest";
import { withoutCopy, withYesterday } from "./judging.ts";
import { at, copyOf, openWorld } from "./support.ts";

const MANUAL = "/api/jobs/daily-backup";

describe("a fork that fails", () => {
  it("leaves the older copy and answers with its cause", async () => {
    const world = await withYesterday();
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(500);
    expect(body).toMatchObject({
      error: { code: "INTERNAL_SERVER_ERROR", details: { cause: "FORK_FAILED" } },
    });
    expect(world.ready()).toEqual([copyOf("daily", 0)]);
  });

  it("gives today's copy its name back when it was to be replaced", async () => {
    const world = await withYesterday();
    await world.call("POST", MANUAL);
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    const { status } = await world.call("POST", `${MANUAL}?force=true`);
    expect(status).toBe(500);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });
});

describe("an answer that does not come", () => {
  it.each([
    { kind: "drop", when: "after" },
    { kind: "hang", when: "after" },
    { kind: "html", status: 502, when: "after" },
    { kind: "status", status: 503, when: "after" },
    { kind: "broken-json", when: "after" },
  ] as const)("to a fork that was made does not make it twice ($kind)", async (effect) => {
    const world = await withYesterday();
    world.project.faults.add({ operation: "environments.fork", effect });
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      result: { createdEnvironmentId: copyOf("daily", 1), deletedEnvironmentId: copyOf("daily", 0) },
    });
    expect(
      world.project.history.filter((event) => event.type === "fork-began" && event.by === "api"),
    ).toHaveLength(1);
  });

  it.each([
    { kind: "drop", when: "before" },
    { kind: "html", status: 502 },
    { kind: "status", status: 503 },
  ] as const)("to a fork that was not made is made up for ($kind)", async (effect) => {
    const world = await withYesterday();
    world.project.faults.add({ operation: "environments.fork", effect });
    const { status } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });
});

describe("an API that only fails", () => {
  it.each([
    { kind: "status", status: 503 },
    { kind: "html", status: 502 },
    { kind: "drop", when: "before" },
    { kind: "hang", when: "before" },
  ] as const)("is given up within 8 seconds ($kind)", async (effect) => {
    const world = await withYesterday();
    world.project.faults.add({ times: Number.POSITIVE_INFINITY, effect });
    const began = world.clock.monotonic();
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: { details: { cause: "DATOCMS_UNAVAILABLE" } } });
    expect(world.clock.monotonic() - began).toBeLessThanOrEqual(8_000);
  });

  it.each([
    { kind: "hang", when: "before" },
    { kind: "status", status: 500 },
  ] as const)("is given up within 8 seconds when only forks fail ($kind)", async (effect) => {
    const world = await withYesterday();
    world.project.faults.add({ operation: "environments.fork", times: Number.POSITIVE_INFINITY, effect });
    const began = world.clock.monotonic();
    const { status } = await world.call("POST", MANUAL);
    expect(status).toBe(500);
    expect(world.clock.monotonic() - began).toBeLessThanOrEqual(8_500);
    expect(world.ready()).toEqual([copyOf("daily", 0)]);
  });

  it("is waited for as long as it asks when it limits the rate", async () => {
    const world = await withYesterday();
    world.project.faults.add({
      times: 3,
      effect: {
        kind: "status",
        status: 429,
        code: "RATE_LIMIT_EXCEEDED",
        headers: { "X-RateLimit-Reset": "2" },
      },
    });
    const { status } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });
});

describe("optional reads", () => {
  it("that are not offered cost one call each and fail nothing", async () => {
    const world = await withYesterday({ plan: { limitsEndpoint: "404", publicInfo: "404" } });
    const { status } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    const optional = world.emulator.requests.filter((request) =>
      ["subscriptionLimits.list", "publicInfo.find"].includes(request.operation ?? ""),
    );
    expect(optional.map((request) => request.status)).toEqual([404, 404]);
  });

  it("that hang keep nobody waiting", async () => {
    const world = await withYesterday();
    const hang = { kind: "hang", when: "before" } as const;
    world.project.faults.add({ operation: "subscriptionLimits.list", effect: hang });
    const { status } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
  });
});

describe("a full plan", () => {
  const full = { plan: { sandboxLimit: 1 } } as const;

  it("lets the older copy give way, and says so", async () => {
    const world = await withYesterday(full);
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      result: { deletedEnvironmentIds: [copyOf("daily", 0)], problems: [{ code: "OLD_COPY_GAVE_WAY" }] },
    });
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("does so too where the limit cannot be read and is learnt from a refusal", async () => {
    const world = await withYesterday({ plan: { sandboxLimit: 1, limitsEndpoint: "absent-code" } });
    const { status } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("keeps the older copy where the owner wants forks first", async () => {
    const world = await withYesterday(full, { BACKUP_ROTATION: "fork-first" });
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(500);
    expect(body).toMatchObject({
      error: { details: { cause: "ENVIRONMENT_LIMIT_REACHED", limit: 1, inUse: 1 } },
    });
    expect(world.ready()).toEqual([copyOf("daily", 0)]);
  });

  it("is never made room in at another cadence's cost", async () => {
    const world = await openWorld(full);
    world.project.user.fork(null, copyOf("weekly", 0), { createdAt: at(0, 12), ready: true });
    await world.goTo(1, 12);
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: { details: { ours: 1, foreign: 0 } } });
    expect(world.ready()).toEqual([copyOf("weekly", 0)]);
  });

  it("answers a replacement with today's copy, and a forced one by breaking first", async () => {
    const world = await withYesterday(full);
    await world.call("POST", MANUAL);
    await world.goTo(1, 13);
    const reused = await world.call("POST", MANUAL);
    expect(reused.body).toMatchObject({
      result: { reused: true, problems: [{ code: "NO_ROOM_FOR_REPLACEMENT" }] },
    });
    const forced = await world.call("POST", `${MANUAL}?force=true`);
    expect(forced.status).toBe(200);
    expect(forced.body).toMatchObject({ result: { problems: [{ code: "OLD_COPY_GAVE_WAY" }] } });
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("serves daily before weekly and destroys nothing for what has no room", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 1 } });
    await world.goTo(0, 12);
    const { status, body } = await world.call("POST", "/api/jobs/initialize");
    expect(status).toBe(500);
    expect(body).toMatchObject({
      error: {
        details: {
          cause: "ENVIRONMENT_LIMIT_REACHED",
          result: { daily: { state: "ready" }, weekly: { code: "ENVIRONMENT_LIMIT_REACHED" } },
        },
      },
    });
    expect(world.ready()).toEqual([copyOf("daily", 0)]);
  });

  it("above a threshold that only costs money never costs a copy", async () => {
    const world = await withYesterday({ plan: { sandboxLimit: null, overageThreshold: 1 } });
    const { body } = await world.call("POST", MANUAL);
    expect(body).toMatchObject({ result: { problems: [{ code: "OVERAGE" }] } });
  });
});

describe("a run that is cut", () => {
  it("answers creating, and a later run completes it without a second fork", async () => {
    const world = await withYesterday({ forkMs: 10 * 60_000 });
    const cut = await world.call("POST", MANUAL);
    expect(cut.status).toBe(200);
    expect(cut.body).toMatchObject({
      ok: true,
      result: {
        state: "creating",
        createdEnvironmentId: copyOf("daily", 1),
        deletedEnvironmentId: null,
        replaces: copyOf("daily", 0),
        percentage: expect.any(Number),
      },
    });
    expect(world.ready()).toEqual([copyOf("daily", 0)]);
    await world.clock.advance(10 * 60_000);
    const later = await world.call("POST", "/api/jobs/initialize", { runtime: {} });
    expect(later.status).toBe(200);
    await world.clock.advance(10 * 60_000);
    expect(world.ready()).toContain(copyOf("daily", 1));
    expect(world.ready()).not.toContain(copyOf("daily", 0));
    const forks = world.project.history.filter(
      ({ type, id }) => type === "fork-began" && id === copyOf("daily", 1),
    );
    expect(forks).toHaveLength(1);
  });

  it("is seen through after its answer where the host goes on", async () => {
    const world = await withYesterday({ forkMs: 5 * 60_000 });
    const kept: Promise<unknown>[] = [];
    const afterAnswer = { budgetMs: 15 * 60_000, keep: (work: Promise<unknown>) => kept.push(work) };
    const { body } = await world.call("POST", MANUAL, { runtime: { afterAnswer } });
    expect(body).toMatchObject({ result: { state: "creating" } });
    await world.clock.run(() => Promise.all(kept));
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("between renaming and forking gets its name back from the next run", async () => {
    const world = await openWorld();
    world.project.user.fork(null, `${copyOf("daily", 1)}-superseded-120000000`, {
      createdAt: at(1, 12),
      ready: true,
    });
    await world.goTo(1, 13);
    await world.call("POST", "/api/jobs/weekly-backup");
    expect(world.ready()).toContain(copyOf("daily", 1));
  });
});

describe("what is not ours", () => {
  it("stays, whatever it is called", async () => {
    const world = await withYesterday();
    const foreign = [
      "backup-plugin-daily-keep-before-launch",
      "backup-plugin-daily-2026-02-31",
      `${copyOf("daily", 0)}-kept`,
    ];
    for (const id of foreign) world.project.user.fork(null, id, { createdAt: at(0, 1), ready: true });
    await world.call("POST", MANUAL);
    expect(world.ready()).toEqual(expect.arrayContaining([...foreign, copyOf("daily", 1)]));
    expect(world.ready()).not.toContain(copyOf("daily", 0));
  });

  it("includes a copy that was promoted: a run by hand says so, a tick skips", async () => {
    const world = await withYesterday();
    await world.call("POST", MANUAL);
    world.project.user.promote(copyOf("daily", 1));
    const byHand = await world.call("POST", MANUAL);
    expect(byHand.status).toBe(409);
    expect(byHand.body).toMatchObject({ error: { code: "BACKUP_ID_IS_PRIMARY" } });
    expect(world.ids()).toContain("main");
  });
});

describe("several at once", () => {
  it("of one day make one fork, in processes that know nothing of each other", async () => {
    const world = await withYesterday();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => world.call("POST", "/api/jobs/initialize")),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    for (const cadence of ["daily", "weekly"]) {
      const forks = world.project.history.filter(
        ({ type, id }) => type === "fork-began" && id === copyOf(cadence, 1),
      );
      expect(forks).toHaveLength(1);
    }
  });

  it("replacing today's copy by hand leave one copy of today", async () => {
    const world = await withYesterday();
    await world.call("POST", MANUAL);
    const forced = `${MANUAL}?force=true`;
    const answers = await Promise.all([world.call("POST", forced), world.call("POST", forced)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(world.ready()).toEqual([copyOf("daily", 1)]);
  });

  it("in one process are joined: a hundred cost about as much as one", async () => {
    const world = await withYesterday();
    const inFlight = new Map();
    world.emulator.clearRequests();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => world.call("POST", MANUAL, { runtime: { inFlight } })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(world.emulator.requests.length).toBeLessThanOrEqual(15);
  });
});

it("BACKUP_ROTATION=delete-first is done, and told as what was asked for", async () => {
  const world = await withYesterday({ destroyMs: 2_000 }, { BACKUP_ROTATION: "delete-first" });
  const sentence = expect.stringContaining("BACKUP_ROTATION asks for it");
  const { body } = await world.call("POST", MANUAL);
  expect(body).toMatchObject({ result: { problems: [{ code: "OLD_COPY_GAVE_WAY", sentence }] } });
  expect(withoutCopy(world, "daily", at(1, 12))).not.toEqual([]);
  expect(world.ready()).toEqual([copyOf("daily", 1)]);
});

it("a fast fork is made though somebody edits", async () => {
  const world = await withYesterday({ activeEditors: true }, { BACKUP_FORK_MODE: "fast" });
  expect((await world.call("POST", MANUAL)).status).toBe(200);
});
