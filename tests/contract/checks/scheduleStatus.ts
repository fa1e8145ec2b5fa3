import { expect } from "vitest";
import { anInstant, expectOk, pick } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host } from "../host.ts";
import { acceptsStatus } from "../plugin.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf, tokenWithWeeklyDay } from "../tokens.ts";
import { STATUS, statusBody } from "../wire.ts";
import { CADENCES } from "./pluginClient.ts";
import { daysAgo, problemCodes, save, schedule, seedCopy, untouched } from "./saved.ts";

async function statusOf({ send }: Scene): Promise<unknown> {
  const answer = await send("POST", STATUS, { body: statusBody });
  expectOk(answer);
  expect(acceptsStatus(answer.body)).toEqual([]);
  return answer.body;
}

/** The UTC date of a cadence's next run. */
function nextDate(status: unknown, cadence: string): string {
  return String(pick(status, "slots", cadence, "nextBackupAt")).slice(0, 10);
}

/** The same day of the next month, or its last. */
function aMonthLater(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dateOf(Date.UTC(year, month, Math.min(day, lastDay)));
}

/** What the status tells of the schedule that the plugin's user has saved. */
export function statusOfSchedule(host: Host): void {
  const options = async () => ({ token: await tokenWithWeeklyDay(3) });
  group(host, "status of a saved schedule", { options }, (check) => {
    statusOfSlots(check);
    fallbacks(check);
  });
}

function statusOfSlots(check: Check): void {
  check("the day of the anchor: all four are due now, and come next", "reads", async (scene) => {
    const enabledCadences = [...CADENCES];
    save(scene, { enabledCadences });
    const body = await statusOf(scene);
    const missing = (scope: string) => ({
      scope,
      executionMode: "lambda_cron",
      enabled: true,
      lastBackupAt: null,
      nextBackupAt: anInstant(),
      dueNow: true,
      state: "missing",
      copies: 0,
      environmentId: null,
    });
    // Beside these members a slot may tell more.
    expect(pick(body, "slots")).toMatchObject(
      Object.fromEntries(CADENCES.map((cadence) => [cadence, missing(cadence)])),
    );
    expect(pick(body, "schedule")).toEqual({
      timezone: "UTC",
      enabledCadences,
      anchorLocalDate: daysAgo(0),
    });
    expect(pick(body, "problems")).toEqual([]);
  });

  check("once made, each comes again on its own day", "reads", async (scene) => {
    save(scene, { enabledCadences: [...CADENCES] });
    for (const cadence of CADENCES) seedCopy(scene, cadence, 0);
    const body = await statusOf(scene);
    for (const cadence of CADENCES)
      expect(pick(body, "slots", cadence)).toMatchObject({
        enabled: true,
        dueNow: false,
        state: "ready",
        copies: 1,
        environmentId: idOf(cadence),
        lastBackupAt: anInstant(),
      });
    expect(nextDate(body, "daily")).toBe(daysAgo(-1));
    expect(nextDate(body, "weekly")).toBe(daysAgo(-7));
    expect(nextDate(body, "biweekly")).toBe(daysAgo(-14));
    expect(nextDate(body, "monthly")).toBe(aMonthLater(daysAgo(0)));
  });

  check(
    "what the schedule does not enable has no next time, but its copies are told",
    "reads",
    async (scene) => {
      save(scene, { enabledCadences: ["weekly"], anchorLocalDate: daysAgo(-5) });
      seedCopy(scene, "daily", 2);
      const body = await statusOf(scene);
      const off = { enabled: false, dueNow: false, nextBackupAt: null };
      expect(body).toMatchObject({
        slots: {
          daily: { ...off, state: "ready", copies: 1, environmentId: idOf("daily", Date.now() - 2 * DAY_MS) },
          weekly: { enabled: true, dueNow: false, lastBackupAt: null },
          biweekly: { ...off, state: "missing" },
          monthly: { ...off, state: "missing" },
        },
      });
      expect(nextDate(body, "weekly")).toBe(daysAgo(-5));
    },
  );

  check("a missed date is due until it is made up for", "reads", async (scene) => {
    save(scene, { enabledCadences: ["weekly", "biweekly"], anchorLocalDate: daysAgo(17) });
    seedCopy(scene, "weekly", 4);
    seedCopy(scene, "biweekly", 2);
    const body = await statusOf(scene);
    expect(body).toMatchObject({ slots: { weekly: { dueNow: true }, biweekly: { dueNow: false } } });
    expect(nextDate(body, "biweekly")).toBe(daysAgo(-11));
  });

  check("a copy in the making is told beside the one that is ready", "reads", async (scene) => {
    save(scene, { enabledCadences: ["weekly"] });
    seedCopy(scene, "weekly", 7);
    scene.project.settings.forkMs = 600_000;
    scene.project.user.fork(null, idOf("weekly"));
    expect(await statusOf(scene)).toMatchObject({
      slots: {
        weekly: { state: "creating", copies: 1, environmentId: idOf("weekly", Date.now() - 7 * DAY_MS) },
      },
    });
  });

  check("while disconnected nothing is due and nothing comes", "reads", async (scene) => {
    const disconnectedAt = new Date(Date.now() - 1_000).toISOString();
    save(scene, { enabledCadences: [...CADENCES] }, { schedulerDisconnect: { disconnectedAt } });
    const body = await statusOf(scene);
    for (const cadence of CADENCES)
      expect(pick(body, "slots", cadence)).toMatchObject({
        enabled: true,
        dueNow: false,
        nextBackupAt: null,
      });
    expect(problemCodes(body)).toContain("SCHEDULER_DISABLED");
  });
}

interface Invalid {
  readonly title: string;
  readonly member: string;
  readonly values: readonly unknown[];
  readonly code: string;
  readonly instead: () => object;
}

const LONG = "Europe/Rome".repeat(500);

/** What may stand in the parameters, and what is taken in its place. */
const INVALID: readonly Invalid[] = [
  {
    title: "zone",
    member: "timezone",
    values: ["Mars/Olympus", "", "+02:00", null, 5, ["UTC"], {}, LONG, "__proto__", undefined],
    code: "SCHEDULE_INVALID_TIMEZONE",
    // The project's own.
    instead: () => ({ timezone: "Europe/London" }),
  },
  {
    title: "anchor",
    member: "anchorLocalDate",
    values: ["2026-02-30", "yesterday", "", "2026-1-1", null, 20_260_101, [], {}, LONG, undefined],
    code: "SCHEDULE_INVALID_ANCHOR",
    // When it was saved.
    instead: () => ({ anchorLocalDate: daysAgo(2) }),
  },
  {
    title: "list of cadences",
    member: "enabledCadences",
    values: [[], ["hourly"], ["monthly", "hourly"], "daily", null, 5, { 0: "daily" }, [["daily"]], undefined],
    code: "SCHEDULE_INVALID_CADENCES",
    instead: () => ({ enabledCadences: ["daily", "weekly"] }),
  },
];

function fallbacks(check: Check): void {
  for (const { title, member, values, code, instead } of INVALID)
    check(`an invalid ${title} is replaced, reported and left where it is`, "reads", async (scene) => {
      const updatedAt = new Date(Date.now() - 2 * DAY_MS).toISOString();
      const valid = schedule({ enabledCadences: ["monthly"], updatedAt });
      for (const value of values) {
        const kept = save(scene, { ...valid, [member]: value });
        const body = await statusOf(scene);
        const { timezone, enabledCadences, anchorLocalDate } = valid;
        expect(pick(body, "schedule"), JSON.stringify(value)?.slice(0, 80)).toEqual({
          ...{ timezone, enabledCadences, anchorLocalDate },
          ...instead(),
        });
        expect(problemCodes(body)).toContain(code);
        untouched(scene, kept);
      }
    });

  check("without the project's zone an invalid one means UTC", "reads", async (scene) => {
    save(scene, { timezone: "Mars/Olympus" });
    const effect = { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" } as const;
    scene.project.faults.add({ operation: "site.find", times: 9, effect });
    expect(await statusOf(scene)).toMatchObject({ schedule: { timezone: "UTC" } });
  });

  check("without any date weeks count from the slot's weekday, never from today", "reads", async (scene) => {
    // The slot's weekday was three days ago; counted from today, weekly would be due.
    const kept = save(scene, { enabledCadences: ["weekly"], anchorLocalDate: "x", updatedAt: "y" });
    seedCopy(scene, "weekly", 2);
    const body = await statusOf(scene);
    expect(body).toMatchObject({ schedule: { anchorLocalDate: null }, slots: { weekly: { dueNow: false } } });
    expect(nextDate(body, "weekly")).toBe(daysAgo(-4));
    expect(problemCodes(body)).toContain("SCHEDULE_INVALID_ANCHOR");
    untouched(scene, kept);
  });

  for (const [title, value] of [
    ["text", "daily"],
    ["a list", ["daily"]],
    ["null", null],
    ["a number", 1],
  ] as const)
    check(`a schedule that is ${title} is none`, "reads", async (scene) => {
      scene.project.user.setParameters("main", { backupSchedule: value });
      expect(await statusOf(scene)).toMatchObject({
        schedule: { timezone: "UTC", enabledCadences: ["daily", "weekly"], anchorLocalDate: null },
      });
    });
}
