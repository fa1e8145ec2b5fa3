import { describe, expect, it } from "vitest";
import { Catalog } from "../../services/catalog/catalog.ts";
import type { Verdicts } from "../../services/history/record.ts";
import { decideNotification } from "../../services/notify/decide.ts";
import { createNotifier } from "../../services/notify/notifier.ts";
import { scheduleBySlots } from "../../services/schedule/schedule.ts";
import { type Slots, slotsFor } from "../../services/schedule/slots.ts";
import { readAlerts } from "../../utils/alertSettings.ts";
import { failed, INTERNAL_ERROR } from "../../utils/failures.ts";
import { silentLogger } from "../../utils/logger.ts";
import { ALWAYS } from "../simulation/judging.ts";
import { at, copyOf, TOKEN } from "../simulation/support.ts";
import { HEARTBEATS, notifyingWorld, WEBHOOK } from "./receiver.ts";

const NETLIFY = { budgetMs: 25_000 };
const FORKS_FAIL = { operation: "environments.fork", effect: { kind: "job-fails" } } as const;

describe("a dead-man's switch", () => {
  it("hears nothing where nothing is due", async () => {
    const world = await notifyingWorld({}, HEARTBEATS);
    await world.live("daily", 0, 2);
    world.calls.length = 0;
    for (let hours = 6; hours < 24; hours += 1) await world.tickAt("daily", 1, hours);
    const day = ((world.slots.weekly.weekday ?? 0) + 9) % 7;
    await world.live("weekly", 7 + day, 1);
    expect(world.calls).toEqual([]);
  });

  it("hears of each failing tick that is due, and of success when the copy is ready", async () => {
    const world = await notifyingWorld({}, HEARTBEATS);
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.tickAt("daily", 0, 0);
    world.project.user.fork(null, copyOf("weekly", -1), { createdAt: at(-1, 0), ready: true });
    await world.tickAt("daily", 0, 1);
    world.project.faults.clear();
    await world.tickAt("daily", 0, 2);
    expect(world.signals()).toEqual(["start", "fail", "start", "fail", "start", "success"]);
  });

  it("hears of success by the tick of the hour after, as the end of the run that began the copy", async () => {
    const world = await notifyingWorld({ forkMs: 20 * 60_000 }, HEARTBEATS);
    await world.tickAt("daily", 0, 0, NETLIFY);
    expect(world.signals()).toEqual(["start"]);
    for (const hours of [1, 2, 3, 4, 5]) await world.tickAt("daily", 0, hours, NETLIFY);
    expect(world.signals()).toEqual(["start", "success"]);
    const ids = world.calls.map(({ url }) => url.searchParams.get("rid"));
    expect(ids[0]).toBe(ids[1]);
  });

  it("hears of a run's end only after its beginning", async () => {
    const answered: string[] = [];
    const world = await notifyingWorld({}, HEARTBEATS, {
      heartbeat: async ({ url }) => {
        if (url.pathname.endsWith("/start")) await world.clock.sleep(900);
        answered.push(url.pathname.endsWith("/start") ? "start" : "end");
        return new Response("OK");
      },
    });
    world.project.faults.add({
      operation: "environments.fork",
      effect: { kind: "status", status: 422, code: "INSUFFICIENT_PERMISSIONS" },
    });
    await world.tickAt("daily", 0, 0);
    expect(answered).toEqual(["start", "end"]);
  });

  it("that does not answer the beginning hears of the end a second later", async () => {
    const world = await notifyingWorld({ forkMs: 500 }, HEARTBEATS, {
      heartbeat: ({ url }) => (url.pathname.endsWith("/start") ? new Promise(() => {}) : new Response("OK")),
    });
    await world.tickAt("daily", 0, 0);
    const [start, success] = world.calls;
    expect(world.signals()).toEqual(["start", "success"]);
    expect((success?.at ?? 0) - (start?.at ?? 0)).toBeLessThan(10_000);
  });
});

it("that has heard of a run's beginning hears of its end where the run breaks", async () => {
  const slots = await slotsFor(TOKEN);
  const world = await notifyingWorld({}, { ...WEBHOOK, ...HEARTBEATS });
  await world.goTo(2, slots.daily.hour);
  const { clock } = world;
  const calls: string[] = [];
  const notifier = createNotifier({
    settings: readAlerts({ ...WEBHOOK, ...HEARTBEATS }),
    logger: silentLogger,
    clock,
    token: TOKEN,
    fetch: async (input, init) => {
      const [, id = ""] = /^\{.*?"id":"([^"]+)"/.exec(String(init?.body)) ?? [];
      calls.push(`${new URL(String(input)).pathname} ${id}`);
      return new Response("ok");
    },
  });
  const query = { cadence: "daily", now: clock.now(), mode: "slot", slots, catchUp: true } as const;
  const due = {
    cadence: "daily",
    due: true,
    date: copyOf("", 2).slice(-10),
    late: false,
    isNew: true,
  } as const;
  notifier.began(query, [due]);
  const broken = {
    kind: "backup",
    trigger: "schedule",
    by: "schedule",
    startedAt: clock.now(),
    durationMs: 0,
    calls: 0,
    status: "failed",
    result: failed(INTERNAL_ERROR),
    tick: { query, paused: false, verdicts: { ...verdictsBy(slots), cadences: [due] } },
  } as const;
  await clock.run(() => notifier.notify(broken, clock.monotonic() + 10_000));
  expect(calls[0]).toBe("/ping/hc-key-daily-3e6b/start ");
  expect(calls.slice(1).toSorted()).toEqual([
    expect.stringMatching(/^\/of-acme-4711 failed-daily-2026-03-04-/),
    "/ping/hc-key-daily-3e6b/fail ",
  ]);
});

it("a run that finds its copy made by somebody else leaves the telling to that one", async () => {
  const slots = await slotsFor(TOKEN);
  const now = at(2, slots.daily.hour) + 5 * 60_000;
  const about = {
    cadence: "daily",
    date: copyOf("", 2).slice(-10),
    environmentId: copyOf("daily", 2),
  } as const;
  const run = (reused: boolean) =>
    decideNotification({
      query: { cadence: "daily", now, mode: "slot", slots, catchUp: true },
      ...verdictsBy(slots),
      verdict: { due: true, date: about.date, late: false },
      outcome: { ...about, kind: "done", takenAt: now, reused, deleted: [], problems: [] },
    });
  expect(run(true)).toEqual({ heartbeat: { state: "success", beganAt: now } });
  expect(run(false).notification?.kind).toBe("success");
});

/** What a run has found in a project without environments. */
function verdictsBy(slots: Slots): Omit<Verdicts, "cadences"> {
  return {
    scheduler: { enabled: true },
    judged: {
      schedule: scheduleBySlots(slots, ["daily"]),
      catalog: new Catalog([], { holdDays: 30 }),
      cron: "hourly",
      parameters: undefined,
    },
    keep: { daily: 1, weekly: 1, biweekly: 1, monthly: 1 },
    kept: new Set(),
  };
}
