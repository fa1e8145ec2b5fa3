import { describe, expect, it } from "vitest";
import { ALWAYS, schedule } from "../simulation/judging.ts";
import { at, copyOf } from "../simulation/support.ts";
import { HEARTBEATS, type NotifyingWorld, notifyingWorld, WEBHOOK } from "./receiver.ts";

const SUCCESS = { ...WEBHOOK, ALERT_ON_SUCCESS: "on" };

/** Two days without a failure; from then on only what comes is heard. */
async function settled(
  variables: Readonly<Record<string, string>> = WEBHOOK,
  options = {},
): Promise<NotifyingWorld> {
  const world = await notifyingWorld(options, variables);
  await world.live("daily", 0, 2);
  expect(world.kinds().filter((kind) => !kind.startsWith("success"))).toEqual([]);
  world.calls.length = 0;
  return world;
}

const FORKS_FAIL = { operation: "environments.fork", effect: { kind: "job-fails" } } as const;
const REFUSED = {
  operation: "environments.fork",
  effect: { kind: "status", status: 422, code: "INSUFFICIENT_PERMISSIONS" },
} as const;

describe("a fork that fails", () => {
  it("once: failed, and an hour later recovered", async () => {
    const world = await settled();
    world.project.faults.add(FORKS_FAIL);
    await world.live("daily", 2, 3);
    expect(world.kinds()).toEqual(["failed daily", "recovered daily"]);
  });

  it("in all of the slot's hours: failed, late, and on the next day recovered", async () => {
    const world = await settled();
    const fault = world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.live("daily", 2, 1);
    expect(world.kinds()).toEqual(["failed daily", "late daily"]);
    world.project.faults.clear();
    expect(fault).toBeDefined();
    await world.live("daily", 3, 2);
    expect(world.kinds()).toEqual(["failed daily", "late daily", "recovered daily"]);
  });

  it("for three days: each day failed and late, in the end recovered once", async () => {
    const world = await settled();
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.live("daily", 2, 3);
    world.project.faults.clear();
    await world.live("daily", 5, 3);
    const day = ["failed daily", "late daily"];
    expect(world.kinds()).toEqual([...day, ...day, ...day, "recovered daily"]);
  });

  it("names cause, advice and the last copy", async () => {
    const world = await settled();
    world.project.faults.add(FORKS_FAIL);
    await world.tickAt("daily", 2, 0);
    const [call] = world.calls;
    const { data } = JSON.parse(call?.body ?? "");
    expect(data).toMatchObject({
      cadence: "daily",
      date: copyOf("", 2).slice(-10),
      cause: "FORK_FAILED",
      advice: expect.stringContaining("/api/check"),
    });
    expect(data.sentence).toMatch(/^No daily backup could be made on 2026-03-04\. DatoCMS began the backup/);
    expect(Date.parse(data.lastCopyAt)).toBeGreaterThanOrEqual(at(1, world.slots.daily.hour));
  });

  it("with catch-up off: failed, and recovered on the next day", async () => {
    const world = await settled({ ...WEBHOOK, BACKUP_CATCH_UP: "off" });
    world.project.faults.add(FORKS_FAIL);
    await world.live("daily", 2, 3);
    expect(world.kinds()).toEqual(["failed daily", "recovered daily"]);
  });
});

describe("every fault that makes a run fail leads to one failure alert and one recovery:", () => {
  it.each([
    ["a dropped fork", FORKS_FAIL],
    ["a refused fork", REFUSED],
    [
      "a full plan",
      {
        operation: "environments.fork",
        effect: { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" },
      },
    ],
    [
      "forks that are answered 500",
      { operation: "environments.fork", effect: { kind: "status", status: 500 } },
    ],
    ["forks without an answer", { operation: "environments.fork", effect: { kind: "hang", when: "before" } }],
    ["no list of environments", { operation: "environments.list", effect: { kind: "status", status: 503 } }],
    ["a list that is no JSON", { operation: "environments.list", effect: { kind: "broken-json" } }],
    ["a plugin that cannot be read", { operation: "plugins.list", effect: { kind: "status", status: 500 } }],
    [
      "a token that DatoCMS refuses",
      { effect: { kind: "status", status: 401, code: "INVALID_AUTHORIZATION_HEADER" } },
    ],
    ["connections that are dropped", { effect: { kind: "drop", when: "before" } }],
    ["429 without end", { effect: { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } } }],
    ["a site that is down", { effect: { kind: "html", status: 502 } }],
  ] as const)("%s", async (_, fault) => {
    // Before DatoCMS has listed everything and shown the plugin, nobody knows what is due.
    const failed = "operation" in fault && fault.operation === "environments.fork" ? "daily" : "null";
    const world = await settled();
    world.project.faults.add({ ...ALWAYS, ...fault });
    await world.tickAt("daily", 2, 0);
    await world.tickAt("daily", 2, 1);
    expect(world.kinds()).toEqual([`failed ${failed}`]);
    world.project.faults.clear();
    await world.tickAt("daily", 2, 2);
    await world.live("daily", 3, 2);
    expect(world.kinds()).toEqual([`failed ${failed}`, "recovered daily"]);
  });
});

it("settings that are wrong are reported in the slot's own hour, and what is wrong in them", async () => {
  const world = await settled({ ...WEBHOOK, ...HEARTBEATS });
  const wrong = { BACKUP_KEEP_DAILY: "none" };
  for (const hours of [0, 1, 2, 3, 4, 5, 12]) {
    await world.clock.advance(at(2, world.slots.daily.hour + hours) - world.clock.now());
    await world.tick("daily", { variables: wrong });
  }
  expect(world.kinds()).toEqual(["failed null"]);
  expect(world.signals()).toEqual(["fail"]);
  expect(world.calls.find(({ channel }) => channel === "webhook")?.body).toContain(
    "it must be a whole number from 1 to 99",
  );
});

describe("where nothing is wrong", () => {
  it("nobody hears anything, or of each copy once where that is asked for", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    await world.live("daily", 0, 4);
    await world.live("weekly", 4 + (((world.slots.weekly.weekday ?? 0) + 2) % 7), 8);
    expect(world.kinds()).toEqual([]);
    const asked = await notifyingWorld({}, SUCCESS);
    await asked.live("daily", 0, 4);
    expect(asked.kinds()).toEqual(Array(4).fill("success daily"));
  });

  it("failures are not sent where ALERT_ON_FAILURE is off", async () => {
    const world = await settled({ ...SUCCESS, ALERT_ON_FAILURE: "off" });
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.live("daily", 2, 1);
    world.project.faults.clear();
    await world.live("daily", 3, 2);
    expect(world.kinds()).toEqual(["success daily"]);
  });

  it("a doubled tick finds the work done and is silent", async () => {
    const world = await settled(SUCCESS);
    for (let day = 2; day < 5; day += 1) {
      await world.tickAt("daily", day, 0);
      await world.tick("daily");
      await world.tick("daily");
    }
    expect(world.kinds()).toEqual(Array(3).fill("success daily"));
  });

  it("two ticks at the same moment in one process tell once, of a failure too", async () => {
    const world = await settled(SUCCESS);
    const inFlight = new Map();
    await world.goTo(2, world.slots.daily.hour);
    await Promise.all([1, 2].map(() => world.tick("daily", { runtime: { inFlight } })));
    expect(world.kinds()).toEqual(["success daily"]);
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.goTo(3, world.slots.daily.hour);
    await Promise.all([1, 2].map(() => world.tick("daily", { runtime: { inFlight } })));
    expect(world.kinds()).toEqual(["success daily", "failed daily"]);
  });

  it("a copy that somebody promoted, or works in, is no failure", async () => {
    const world = await settled(SUCCESS);
    world.project.user.promote(copyOf("daily", 1));
    await world.live("daily", 2, 2);
    world.project.user.edit(copyOf("daily", 3), { items: 77 });
    await world.live("daily", 4, 3);
    expect(new Set(world.kinds())).toEqual(new Set(["success daily"]));
  });

  it("runs by hand tell nothing", async () => {
    const world = await settled(SUCCESS);
    await world.goTo(2, 12);
    await world.call("POST", "/api/jobs/daily-backup");
    await world.goTo(2, 13);
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    expect((await world.call("POST", "/api/datocms/backup-now")).status).toBe(500);
    expect((await world.call("POST", "/api/jobs/initialize")).status).toBe(500);
    expect(world.calls).toEqual([]);
  });
});

describe("a copy that DatoCMS makes for longer than the tick lasts", () => {
  const SLOW = 20 * 60_000;
  const NETLIFY = { budgetMs: 25_000 };
  const HOURS = [0, 1, 2, 3, 4, 5];

  it("is sent by the tick of the hour after, once", async () => {
    const world = await settled(SUCCESS);
    world.project.settings.forkMs = SLOW;
    for (const hours of HOURS) {
      await world.tickAt("daily", 2, hours, NETLIFY);
      expect(world.kinds()).toEqual(hours === 0 ? [] : ["success daily"]);
    }
  });

  it("after a failure it is a recovery", async () => {
    const world = await settled(WEBHOOK);
    world.project.settings.forkMs = SLOW;
    world.project.faults.add(FORKS_FAIL);
    for (const hours of HOURS) await world.tickAt("daily", 2, hours, NETLIFY);
    for (const hours of HOURS) await world.tickAt("daily", 3, hours, NETLIFY);
    // The first fork vanishes after its tick has ended: nobody has seen it fail, and the next made up for it.
    expect(world.kinds()).toEqual(["recovered daily"]);
  });

  it("is no recovery because it took more than an hour", async () => {
    const world = await settled(SUCCESS);
    world.project.settings.forkMs = 62 * 60_000;
    for (const hours of HOURS) await world.tickAt("daily", 2, hours, { budgetMs: 15 * 60_000 });
    expect(world.kinds()).toEqual(["success daily"]);
  });

  it("over HTTP it is sent when the copy is ready, where the host goes on", async () => {
    const world = await settled(SUCCESS);
    world.project.settings.forkMs = 2 * 60_000;
    const kept: Promise<unknown>[] = [];
    const afterAnswer = { budgetMs: 250_000, keep: (work: Promise<unknown>) => void kept.push(work) };
    await world.goTo(2, world.slots.daily.hour);
    const { body } = await world.call("GET", "/api/jobs/daily-backup", { runtime: { afterAnswer } });
    expect(body).toMatchObject({ result: { state: "creating" } });
    expect(world.kinds()).toEqual([]);
    await world.clock.run(() => Promise.all(kept));
    expect(world.kinds()).toEqual(["success daily"]);
    await world.tickAt("daily", 2, 1);
    expect(world.kinds()).toEqual(["success daily"]);
  });
});

describe("ticks that never came", () => {
  it("the next copy says that it comes after a gap", async () => {
    const world = await settled();
    await world.live("daily", 5, 2);
    expect(world.kinds()).toEqual(["recovered daily"]);
  });

  it("a weekly copy that nobody can make any more is reported as late each day, until the next is made", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    const { weekday = 0 } = world.slots.weekly;
    // Day 0 is a Monday.
    const first = ((weekday ?? 0) + 6) % 7;
    await world.live("weekly", first, 1);
    await world.live("weekly", first + 10, 2);
    expect(world.kinds()).toEqual(["late weekly", "late weekly"]);
    await world.live("weekly", first + 12, 4);
    expect(world.kinds()).toEqual([...Array(4).fill("late weekly"), "recovered weekly"]);
  });

  it("nothing is late while the scheduler is disconnected or paused", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    const first = ((world.slots.weekly.weekday ?? 0) + 6) % 7;
    await world.live("weekly", first, 1);
    world.project.user.setParameters("main", {
      schedulerDisconnect: { disconnectedAt: new Date(world.clock.now()).toISOString() },
    });
    await world.live("weekly", first + 7, 9);
    await world.live("daily", first + 16, 2);
    expect(world.kinds()).toEqual([]);
    const paused = await notifyingWorld({}, { ...WEBHOOK, BACKUP_SCHEDULER: "off" });
    paused.project.faults.add({ ...ALWAYS, effect: { kind: "status", status: 500 } });
    await paused.live("daily", 0, 2);
    expect(paused.kinds()).toEqual([]);
  });
});

describe("by the plugin's schedule", () => {
  it("weekly, biweekly and monthly each tell their own", async () => {
    const world = await notifyingWorld({}, SUCCESS);
    world.project.user.setParameters("main", schedule(["weekly", "biweekly", "monthly"]));
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.tickAt("weekly", 0, 0);
    expect(world.kinds().toSorted()).toEqual(["failed biweekly", "failed monthly", "failed weekly"]);
    world.project.faults.clear();
    await world.tickAt("weekly", 0, 1);
    await world.live("weekly", 1, 6);
    const later = world.kinds().slice(3).toSorted();
    expect(later).toEqual(["recovered biweekly", "recovered monthly", "recovered weekly"]);
  });

  it("by date each failing run notifies, and the next copy is a recovery", async () => {
    const world = await settled();
    const DATE = { isCron: true, cronFrequency: "daily" } as const;
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.goTo(2, 2);
    expect((await world.call("GET", "/api/jobs/daily-backup", { runtime: DATE })).status).toBe(500);
    await world.goTo(3, 2);
    await world.call("GET", "/api/jobs/daily-backup", { runtime: DATE });
    world.project.faults.clear();
    for (const day of [4, 5]) {
      await world.goTo(day, 2);
      await world.call("GET", "/api/jobs/daily-backup", { runtime: DATE });
    }
    expect(world.kinds()).toEqual(["failed daily", "failed daily", "recovered daily"]);
  });

  it("a call by hand is judged by the host's cron, not by the hours in which it may ask", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    const host = { cronFrequency: "daily" } as const;
    const friday = 4;
    await world.tickAt("weekly", friday, 0, host);
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.goTo(friday + 7, 2);
    await world.call("GET", "/api/jobs/weekly-backup", { runtime: { ...host, isCron: true } });
    world.project.faults.clear();
    // Hours after the day's only cron, in the slot's own hour.
    await world.goTo(friday + 7, world.slots.weekly.hour);
    await world.call("GET", "/api/jobs/weekly-backup", { runtime: host });
    expect(world.kinds()).toEqual(["failed weekly", "recovered weekly"]);
  });

  it("scheduled-backups notifies too", async () => {
    const world = await settled();
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.goTo(2, 15);
    await world.call("GET", "/api/jobs/scheduled-backups");
    expect(world.kinds()).toContain("failed daily");
    world.project.faults.clear();
    await world.goTo(3, 15);
    await world.call("GET", "/api/jobs/scheduled-backups");
    await world.call("GET", "/api/jobs/scheduled-backups");
    expect(world.kinds().filter((kind) => kind.endsWith("daily"))).toEqual([
      "failed daily",
      "recovered daily",
    ]);
  });
});
