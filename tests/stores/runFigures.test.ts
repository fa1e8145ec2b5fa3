import { describe, expect, test } from "vitest";
import { barsOf, isMixed } from "../../services/history/bars.ts";
import type { KnownRun } from "../../services/history/known.ts";
import { daysOf } from "../../services/history/stats.ts";
import type { Cadence } from "../../utils/config.ts";

const NOW = Date.UTC(2026, 2, 7, 5);
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

const attempt = (startedAt: number, status: KnownRun["status"], ...cadences: Cadence[]): KnownRun => ({
  id: `run_${startedAt}`,
  kind: "backup",
  trigger: "schedule",
  startedAt,
  durationMs: 1,
  bytes: 0,
  status,
  cadences,
});

describe("the last attempts at each kind of backup", () => {
  test("are thirty at most, the oldest first, without those that had nothing to do", () => {
    const runs = Array.from({ length: 40 }, (_, index) => attempt(40 - index, "done", "daily"));
    const bars = barsOf([attempt(50, "skipped", "daily"), ...runs]);
    expect(bars.daily?.map(({ startedAt }) => startedAt)).toEqual(
      Array.from({ length: 30 }, (_, index) => 11 + index),
    );
    expect(Object.keys(bars)).toEqual(["daily"]);
  });

  test("count a backup in the making and its end as one", () => {
    const runs = [
      attempt(4, "creating", "daily"),
      attempt(3, "done", "daily"),
      attempt(2, "creating", "daily"),
      attempt(1, "failed", "daily"),
    ];
    expect(barsOf(runs).daily?.map(({ status }) => status)).toEqual(["failed", "done", "creating"]);
  });

  test("tell each kind's own end of a run that was about several", () => {
    const run = attempt(1, "failed", "weekly", "monthly");
    expect(isMixed(run)).toBe(true);
    expect(barsOf([run])).toMatchObject({ weekly: [{ status: "failed" }], monthly: [{ status: "failed" }] });
    const made = { environmentId: "a", deletedEnvironmentIds: [], problems: [], failure: null };
    const backups: KnownRun["backups"] = [
      { ...made, cadence: "weekly", outcome: "done" },
      { ...made, cadence: "monthly", outcome: "failed" },
    ];
    expect(barsOf([{ ...run, backups }])).toMatchObject({
      weekly: [{ status: "done" }],
      monthly: [{ status: "failed" }],
    });
  });
});

describe("the figures of each day", () => {
  test("end with today, and days on which nothing ran are there", () => {
    const runs = [
      attempt(NOW, "done", "daily"),
      attempt(NOW - 2 * HOUR_MS, "failed", "daily"),
      { ...attempt(NOW - 2 * DAY_MS, "done", "daily"), bytes: 7 },
      attempt(NOW - 3 * DAY_MS, "done", "daily"),
    ];
    const today = Date.UTC(2026, 2, 7);
    expect(daysOf(runs, NOW, 3)).toEqual([
      { startsAt: today - 2 * DAY_MS, count: 1, failures: 0, bytes: 7 },
      { startsAt: today - DAY_MS, count: 0, failures: 0, bytes: 0 },
      { startsAt: today, count: 2, failures: 1, bytes: 0 },
    ]);
  });
});
