import { describe, expect, test } from "vitest";
import { type Finding, summaryOf, verdictOf } from "../../services/findings/finding.ts";
import { scheduleFindings, whyStopped } from "../../services/findings/schedule.ts";
import type { Facts } from "../../services/health/facts.ts";
import { findingsOf } from "../../services/health/findings.ts";
import { scheduleOf } from "../../services/schedule/schedule.ts";
import { schedulerOf } from "../../services/schedule/scheduler.ts";
import { readAlerts } from "../../utils/alertSettings.ts";
import { readConfig } from "../../utils/config.ts";
import { failed } from "../../utils/failures.ts";
import { invalidSetting } from "../../utils/refusals.ts";
import { oldWordsIn } from "../docs/words.ts";

/** A deployment without a token: nothing is known but what it is itself. */
const BARE: Facts = {
  now: Date.parse("2026-03-02T12:00:00.000Z"),
  slots: undefined,
  config: readConfig({}),
  project: undefined,
  host: "netlify",
  cronFrequency: "hourly",
  maxCalls: 40,
  cron: { kind: "ready" },
  secret: { kind: "set", short: [] },
  alerts: readAlerts({}),
  unknown: [],
  offsite: [],
};

const codes = (facts: Partial<Facts>) =>
  findingsOf({ ...BARE, ...facts }, "1.2.3").map(({ level, code }) => `${level} ${code}`);

describe("the lines", () => {
  test("say that a secret which is none refuses every call", () => {
    const secret = {
      kind: "misconfigured",
      variable: "CRON_SECRET",
      why: "holds a template's text",
    } as const;
    const lines = findingsOf({ ...BARE, secret }, "1.2.3");
    expect(lines).toContainEqual({
      level: "fail",
      code: "MISSING_SHARED_SECRET_CONFIG",
      sentence: "CRON_SECRET holds a template's text, so every call is refused.",
      advice: expect.stringContaining("at least 16 characters"),
    });
  });

  test("name the variable whose secret is short", () => {
    const secret = { kind: "set", short: ["CRON_SECRET"] } as const;
    const line = findingsOf({ ...BARE, secret }, "1.2.3").find(({ code }) => code === "SECRET_SHORT");
    expect(line?.sentence).toBe("CRON_SECRET is shorter than 16 characters.");
  });

  test("leave out what cannot be known", () => {
    expect(codes({})).toEqual([
      "fail MISSING_API_TOKEN",
      "ok SECRET_SET",
      "ok CRON_READY",
      "warn ALERTS_OFF",
      "ok VERSION",
    ]);
    const slots = { daily: { hour: 1, weekday: null }, weekly: { hour: 1, weekday: 1 }, monthlyDay: 1 };
    const config = failed(invalidSetting("DATOCMS_CMA_BASE_URL", "is none", "an address"));
    expect(codes({ slots, config })).toEqual([
      "fail INVALID_CONFIGURATION",
      "ok SECRET_SET",
      "ok CRON_READY",
      "warn ALERTS_OFF",
      "ok VERSION",
    ]);
  });

  test("show version and host", () => {
    expect(findingsOf(BARE, "1.2.3").at(-1)?.sentence).toBe(
      "This is version 1.2.3, on netlify, where the cron comes every hour.",
    );
  });
});

describe("the lines of the schedule", () => {
  const slots = { daily: { hour: 1, weekday: null }, weekly: { hour: 1, weekday: 1 }, monthlyDay: 1 };
  const lines = (parameters: unknown, paused = false) => {
    const fallback = { slots, cadences: ["daily", "monthly"] as const, projectTimezone: "Europe/Rome" };
    return scheduleFindings(scheduleOf(parameters, fallback), schedulerOf({ paused }, undefined));
  };
  const codesOf = (found: readonly Finding[]) => found.map(({ level, code }) => `${level} ${code}`);
  const saved = { enabledCadences: ["biweekly"], timezone: "Asia/Tokyo", anchorLocalDate: "2026-01-31" };

  test("name the cadences of the slots where nothing is saved", () => {
    expect(codesOf(lines(undefined))).toEqual(["ok SCHEDULE_BY_SLOTS"]);
    expect(lines(undefined)[0]?.sentence).toContain("daily, monthly backups");
    expect(oldWordsIn(lines(undefined)[0]?.sentence ?? "")).toEqual([]);
  });

  test("name cadences, anchor and zone of the saved one", () => {
    const found = lines({ backupSchedule: saved });
    expect(codesOf(found)).toEqual(["ok SCHEDULE_SAVED"]);
    for (const part of ["biweekly", "2026-01-31", "Asia/Tokyo"]) expect(found[0]?.sentence).toContain(part);
  });

  test("warn of what cannot be read in it, with what is taken instead", () => {
    const found = lines({ backupSchedule: { timezone: "nowhere" } });
    expect(codesOf(found)).toEqual([
      "ok SCHEDULE_SAVED",
      "warn SCHEDULE_INVALID_TIMEZONE",
      "warn SCHEDULE_INVALID_CADENCES",
      "warn SCHEDULE_INVALID_ANCHOR",
    ]);
    expect(found[1]?.sentence).toContain("Europe/Rome");
    for (const { advice } of found.slice(1)) expect(advice).toContain("Save the schedule again");
  });

  test("say first that a pause stops all of it, and why nothing comes", () => {
    expect(codesOf(lines({ backupSchedule: saved }, true))).toEqual([
      "fail SCHEDULER_PAUSED",
      "ok SCHEDULE_SAVED",
    ]);
    expect(whyStopped(schedulerOf({ paused: true }, undefined))).toContain("paused");
    expect(whyStopped({ enabled: false, disconnectedAt: "2026-02-20T00:00:00Z" })).toContain("disconnected");
    expect(whyStopped({ enabled: true })).toBeUndefined();
  });
});

describe("the verdict and the summary", () => {
  const line = (level: "ok" | "warn" | "fail", sentence = "It is so.", code = "CODE") => ({
    level,
    code,
    sentence,
  });
  test.each([
    [[line("ok")], "ok", "Backups will be made."],
    [[line("ok"), line("warn")], "warn", "Backups will be made. One thing to look at below."],
    [[line("warn"), line("warn")], "warn", "Backups will be made. 2 things to look at below."],
    [[line("warn"), line("fail", "This.")], "fail", "Backups will NOT be made: This."],
    [
      [line("warn"), line("warn", "Late.", "DAILY_OVERDUE"), line("warn", "", "COVERAGE")],
      "warn",
      "Late. One more thing to look at below.",
    ],
    [
      [line("warn", "Late.", "DAILY_OVERDUE"), line("fail", "None.", "WEEKLY_OVERDUE")],
      "fail",
      "None. One more thing to look at below.",
    ],
    [
      [line("warn", "It hangs.", "FORK_HANGS"), line("fail", "Some.", "ROOM_FOR_SOME"), line("warn")],
      "fail",
      "Some. 2 more things to look at below.",
    ],
    [
      [line("fail", "Never daily.", "DAILY_NEVER_DUE"), line("ok", "Yes.", "WEEKLY_NEXT_RUN")],
      "fail",
      "Never daily.",
    ],
    [
      [line("fail", "Never daily.", "DAILY_NEVER_DUE"), line("fail", "Never weekly.", "WEEKLY_NEVER_DUE")],
      "fail",
      "Backups will NOT be made: Never daily. (and 1 more, see below)",
    ],
    [
      [line("warn", "Not told.", "ROLE_UNKNOWN")],
      "warn",
      "Backups will be made, as far as DatoCMS tells. One thing to look at below.",
    ],
    [
      [line("fail", "This."), line("fail"), line("fail")],
      "fail",
      "Backups will NOT be made: This. (and 2 more, see below)",
    ],
  ])("are the worst line's", (lines, verdict, summary) => {
    expect({ verdict: verdictOf(lines), summary: summaryOf(lines) }).toEqual({ verdict, summary });
  });
});
