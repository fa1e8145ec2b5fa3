import { describe, expect, test } from "vitest";
import { planRetention } from "../../services/archive/retention/plan.ts";
import { DAY_MS, daily, HOUR_MS, listed, NOW, RETENTION, retain } from "./retentionSupport.ts";

const ONLY_DAILY = { keep: { daily: 2 }, shrinkLimit: 50 };

describe("of archives by schedule", () => {
  test("the newest of 7 days, 5 weeks, 12 months and 3 years stay", () => {
    const { kept } = retain(daily(1_500));
    const of = (reason: string) => Object.keys(kept).filter((id) => kept[id]?.includes(reason));
    expect(of("newest")).toEqual(["day-0"]);
    expect(of("daily")).toHaveLength(7);
    // 2026-11-26 is a Thursday: the newest of the weeks before are those of Sundays.
    expect(of("weekly")).toEqual(["day-0", "day-4", "day-11", "day-18", "day-25"]);
    expect(of("monthly")).toHaveLength(12);
    expect(of("yearly")).toEqual(["day-0", "day-330", "day-695"]);
    expect(Object.keys(kept)).toHaveLength(
      new Set([...of("daily"), ...of("weekly"), ...of("monthly"), ...of("yearly")]).size,
    );
  });

  test("days count that have one, however long ago", () => {
    const old = [1, 200, 400].map((days) => ({ id: `day-${days}`, at: NOW - days * DAY_MS }));
    expect(retain(old, ONLY_DAILY).removed).toEqual(["day-400"]);
  });

  test("the newest of a day stays, and stands for the others", () => {
    const { removed, successors } = retain([
      { id: "morning", at: NOW - 3 * HOUR_MS },
      { id: "noon", at: NOW - 2 * HOUR_MS },
      { id: "evening", at: NOW - HOUR_MS },
    ]);
    expect(removed).toEqual(["noon", "morning"]);
    expect(successors).toEqual({ noon: "evening", morning: "evening" });
  });

  test("weeks begin on Monday, by UTC", () => {
    const weeks = { keep: { weekly: 9 }, shrinkLimit: 50 };
    const at = Date.parse("2026-11-23T00:00:00Z");
    const both = [
      { id: "sunday", at: at - 1 },
      { id: "monday", at },
      { id: "next-sunday", at: at + 7 * DAY_MS - 1 },
    ];
    expect(retain(both, weeks, at + 7 * DAY_MS).removed).toEqual(["monday"]);
  });
});

describe("never displaced by", () => {
  const two = daily(2);
  test.each([
    ["partial ones", { missing: ["a.jpg"] }],
    ["uploaded ones", { isUploaded: true }],
    ["those by hand", { isByHand: true }],
    ["those of another project", { projectId: "2" }],
    ["those without assets", { withAssets: false }],
    ["those that have lost more than half of the records", { records: 49 }],
  ])("%s", (_, rest) => {
    const newer = [1, 2, 3].map((hour) => ({ id: `newer-${hour}`, at: NOW + hour * HOUR_MS, ...rest }));
    expect(retain([...two, ...newer], { ...ONLY_DAILY, keep: { daily: 1 } }).kept).toHaveProperty("day-0");
  });

  test("one that lost much, where that is no matter", () => {
    const small = { id: "small", at: NOW + HOUR_MS, records: 1 };
    const { removed } = retain([...two, small], { keep: { daily: 1 }, shrinkLimit: undefined });
    expect(removed).toEqual(["day-0", "day-1"]);
  });

  test("a row of small losses that make a large one", () => {
    const shrinking = [100, 60, 35].map((records, hour) => ({
      id: `has-${records}`,
      at: NOW - (3 - hour) * HOUR_MS,
      records,
    }));
    // 60 may take the place of 100 and 35 that of 60, but 35 not that of 100.
    expect(retain(shrinking).kept).toEqual({
      "has-35": ["newest", "daily", "weekly", "monthly", "yearly"],
      "has-100": ["nothing newer holds as much"],
    });
  });
});

describe("partial ones", () => {
  test("stay until a complete one of their day is there", () => {
    const partial = { id: "partial", at: NOW - HOUR_MS, missing: ["a.jpg"] };
    expect(retain([partial, ...daily(1)]).removed).toEqual(["partial"]);
    expect(retain([partial, { id: "newer", at: NOW, missing: ["b.jpg"] }]).kept).toMatchObject({
      partial: ["partial: nothing newer holds as much"],
    });
  });

  test("go for others that lack nothing more, or one file that never comes would keep them all", () => {
    const same = daily(10, { missing: ["a.jpg"] });
    expect(retain(same, ONLY_DAILY).removed).toHaveLength(8);
    const [newest, ...rest] = same;
    const more = { id: "more", at: newest?.at ?? 0, missing: ["a.jpg", "b.jpg"] };
    expect(retain([more, ...rest], ONLY_DAILY).kept).toMatchObject({ "day-1": ["daily"] });
    expect(retain([more, ...rest], { keep: { daily: 1 }, shrinkLimit: 50 }).removed).not.toContain("day-1");
  });
});

describe("always stay", () => {
  test("pinned ones, and the newest of each source", () => {
    const archives = [
      ...daily(3),
      { id: "pinned", at: NOW - 400 * DAY_MS, isPinned: true },
      { id: "staging", at: NOW - 4_000 * DAY_MS, isByHand: true, environment: "staging" },
      { id: "primary", at: NOW - 4_000 * DAY_MS, isByHand: true, isPrimary: true },
    ];
    expect(retain(archives, { keep: { daily: 1 }, shrinkLimit: 50 }).kept).toEqual({
      "day-0": ["newest", "daily"],
      pinned: ["pinned"],
      staging: ["newest", "daily"],
      primary: ["newest", "daily"],
    });
  });

  test("those that cannot be read", () => {
    const [newest] = daily(1).map(listed);
    if (newest === undefined) throw new Error("None");
    const unreadable = (["newer", "damaged"] as const).map((kind) => ({
      ...newest,
      id: kind,
      manifest: { kind },
    }));
    const plan = planRetention([newest, ...unreadable], RETENTION, NOW);
    expect(plan).toMatchObject({
      value: {
        kept: [
          { id: "day-0" },
          { id: "newer", because: ["not readable"] },
          { id: "damaged", because: ["not readable"] },
        ],
        removed: [],
      },
    });
  });
});

test("an archive from the future stops it, one of another time zone does not", () => {
  const future = (hours: number) =>
    planRetention([listed({ id: "x", at: NOW + hours * HOUR_MS })], RETENTION, NOW);
  expect(future(24)).toMatchObject({ ok: true });
  expect(future(25)).toMatchObject({ ok: false, failure: { cause: "CLOCK_SKEW", facts: { archive: "x" } } });
});
