import { describe, expect, test } from "vitest";
import { isDue } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import {
  type Fallback,
  needsProjectTimezone,
  scheduleBySlots,
  scheduleOf,
} from "../../services/schedule/schedule.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import { CADENCES } from "../../utils/config.ts";
import { at, catalogOf, MAIN } from "./environments.ts";

// Thursdays; 2024-01-04 was the first.
const SLOTS: Slots = {
  daily: { hour: 22, weekday: null },
  weekly: { hour: 22, weekday: 4 },
  monthlyDay: 10,
};
const FALLBACK: Fallback = { slots: SLOTS, cadences: ["daily", "monthly"], projectTimezone: "Europe/Rome" };
const SLOT_ANCHORS = {
  daily: "2024-01-01",
  weekly: "2024-01-04",
  biweekly: "2024-01-04",
  monthly: "2024-01-10",
};
const BY_SLOTS = {
  kind: "slots",
  timezone: "UTC",
  enabledCadences: ["daily", "monthly"],
  anchors: SLOT_ANCHORS,
  anchorLocalDate: null,
  problems: [],
};
/** As the plugin saves it. */
const SAVED = {
  version: 1,
  enabledCadences: ["daily", "biweekly"],
  timezone: "Asia/Tokyo",
  anchorLocalDate: "2026-01-31",
  updatedAt: "2026-02-03T16:30:00.000Z",
};

const all = (anchor: string) => ({ daily: anchor, weekly: anchor, biweekly: anchor, monthly: anchor });
const of = (change: Record<string, unknown>, fallback: Partial<Fallback> = {}) =>
  scheduleOf({ backupSchedule: { ...SAVED, ...change } }, { ...FALLBACK, ...fallback });
const codes = (change: Record<string, unknown>) => of(change).problems.map(({ code }) => code);

describe("the schedule that the plugin has saved", () => {
  test("is taken as it stands", () => {
    expect(scheduleOf({ deploymentURL: "https://example.com", backupSchedule: SAVED }, FALLBACK)).toEqual({
      kind: "plugin",
      timezone: "Asia/Tokyo",
      enabledCadences: ["daily", "biweekly"],
      anchors: all("2026-01-31"),
      anchorLocalDate: "2026-01-31",
      problems: [],
    });
  });

  test("may list its cadences in any order, and more than once", () => {
    const { enabledCadences, problems } = of({
      enabledCadences: ["monthly", "daily", "monthly", "weekly", "biweekly"],
    });
    expect({ enabledCadences, problems }).toEqual({ enabledCadences: CADENCES, problems: [] });
  });

  test("may have members that are not known yet", () => {
    expect(of({ version: 2, paused: false, more: { deep: [] } })).toEqual(of({}));
  });

  test("is not changed by reading it", () => {
    const parameters = {
      backupSchedule: { ...SAVED, timezone: "nowhere", enabledCadences: ["weekly", "x"] },
    };
    const before = structuredClone(parameters);
    scheduleOf(parameters, FALLBACK);
    expect(parameters).toEqual(before);
  });
});

describe("without a saved schedule", () => {
  test.each<[string, unknown]>([
    ["no plugin", undefined],
    ["no parameters", {}],
    ["null for parameters", null],
    ["a list for parameters", [{ backupSchedule: SAVED }]],
    ["a text for parameters", JSON.stringify({ backupSchedule: SAVED })],
    ["null for a schedule", { backupSchedule: null }],
    ["a text for a schedule", { backupSchedule: "daily" }],
    ["a list for a schedule", { backupSchedule: [SAVED] }],
    ["a number for a schedule", { backupSchedule: 1 }],
    ["the older services' state", { automaticBackupsSchedule: SAVED }],
    ["one beneath a member called __proto__", JSON.parse('{"__proto__": {"backupSchedule": {}}}')],
  ])("the slots stand in: %s", (_, parameters) => {
    expect(scheduleOf(parameters, FALLBACK)).toEqual(BY_SLOTS);
    expect(needsProjectTimezone(parameters)).toBe(false);
  });

  test("each cadence counts from its slot's first day since 2024 began", () => {
    for (const [weekday, first] of [
      [1, "2024-01-01"],
      [2, "2024-01-02"],
      [6, "2024-01-06"],
      [0, "2024-01-07"],
    ] as const) {
      const slots = { ...SLOTS, weekly: { hour: 5, weekday }, monthlyDay: 28 };
      const { anchors } = scheduleBySlots(slots, CADENCES);
      expect(anchors).toEqual({ daily: "2024-01-01", weekly: first, biweekly: first, monthly: "2024-01-28" });
      expect(new Date(`${first}T00:00:00Z`).getUTCDay()).toBe(weekday);
    }
  });

  test("the cadences come in their order", () => {
    expect(scheduleBySlots(SLOTS, ["monthly", "daily"]).enabledCadences).toEqual(["daily", "monthly"]);
  });
});

describe("a time zone that is not known", () => {
  const INVALID = [undefined, null, "", "Europe/Atlantis", "+02:00", 1, {}, ["UTC"], "Z".repeat(100_000)];

  test("gives way to the project's, and is reported", () => {
    for (const timezone of INVALID) {
      const schedule = of({ timezone });
      expect(schedule.timezone).toBe("Europe/Rome");
      expect(schedule.problems).toEqual([
        { code: "SCHEDULE_INVALID_TIMEZONE", sentence: expect.stringContaining("Europe/Rome") },
      ]);
      expect(needsProjectTimezone({ backupSchedule: { ...SAVED, timezone } })).toBe(true);
    }
  });

  test.each([undefined, "", "Europe/Atlantis", "+02:00"])(
    "gives way to UTC where the project's is %j",
    (projectTimezone) => {
      const schedule = of({ timezone: "Europe/Atlantis" }, { projectTimezone });
      expect(schedule.timezone).toBe("UTC");
      expect(schedule.problems).toEqual([
        { code: "SCHEDULE_INVALID_TIMEZONE", sentence: expect.stringContaining("UTC") },
      ]);
    },
  );

  test("leaves anchor and cadences as they are", () => {
    expect(of({ timezone: "nowhere" })).toMatchObject({
      kind: "plugin",
      enabledCadences: ["daily", "biweekly"],
      anchors: all("2026-01-31"),
    });
  });

  test("is the only reason to ask for the project's", () => {
    for (const timezone of ["Asia/Tokyo", "UTC", "asia/tokyo"]) {
      expect(needsProjectTimezone({ backupSchedule: { ...SAVED, timezone } })).toBe(false);
      expect(of({ timezone }).problems).toEqual([]);
    }
  });
});

describe("an anchor date that is none", () => {
  const INVALID = [
    undefined,
    null,
    "",
    "2026-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2026-2-01",
    "26-02-01",
    "2026-02-01T00:00:00Z",
    " 2026-02-01",
    "2026-02-01\n",
    "+010000-01-01",
    "-000001-01-01",
    // These come back from a Date as they went in, but are months.
    "+010000-01",
    "-000001-12",
    "today",
    1_772_118_000_000,
    ["2026-02-01"],
    { toString: () => "2026-02-01" },
    "2026-02-01".repeat(100_000),
  ];

  test("gives way to the day on which it was saved, in the schedule's zone, and is reported", () => {
    for (const anchorLocalDate of INVALID) {
      const schedule = of({ anchorLocalDate });
      // 16:30 UTC is past midnight in Tokyo.
      expect(schedule.anchors).toEqual(all("2026-02-04"));
      expect(schedule.anchorLocalDate).toBe("2026-02-04");
      expect(schedule.problems).toEqual([
        { code: "SCHEDULE_INVALID_ANCHOR", sentence: expect.stringContaining("2026-02-04") },
      ]);
    }
  });

  test.each([
    ["2026-02-03T16:30:00.000Z", "America/Los_Angeles", "2026-02-03"],
    ["2026-02-03T16:30:00Z", "Pacific/Kiritimati", "2026-02-04"],
    ["2026-02-03T23:30:00-05:00", "America/New_York", "2026-02-03"],
    ["2026-02-03T23:30:00-05:00", "UTC", "2026-02-04"],
    ["2026-02-04T01:00:00+14:00", "Pacific/Pago_Pago", "2026-02-03"],
  ])("saved at %s in %s, it is %s", (updatedAt, timezone, day) => {
    expect(of({ anchorLocalDate: "x", updatedAt, timezone }).anchorLocalDate).toBe(day);
  });

  test("counts the day in the zone that replaces one that is not known", () => {
    const change = { anchorLocalDate: "x", timezone: "x", updatedAt: "2026-02-03T23:30:00Z" };
    expect(of(change).anchorLocalDate).toBe("2026-02-04");
    expect(of(change, { projectTimezone: undefined }).anchorLocalDate).toBe("2026-02-03");
  });

  test.each<[string, unknown]>([
    ["missing", undefined],
    ["a text", "yesterday"],
    ["a day", "2026-02-03"],
    ["a day that is none", "2026-02-30T00:00:00Z"],
    ["a number", 1_772_118_000_000],
    ["without a zone", "2026-02-03T16:30:00"],
    ["huge", "2".repeat(100_000)],
  ])("gives way to the slot's days where the time of saving is %s", (_, updatedAt) => {
    const schedule = of({ anchorLocalDate: "x", updatedAt });
    expect(schedule).toEqual({
      kind: "plugin",
      timezone: "Asia/Tokyo",
      enabledCadences: ["daily", "biweekly"],
      anchors: SLOT_ANCHORS,
      anchorLocalDate: null,
      problems: [{ code: "SCHEDULE_INVALID_ANCHOR", sentence: expect.stringContaining("2024-01-04") }],
    });
  });

  test("never becomes today, which would make each cadence due every day", () => {
    for (const updatedAt of [SAVED.updatedAt, undefined]) {
      const schedule = of({ anchorLocalDate: "x", updatedAt, enabledCadences: CADENCES });
      for (const cadence of ["weekly", "biweekly", "monthly"] as const) {
        const made = [0, 1, 2, 3, 4, 5, 6].map((day) => {
          const now = at("2026-03-16 02:35") + day * 86_400_000;
          const copy = { ...MAIN, id: `backup-plugin-${cadence}-2026-03-15`, primary: false };
          const world = [MAIN, { ...copy, createdAt: at("2026-03-15 12:00") }];
          const query = { cadence, now, mode: "date", slots: SLOTS, catchUp: true } as const;
          return isDue(query, schedule, catalogOf(world), { enabled: true }).due;
        });
        expect(made.filter((due) => due).length).toBeLessThan(7);
      }
    }
  });

  // The last instants that ISO texts can tell lie in the year 10000 of the zones ahead of UTC.
  test.each([
    ["9999-12-31T23:59:59Z", "Pacific/Kiritimati"],
    ["9999-12-31T23:59:59-23:59", "Pacific/Pago_Pago"],
    ["9999-12-31T23:59:59-23:59", "UTC"],
    ["0000-01-01T00:00:00+23:59", "UTC"],
  ])("is a day that there is, or none, however far off it was saved: %s in %s", (updatedAt, timezone) => {
    const schedule = of({ anchorLocalDate: "x", updatedAt, timezone, enabledCadences: CADENCES });
    expect(schedule.anchorLocalDate ?? "2026-01-01").toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const cadence of CADENCES)
      for (const mode of ["slot", "date"] as const) {
        const query = { cadence, now: at("2026-03-10 22:35"), mode, slots: SLOTS, catchUp: true };
        expect(() => isDue(query, schedule, catalogOf([MAIN]), { enabled: true })).not.toThrow();
        expect(() =>
          nextRun(query, schedule, mode === "slot" ? "hourly" : "daily", catalogOf([MAIN])),
        ).not.toThrow();
      }
  });
});

describe("a list of cadences that cannot be read", () => {
  test.each<[string, unknown]>([
    ["missing", undefined],
    ["null", null],
    ["empty", []],
    ["a text", "daily"],
    ["an object", { 0: "daily", length: 1 }],
    ["of names that are not known", ["hourly", "yearly"]],
    ["of one known name and one that is not", ["monthly", "hourly"]],
    ["of names in capitals", ["Daily"]],
    ["of objects that turn into names", [{ toString: () => "daily" }]],
    ["of lists", [["daily"]]],
    ["of what objects inherit", ["constructor", "__proto__"]],
    ["huge", Array.from({ length: 100_000 }, () => "x".repeat(10))],
    ["with a hole", [undefined, "daily"]],
  ])("stands for daily and weekly, and is reported: %s", (_, enabledCadences) => {
    const schedule = of({ enabledCadences });
    expect(schedule.enabledCadences).toEqual(["daily", "weekly"]);
    expect(schedule.problems).toEqual([
      { code: "SCHEDULE_INVALID_CADENCES", sentence: expect.stringContaining("daily and weekly") },
    ]);
    expect(schedule).toMatchObject({ kind: "plugin", timezone: "Asia/Tokyo", anchors: all("2026-01-31") });
  });

  test("is not that of the setting for projects without a schedule", () => {
    expect(of({ enabledCadences: [] }, { cadences: ["monthly"] }).enabledCadences).toEqual([
      "daily",
      "weekly",
    ]);
  });
});

describe("whatever is wrong", () => {
  test("is reported all at once, in one order, and the rest is taken as saved", () => {
    expect(codes({ timezone: 1, enabledCadences: 1, anchorLocalDate: 1 })).toEqual([
      "SCHEDULE_INVALID_TIMEZONE",
      "SCHEDULE_INVALID_CADENCES",
      "SCHEDULE_INVALID_ANCHOR",
    ]);
    expect(scheduleOf({ backupSchedule: {} }, FALLBACK)).toMatchObject({
      kind: "plugin",
      timezone: "Europe/Rome",
      enabledCadences: ["daily", "weekly"],
      anchors: SLOT_ANCHORS,
      anchorLocalDate: null,
    });
  });

  test("no sentence repeats what somebody put into the document", () => {
    const hostile = `<script>${"x".repeat(9_000)}`;
    const { problems } = of({
      timezone: hostile,
      enabledCadences: [hostile],
      anchorLocalDate: hostile,
      updatedAt: hostile,
    });
    expect(problems).toHaveLength(3);
    for (const { sentence } of problems) {
      expect(sentence).not.toContain("script");
      expect(sentence.length).toBeLessThan(200);
    }
  });

  test("a document's __proto__ is a member like any other", () => {
    const hostile: unknown = JSON.parse(
      '{"backupSchedule": {"__proto__": {"timezone": "Asia/Tokyo", "enabledCadences": ["monthly"]}}}',
    );
    expect(scheduleOf(hostile, FALLBACK)).toEqual(scheduleOf({ backupSchedule: {} }, FALLBACK));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
