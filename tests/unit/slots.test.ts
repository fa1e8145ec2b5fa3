import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Slots, slotOf, slotsFor } from "../../services/schedule/slots.ts";
import { holds } from "./properties.ts";

/** Worked out by other means: the same hash as one big integer. */
function expected(token: string): Slots {
  const scaled = (scope: string, parts: number) => {
    const text = `datocms-automatic-environment-backups/slots/v1:${scope}:${token}`;
    const bits48 = BigInt(`0x${createHash("sha256").update(text).digest("hex").slice(0, 12)}`);
    return Number((bits48 * BigInt(parts)) >> 48n);
  };
  const weekly = scaled("weekly", 168);
  return {
    daily: { hour: scaled("daily", 24), weekday: null },
    weekly: { hour: weekly % 24, weekday: Math.floor(weekly / 24) },
    monthlyDay: scaled("monthly", 28) + 1,
  };
}

describe("a project's slots", () => {
  test.each([
    ["token-of-project-one", 1, 5, 22, 14],
    ["token-of-project-two", 19, 2, 22, 12],
    ["token-of-project-three", 7, 6, 21, 1],
  ])("never move: %s", async (token, daily, weekday, weekly, monthlyDay) => {
    expect(await slotsFor(token)).toEqual({
      daily: { hour: daily, weekday: null },
      weekly: { hour: weekly, weekday },
      monthlyDay,
    });
  });

  test("are the hash scaled to the hours, without a rounding error", async () => {
    await holds(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (token) => {
        expect(await slotsFor(token)).toEqual(expected(token));
      }),
      300,
    );
  });

  test("are each token's own, whoever asked before or asks meanwhile", async () => {
    const tokens = ["one", "two", "two", "one", "three", "one", "one"];
    const slots = await Promise.all(tokens.map(slotsFor));
    expect(slots).toEqual(tokens.map(expected));
    for (const token of tokens) expect(await slotsFor(token)).toEqual(expected(token));
  });

  test("are hashed once for all runs of a process", async () => {
    const digest = vi.spyOn(crypto.subtle, "digest");
    try {
      for (let run = 0; run < 5; run += 1) await slotsFor("token-of-one-process");
      expect(digest).toHaveBeenCalledTimes(3);
    } finally {
      digest.mockRestore();
    }
  });

  test("all but daily share weekly's", async () => {
    const slots = await slotsFor("token-of-project-one");
    expect(slotOf(slots, "daily")).toBe(slots.daily);
    for (const cadence of ["weekly", "biweekly", "monthly"] as const)
      expect(slotOf(slots, cadence)).toBe(slots.weekly);
  });
});

describe("over 20,000 projects", () => {
  const PROJECTS = 20_000;
  const all: Slots[] = [];
  beforeAll(async () => {
    for (let project = 0; project < PROJECTS; project += 1)
      all.push(await slotsFor(`token-of-project-${project}`));
  });

  /** Pearson's statistic of observed counts against an even spread. */
  function chiSquare(values: readonly number[], parts: number): number {
    const counts = new Array<number>(parts).fill(0);
    for (const value of values) counts[value] = (counts[value] ?? Number.NaN) + 1;
    const even = values.length / parts;
    return counts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
  }
  /** Mean plus six standard deviations of the statistic for an even spread. */
  const bound = (parts: number) => parts - 1 + 6 * Math.sqrt(2 * (parts - 1));

  test("hours, weekdays and days of the month stay in range", () => {
    const hours = all.flatMap(({ daily, weekly }) => [daily.hour, weekly.hour]);
    const weekdays = all.map(({ weekly }) => weekly.weekday);
    expect([...new Set(hours)].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
    expect([...new Set(weekdays)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(all.every(({ daily }) => daily.weekday === null)).toBe(true);
    const days = all.map(({ monthlyDay }) => monthlyDay);
    expect([...new Set(days)].sort((a, b) => a - b)).toEqual(Array.from({ length: 28 }, (_, day) => day + 1));
  });

  test("every daily hour gets its even share", () => {
    expect(
      chiSquare(
        all.map(({ daily }) => daily.hour),
        24,
      ),
    ).toBeLessThan(bound(24));
  });

  test("every weekly hour of the week gets its even share", () => {
    const hours = all.map(({ weekly }) => (weekly.weekday ?? Number.NaN) * 24 + weekly.hour);
    expect(chiSquare(hours, 168)).toBeLessThan(bound(168));
  });

  test("the daily hour does not tell the weekly one, nor the weekday", () => {
    const hours = all.map(({ daily, weekly }) => daily.hour * 24 + weekly.hour);
    expect(chiSquare(hours, 24 * 24)).toBeLessThan(bound(24 * 24));
    const weekdays = all.map(({ daily, weekly }) => daily.hour * 7 + (weekly.weekday ?? Number.NaN));
    expect(chiSquare(weekdays, 24 * 7)).toBeLessThan(bound(24 * 7));
  });

  test("every day of the month that each month has gets its even share", () => {
    expect(
      chiSquare(
        all.map(({ monthlyDay }) => monthlyDay - 1),
        28,
      ),
    ).toBeLessThan(bound(28));
  });

  test("the day of the month tells neither hour, nor the weekday", () => {
    const days = (parts: number, other: (slots: Slots) => number) =>
      chiSquare(
        all.map((slots) => (slots.monthlyDay - 1) * parts + other(slots)),
        28 * parts,
      );
    expect(days(24, ({ daily }) => daily.hour)).toBeLessThan(bound(28 * 24));
    expect(days(24, ({ weekly }) => weekly.hour)).toBeLessThan(bound(28 * 24));
    expect(days(7, ({ weekly }) => weekly.weekday ?? Number.NaN)).toBeLessThan(bound(28 * 7));
  });

  test("these bounds notice a spread that is not even", () => {
    expect(
      chiSquare(
        all.map(({ daily }) => daily.hour & ~1),
        24,
      ),
    ).toBeGreaterThan(bound(24));
    const predictable = all.map(({ daily }) => daily.hour * 24 + daily.hour);
    expect(chiSquare(predictable, 24 * 24)).toBeGreaterThan(bound(24 * 24));
  });
});
