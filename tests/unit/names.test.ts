import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupId, endOf, startOf, supersededId, utcDate } from "../../services/catalog/names.ts";
import { CADENCES } from "../../utils/config.ts";
import { asBackup, at, backupOf, catalogOf, environment, idsOf } from "./environments.ts";
import { holds } from "./properties.ts";

const YEAR_2000 = at("2000-01-01 00:00");
const instant = fc.integer({ min: YEAR_2000, max: at("2100-01-01 00:00") });
const cadence = fc.constantFrom(...CADENCES);

describe("ours", () => {
  test.each([
    "backup-plugin-daily-2026-02-26",
    "backup-plugin-weekly-2026-02-26",
    "backup-plugin-biweekly-2026-12-31",
    "backup-plugin-monthly-2026-01-01",
    "backup-plugin-daily-2024-02-29",
    "backup-plugin-daily-2000-02-29",
    "backup-plugin-daily-2026-02-26-superseded-000000000",
    "backup-plugin-monthly-2026-02-26-superseded-235959999",
  ])("is %s", (id) => {
    expect(asBackup(environment(id))).toBeDefined();
  });

  test.each([
    ["no date", "backup-plugin-daily"],
    ["no date but text", "backup-plugin-daily-keep-before-launch"],
    ["text after the date", "backup-plugin-daily-2026-02-26-keep"],
    ["text before the name", "my-backup-plugin-daily-2026-02-26"],
    ["a blank before", " backup-plugin-daily-2026-02-26"],
    ["a line break after", "backup-plugin-daily-2026-02-26\n"],
    ["a second line", "backup-plugin-daily-2026-02-26\nx"],
    ["upper case", "Backup-plugin-daily-2026-02-26"],
    ["an upper-case cadence", "backup-plugin-DAILY-2026-02-26"],
    ["a cadence that does not exist", "backup-plugin-hourly-2026-02-26"],
    ["a name that every object has", "backup-plugin-constructor-2026-02-26"],
    ["another separator", "backup_plugin_daily_2026_02_26"],
    ["the 29th of February of a common year", "backup-plugin-daily-2026-02-29"],
    ["the 29th of February of 1900", "backup-plugin-daily-1900-02-29"],
    ["the 30th of February", "backup-plugin-daily-2024-02-30"],
    ["the 31st of April", "backup-plugin-daily-2026-04-31"],
    ["month 13", "backup-plugin-daily-2026-13-01"],
    ["month 0", "backup-plugin-daily-2026-00-10"],
    ["day 0", "backup-plugin-daily-2026-01-00"],
    ["day 32", "backup-plugin-daily-2026-01-32"],
    ["a date of two digits", "backup-plugin-daily-26-02-26"],
    ["a date of five digits", "backup-plugin-daily-12026-02-26"],
    ["other digits", "backup-plugin-daily-２０２６-02-26"],
    ["a mark of eight digits", "backup-plugin-daily-2026-02-26-superseded-12345678"],
    ["a mark of ten digits", "backup-plugin-daily-2026-02-26-superseded-1234567890"],
    ["a mark without digits", "backup-plugin-daily-2026-02-26-superseded-"],
    ["a mark twice", "backup-plugin-daily-2026-02-26-superseded-123456789-superseded-123456789"],
    ["the empty name", ""],
    ["the primary's usual name", "main"],
  ])("is not %s", (_, id) => {
    expect(asBackup(environment(id, { createdAt: at("2026-02-26 12:00") }))).toBeUndefined();
  });

  test("is never the primary, whatever its name", () => {
    expect(asBackup(environment("backup-plugin-daily-2026-02-26", { primary: true }))).toBeUndefined();
  });

  test("does not depend on status or source", () => {
    for (const status of ["creating", "ready", "destroying"] as const)
      expect(
        asBackup(environment("backup-plugin-daily-2026-02-26", { status, forkedFrom: undefined })),
      ).toBeDefined();
  });

  test("is exactly what backupId and supersededId make, for any cadence and instant", async () => {
    await holds(
      fc.property(cadence, instant, instant, (each, day, createdAt) => {
        const id = backupId(each, utcDate(day));
        const copy = backupOf(environment(id, { createdAt }));
        expect(copy).toMatchObject({ cadence: each, date: utcDate(day), originalId: id, isMarked: false });
        const aside = backupOf(environment(supersededId(copy.originalId, createdAt), { createdAt }));
        expect(aside).toMatchObject({ cadence: each, date: utcDate(day), originalId: id, isMarked: true });
        expect(supersededId(aside.originalId, createdAt)).toBe(aside.id);
      }),
      500,
    );
  });

  test("is nothing that differs from such a name in one character", async () => {
    await holds(
      fc.property(
        cadence,
        instant,
        fc.nat(60),
        fc.constantFrom("", "a", "A", " ", "_", ".", "\n", "é", "-"),
        (each, day, place, character) => {
          const id = backupId(each, utcDate(day));
          const where = place % id.length;
          const other = id.slice(0, where) + character + id.slice(where + 1);
          fc.pre(other !== id);
          expect(asBackup(environment(other, { createdAt: day }))).toBeUndefined();
        },
      ),
      500,
    );
  });
});

describe("a superseded copy's name", () => {
  test("carries hour, minute, second and millisecond of its creation", () => {
    const createdAt = at("2026-02-26 04:05:06.007");
    const copy = backupOf(environment("backup-plugin-daily-2026-02-26", { createdAt }));
    expect(supersededId(copy.originalId, createdAt)).toBe(
      "backup-plugin-daily-2026-02-26-superseded-040506007",
    );
  });

  test("differs for two copies of one day", async () => {
    await holds(
      fc.property(fc.nat(86_399_999), fc.nat(86_399_999), (first, second) => {
        fc.pre(first !== second);
        const id = "backup-plugin-daily-2026-02-26";
        const names = [first, second].map((ms) => supersededId(id, at("2026-02-26 00:00") + ms));
        expect(names[0]).not.toBe(names[1]);
      }),
      200,
    );
  });
});

describe("when a copy was taken", () => {
  const id = "backup-plugin-daily-2026-02-26";
  test.each([
    ["at its creation", "2026-02-26 02:05:00.123", "2026-02-26 02:05:00.123"],
    ["at the last millisecond of its day", "2026-02-26 23:59:59.999", "2026-02-26 23:59:59.999"],
    ["never after its day", "2026-02-27 00:00:00.000", "2026-02-26 23:59:59.999"],
    ["never after its day, days later", "2026-03-05 10:00", "2026-02-26 23:59:59.999"],
    ["before its day, when it was created then", "2026-02-20 10:00", "2026-02-20 10:00"],
  ])("%s", (_, createdAt, takenAt) => {
    expect(backupOf(environment(id, { createdAt: at(createdAt) })).takenAt).toBe(at(takenAt));
  });

  test("is its creation for a date in the future: it is just as old as it is", () => {
    const copy = backupOf(
      environment("backup-plugin-daily-2099-01-01", { createdAt: at("2026-02-26 10:00") }),
    );
    expect(copy.takenAt).toBe(at("2026-02-26 10:00"));
  });
});

describe("the order of copies", () => {
  test("goes by when they were taken, the newest first, not by the date in the name", () => {
    const { backups } = catalogOf([
      environment("backup-plugin-daily-2099-01-01", { createdAt: at("2026-02-24 10:00") }),
      environment("main", { primary: true }),
      environment("backup-plugin-daily-2026-02-25"),
      environment("staging"),
      environment("backup-plugin-daily-2026-02-26", { status: "creating" }),
    ]);
    expect(idsOf(backups)).toEqual([
      "backup-plugin-daily-2026-02-26",
      "backup-plugin-daily-2026-02-25",
      "backup-plugin-daily-2099-01-01",
    ]);
  });

  test("does not depend on the order in which DatoCMS lists them", async () => {
    const listed = [
      environment("backup-plugin-daily-2026-02-26", { createdAt: at("2026-02-27 01:00") }),
      environment("backup-plugin-daily-2026-02-26-superseded-003000000", {
        createdAt: at("2026-02-27 00:30"),
      }),
      environment("backup-plugin-weekly-2026-02-26", { createdAt: at("2026-02-27 02:00") }),
      environment("backup-plugin-daily-2026-02-25"),
    ];
    await holds(
      fc.property(fc.shuffledSubarray(listed, { minLength: 4 }), (shuffled) => {
        expect(idsOf(catalogOf(shuffled).backups)).toEqual(idsOf(catalogOf(listed).backups));
      }),
      30,
    );
  });
});

test("a day begins with its first and ends with its last millisecond", async () => {
  await holds(
    fc.property(instant, (now) => {
      const date = utcDate(now);
      expect(startOf(date)).toBeLessThanOrEqual(now);
      expect(endOf(date)).toBeGreaterThanOrEqual(now);
      expect(utcDate(startOf(date) - 1) < date).toBe(true);
      expect(utcDate(endOf(date) + 1) > date).toBe(true);
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }),
    300,
  );
});
