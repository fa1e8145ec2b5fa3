import { describe, expect, test } from "vitest";
import { addDays, isTimezone, latestDue, localDate } from "../../services/schedule/cadences.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import { at } from "./environments.ts";

describe("the day that it is", () => {
  test.each([
    // The same moment is three different days around the world.
    ["2026-03-10 10:30", "Pacific/Pago_Pago", "2026-03-09"],
    ["2026-03-10 10:30", "UTC", "2026-03-10"],
    ["2026-03-10 10:30", "Pacific/Kiritimati", "2026-03-11"],
    // UTC−11 and UTC+14: the day turns at 11:00 and at 10:00.
    ["2026-03-10 10:59:59.999", "Pacific/Pago_Pago", "2026-03-09"],
    ["2026-03-10 11:00", "Pacific/Pago_Pago", "2026-03-10"],
    ["2026-03-10 09:59:59.999", "Pacific/Kiritimati", "2026-03-10"],
    ["2026-03-10 10:00", "Pacific/Kiritimati", "2026-03-11"],
    // Zones of half and quarter hours.
    ["2026-03-10 18:29:59.999", "Asia/Kolkata", "2026-03-10"],
    ["2026-03-10 18:30", "Asia/Kolkata", "2026-03-11"],
    ["2026-03-10 18:14:59.999", "Asia/Kathmandu", "2026-03-10"],
    ["2026-03-10 18:15", "Asia/Kathmandu", "2026-03-11"],
    ["2026-01-10 03:29:59.999", "America/St_Johns", "2026-01-09"],
    ["2026-01-10 03:30", "America/St_Johns", "2026-01-10"],
    ["2026-07-10 02:30", "America/St_Johns", "2026-07-10"],
    // Lord Howe's daylight saving is half an hour: UTC+11 in January, UTC+10:30 in July.
    ["2026-01-10 13:00", "Australia/Lord_Howe", "2026-01-11"],
    ["2026-07-10 13:29:59.999", "Australia/Lord_Howe", "2026-07-10"],
    ["2026-07-10 13:30", "Australia/Lord_Howe", "2026-07-11"],
    // The ends of a year and of February.
    ["2025-12-31 23:00", "Europe/Rome", "2026-01-01"],
    ["2026-01-01 04:59:59.999", "America/New_York", "2025-12-31"],
    ["2028-02-28 15:00", "Asia/Tokyo", "2028-02-29"],
    ["2026-02-28 15:00", "Asia/Tokyo", "2026-03-01"],
  ])("at %s UTC in %s is %s", (instant, timezone, day) => {
    expect(localDate(at(instant), timezone)).toBe(day);
  });

  test.each([
    // Rome, 2026-03-29: 02:00 becomes 03:00; 2026-10-25: 03:00 becomes 02:00.
    ["before the clocks go forward", "2026-03-28 22:59:59.999", "Europe/Rome", "2026-03-28"],
    ["on the short day", "2026-03-28 23:00", "Europe/Rome", "2026-03-29"],
    ["to its early end", "2026-03-29 21:59:59.999", "Europe/Rome", "2026-03-29"],
    ["after it", "2026-03-29 22:00", "Europe/Rome", "2026-03-30"],
    ["on the long day", "2026-10-24 22:00", "Europe/Rome", "2026-10-25"],
    ["to its late end", "2026-10-25 22:59:59.999", "Europe/Rome", "2026-10-25"],
    ["after it", "2026-10-25 23:00", "Europe/Rome", "2026-10-26"],
    // Brazil's last summer time: 2018-11-04 began at 01:00, and 2019-02-16 had its last hour twice.
    ["where midnight is left out", "2018-11-04 02:59:59.999", "America/Sao_Paulo", "2018-11-03"],
    ["right after it", "2018-11-04 03:00", "America/Sao_Paulo", "2018-11-04"],
    ["in an hour before midnight", "2019-02-17 01:59:59.999", "America/Sao_Paulo", "2019-02-16"],
    ["in the same hour once more", "2019-02-17 02:00", "America/Sao_Paulo", "2019-02-16"],
    ["after both", "2019-02-17 03:00", "America/Sao_Paulo", "2019-02-17"],
    // Samoa crossed the date line and never had 2011-12-30.
    ["before a day that never was", "2011-12-30 09:59:59.999", "Pacific/Apia", "2011-12-29"],
    ["after a day that never was", "2011-12-30 10:00", "Pacific/Apia", "2011-12-31"],
  ])("%s: %s UTC in %s is %s", (_, instant, timezone, day) => {
    expect(localDate(at(instant), timezone)).toBe(day);
  });

  test("stays right however many zones are asked about in turn", () => {
    const zones = Intl.supportedValuesOf("timeZone").slice(0, 60);
    const instant = at("2026-03-10 10:30");
    const once = zones.map((zone) => localDate(instant, zone));
    expect(zones.map((zone) => localDate(instant, zone))).toEqual(once);
    expect(localDate(instant, "Pacific/Kiritimati")).toBe("2026-03-11");
  });
});

describe("a time zone", () => {
  test.each([
    "UTC",
    "Europe/Rome",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "Etc/GMT+12",
    "Etc/GMT-14",
    "Asia/Calcutta",
    // The tz database's names are told apart without regard to case.
    "europe/rome",
    "utc",
  ])("is %s", (name) => {
    expect(isTimezone(name)).toBe(true);
    expect(localDate(at("2026-03-10 12:00"), name)).toMatch(/^2026-03-1[01]$/);
  });

  test.each<[string, unknown]>([
    ["an offset", "+02:00"],
    ["another offset", "-11"],
    ["an offset in letters", "UTC+2"],
    ["no text at all", ""],
    ["a blank", " "],
    ["a name with a blank after it", "Europe/Rome "],
    ["a name with a line after it", "Europe/Rome\n"],
    ["a place that is none", "Europe/Atlantis"],
    ["a folder", "Europe"],
    ["a path", "../../etc/passwd"],
    ["an object's own name", "__proto__"],
    ["what objects inherit", "constructor"],
    ["a huge text", "Europe/Rome".repeat(100_000)],
    ["a long text of letters", "A".repeat(65)],
    ["letters that look alike", "Еurope/Rome"],
    ["a nil character", "Europe/Rome\0"],
    ["null", null],
    ["nothing", undefined],
    ["a number", 2],
    ["a list", ["Europe/Rome"]],
    ["an object that turns into a text", { toString: () => "Europe/Rome" }],
  ])("is not %s", (_, value) => {
    expect(isTimezone(value)).toBe(false);
  });
});

describe("the latest day on which a cadence is due", () => {
  test.each<[Cadence, string, readonly [upTo: string, due: string | undefined][]]>([
    [
      "daily",
      "2026-02-26",
      [
        ["2026-02-25", undefined],
        ["2026-02-26", "2026-02-26"],
        ["2026-03-01", "2026-03-01"],
      ],
    ],
    [
      "weekly",
      "2026-02-26",
      [
        ["2026-02-25", undefined],
        ["2026-02-26", "2026-02-26"],
        ["2026-03-04", "2026-02-26"],
        ["2026-03-05", "2026-03-05"],
        ["2027-02-25", "2027-02-25"],
      ],
    ],
    [
      "biweekly",
      "2026-02-26",
      [
        ["2026-02-25", undefined],
        ["2026-03-11", "2026-02-26"],
        ["2026-03-12", "2026-03-12"],
        ["2026-03-25", "2026-03-12"],
        ["2026-03-26", "2026-03-26"],
      ],
    ],
    [
      "monthly",
      "2026-01-15",
      [
        ["2026-01-14", undefined],
        ["2026-01-15", "2026-01-15"],
        ["2026-02-14", "2026-01-15"],
        ["2026-02-15", "2026-02-15"],
        ["2027-01-14", "2026-12-15"],
        ["2027-01-15", "2027-01-15"],
      ],
    ],
    // On the last day of a month that is too short, and on its own day again afterwards.
    [
      "monthly",
      "2026-01-31",
      [
        ["2026-02-27", "2026-01-31"],
        ["2026-02-28", "2026-02-28"],
        ["2026-03-30", "2026-02-28"],
        ["2026-03-31", "2026-03-31"],
        ["2026-04-29", "2026-03-31"],
        ["2026-04-30", "2026-04-30"],
        ["2026-12-31", "2026-12-31"],
        ["2027-01-30", "2026-12-31"],
        ["2028-02-28", "2028-01-31"],
        ["2028-02-29", "2028-02-29"],
        ["2028-03-30", "2028-02-29"],
      ],
    ],
    [
      "monthly",
      "2026-01-30",
      [
        ["2026-02-28", "2026-02-28"],
        ["2028-02-29", "2028-02-29"],
        ["2028-03-30", "2028-03-30"],
      ],
    ],
    [
      "monthly",
      "2026-01-29",
      [
        ["2026-02-28", "2026-02-28"],
        ["2026-03-28", "2026-02-28"],
        ["2028-02-28", "2028-01-29"],
        ["2028-02-29", "2028-02-29"],
      ],
    ],
    // A leap day is due each month, each year.
    [
      "monthly",
      "2028-02-29",
      [
        ["2028-02-28", undefined],
        ["2028-03-28", "2028-02-29"],
        ["2028-03-29", "2028-03-29"],
        ["2029-02-28", "2029-02-28"],
        ["2032-02-28", "2032-01-29"],
        ["2032-02-29", "2032-02-29"],
      ],
    ],
    // The anchor's own month has no earlier day, and the month before has none at all.
    [
      "monthly",
      "2026-03-31",
      [
        ["2026-03-30", undefined],
        ["2026-04-29", "2026-03-31"],
      ],
    ],
    // 2100 is no leap year.
    [
      "monthly",
      "2026-01-29",
      [
        ["2100-02-28", "2100-02-28"],
        ["2100-03-01", "2100-02-28"],
      ],
    ],
  ])("%s from %s", (cadence, anchor, expected) => {
    for (const [upTo, due] of expected) expect([upTo, latestDue(cadence, anchor, upTo)]).toEqual([upTo, due]);
  });

  test("is the anchor itself on the anchor's day, and none before, for each cadence", () => {
    for (const cadence of CADENCES)
      for (const anchor of ["1970-01-01", "2024-02-29", "2026-12-31", "9999-12-31"]) {
        expect(latestDue(cadence, anchor, anchor)).toBe(anchor);
        expect(latestDue(cadence, anchor, addDays(anchor, -1))).toBeUndefined();
      }
  });
});

test.each([
  ["2026-02-28", 1, "2026-03-01"],
  ["2028-02-28", 1, "2028-02-29"],
  ["2026-03-01", -1, "2026-02-28"],
  ["2025-12-31", 1, "2026-01-01"],
  ["2026-03-28", 2, "2026-03-30"],
  ["2026-10-24", 2, "2026-10-26"],
  ["2026-02-26", 0, "2026-02-26"],
])("%s and %i days is %s", (date, days, expected) => {
  expect(addDays(date, days)).toBe(expected);
});
