import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, isTimezone, latestDue, localDate } from "../../services/schedule/cadences.ts";
import { type DueQuery, isDue } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import { CADENCES } from "../../utils/config.ts";
import { dayOf, type Known, type KnownCopy } from "./calendar.ts";
import { at, catalogOf, DAY_MS, HOUR_MS } from "./environments.ts";
import {
  DAYS,
  dayIn,
  dueBySavedSchedule,
  dueDays,
  nextRunBySavedSchedule,
  openingOf,
  placeOf,
  type Saved,
} from "./localCalendar.ts";
import { dayNear, moment, scheduleFor, startOfDay, timezone, ZONES } from "./localDates.ts";
import { holds } from "./properties.ts";
import { copyNear, idOf, listed, schedulerWith, slots } from "./situations.ts";

const MINUTE_MS = 60_000;

describe("against a calendar that goes day by day", () => {
  test("this runtime knows the zones", () => {
    expect(ZONES.filter((zone) => !isTimezone(zone))).toEqual([]);
    expect(new Set(ZONES).size).toBeGreaterThanOrEqual(25);
  });

  test("the day that it is somewhere is what the clocks there say", async () => {
    await holds(
      fc.property(timezone, moment, (zone, instant) => {
        expect(localDate(instant, zone)).toBe(dayIn(zone, instant));
      }),
      3_000,
    );
  });

  test("and so it is through ten years, in each zone", () => {
    const start = at("2010-01-01 00:00");
    for (const zone of ZONES) {
      const wrong: string[] = [];
      // Days turn at whole, half or quarter hours; 13 hours and a quarter go through them all.
      for (let now = start; now < start + 3_653 * DAY_MS; now += 53 * 15 * MINUTE_MS)
        if (localDate(now, zone) !== dayIn(zone, now)) wrong.push(new Date(now).toISOString());
      expect({ zone, wrong }).toEqual({ zone, wrong: [] });
    }
  });

  test("on each day of ten years, the latest due date of each cadence", async () => {
    await holds(
      fc.property(
        startOfDay.chain((start) => fc.tuple(fc.constant(start), dayNear(start, 0, 1_000))),
        ([start, anchor]) => {
          const first = placeOf(dayOf(start));
          const days = DAYS.slice(first, first + 3_653);
          const last = days.at(-1) ?? "";
          for (const cadence of CADENCES) {
            const all = dueDays(cadence, anchor, last);
            const due = new Set(all);
            // The anchor may lie before the first day that is looked at.
            let latest = all.findLast((day) => day < dayOf(start));
            const expected = days.map((day) => {
              if (due.has(day)) latest = day;
              return latest;
            });
            expect(days.map((day) => latestDue(cadence, anchor, day))).toEqual(expected);
          }
        },
      ),
      25,
    );
  });

  test("a day and so many days is found in the table", async () => {
    await holds(
      fc.property(
        fc.integer({ min: 4_000, max: 14_000 }),
        fc.integer({ min: -4_000, max: 4_000 }),
        (place, days) => {
          expect(addDays(DAYS[place] ?? "", days)).toBe(DAYS[place + days]);
        },
      ),
      500,
    );
  });
});

/** A copy that has the name asked for, made at whatever hour of its day. */
const bearerOf = (asked: DueQuery) =>
  copyNear(asked.now).map((copy): KnownCopy => {
    const date = dayOf(openingOf(asked));
    const createdAt = Date.parse(date) + Math.abs(copy.createdAt % DAY_MS);
    return { ...copy, cadence: asked.cadence, date, createdAt };
  });

/** A query, a saved schedule and a world around the query's moment. */
const situation = fc
  .record({
    cadence: fc.constantFrom(...CADENCES),
    now: moment,
    mode: fc.constantFrom("slot" as const, "date" as const),
    slots,
    catchUp: fc.oneof(
      { weight: 4, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  })
  .chain((asked) =>
    fc
      .record({
        zone: timezone,
        anchor: dayNear(asked.now, 70, 5),
        cadences: fc.oneof(
          { weight: 4, arbitrary: fc.constant(CADENCES) },
          { weight: 1, arbitrary: fc.subarray([...CADENCES], { minLength: 1 }) },
        ),
        copies: fc.uniqueArray(fc.oneof(copyNear(asked.now), bearerOf(asked)), {
          maxLength: 3,
          selector: (copy) => idOf(copy),
        }),
        primaryDays: fc.option(fc.integer({ min: -1, max: 0 }), { freq: 3 }),
        enabled: fc.oneof(
          { weight: 3, arbitrary: fc.constant(true) },
          { weight: 1, arbitrary: fc.constant(false) },
        ),
      })
      .map(({ zone, anchor, cadences, copies, primaryDays, enabled }) => {
        const primary =
          primaryDays === null
            ? "main"
            : `backup-plugin-${asked.cadence}-${dayOf(asked.now + primaryDays * DAY_MS)}`;
        const others = copies.filter((copy) => idOf(copy) !== primary);
        const known: Known = { copies: others, primary, enabled, cadences };
        const saved: Saved = { cadences, timezone: zone, anchor };
        return { asked, saved, known, environments: listed(known, ["staging"]) };
      }),
  );

describe("a saved schedule against the written rules", () => {
  test("a cadence is due when they say so, with their date, and else for their reason", async () => {
    const met = new Set<string>();
    await holds(
      fc.property(situation, ({ asked, saved, known, environments }) => {
        const schedule = scheduleFor(saved, asked.slots);
        const verdict = isDue(asked, schedule, catalogOf(environments), schedulerWith(known.enabled));
        expect(verdict).toEqual(dueBySavedSchedule(asked, saved, known));
        met.add(verdict.due ? `due${verdict.late ? ", late" : ""}` : verdict.because);
        if (verdict.due && verdict.replaces !== undefined) met.add("due, in place of an earlier day's");
      }),
      5_000,
    );
    // The comparison is worth something only when every answer has come up.
    expect([...met].sort()).toEqual([
      "already_made",
      "disconnected",
      "due",
      "due, in place of an earlier day's",
      "due, late",
      "not_enabled",
      "other_day",
      "other_hour",
      "promoted",
    ]);
  });

  test("in the slot's own hour, both modes say the same where hour and date are of one day", async () => {
    let compared = 0;
    await holds(
      fc.property(situation, ({ asked, saved, known, environments }) => {
        const now = openingOf({ ...asked, mode: "slot" }) + (asked.now % HOUR_MS);
        if (dayIn(saved.timezone, now) !== dayIn(saved.timezone, now - (now % HOUR_MS))) return;
        const verdicts = (["slot", "date"] as const).map((mode) =>
          isDue(
            { ...asked, now, mode },
            scheduleFor(saved, asked.slots),
            catalogOf(environments),
            schedulerWith(known.enabled),
          ),
        );
        expect(verdicts[0]).toEqual(verdicts[1]);
        compared += 1;
      }),
      2_000,
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  test("the next run is the first tick of the cron that makes a copy", async () => {
    const met = { found: 0, none: 0 };
    await holds(
      fc.property(
        situation,
        fc.constantFrom("hourly" as const, "daily" as const),
        ({ asked, saved, known, environments }, cron) => {
          const matching: DueQuery = { ...asked, mode: cron === "hourly" ? "slot" : "date" };
          const next = nextRun(matching, scheduleFor(saved, asked.slots), cron, catalogOf(environments));
          expect(next).toBe(nextRunBySavedSchedule(matching, cron, saved, known, 62));
          met[next === undefined ? "none" : "found"] += 1;
        },
      ),
      600,
    );
    expect(met.found).toBeGreaterThan(400);
    expect(met.none).toBeGreaterThan(0);
  });
});
