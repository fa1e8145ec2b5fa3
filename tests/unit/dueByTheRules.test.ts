import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DueQuery, isAwake, isDue, scheduleFacts } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import { scheduleBySlots } from "../../services/schedule/schedule.ts";
import { CADENCES } from "../../utils/config.ts";
import { dueByTheRules, isAwakeByTheRules, type Known, nextRunByTheRules } from "./calendar.ts";
import { at, catalogOf, DAY_MS, HOUR_MS } from "./environments.ts";
import { holds } from "./properties.ts";
import { copyNear, idOf, listed, schedulerWith, slots } from "./situations.ts";

const BASE = at("2026-02-26 00:00");
const cadence = fc.constantFrom(...CADENCES);
/** Any moment of five weeks, the edges of hours more often. */
const now = fc
  .tuple(
    fc.integer({ min: 0, max: 35 * 24 - 1 }),
    fc.oneof(fc.constantFrom(0, 1, HOUR_MS - 1), fc.nat(HOUR_MS - 1)),
  )
  .map(([hours, rest]) => BASE + hours * HOUR_MS + rest);
const query: fc.Arbitrary<DueQuery> = fc.record({
  cadence,
  now,
  mode: fc.constantFrom("slot" as const, "date" as const),
  slots,
  catchUp: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
});

/** A query and a world around its moment. */
const situation = query.chain((asked) =>
  fc
    .record({
      copies: fc.uniqueArray(copyNear(asked.now), { maxLength: 5, selector: (copy) => idOf(copy) }),
      foreign: fc.subarray(["staging", "backup-plugin-daily-keep", "backup-plugin-weekly-2026-02-30"]),
      primaryDays: fc.option(fc.integer({ min: -2, max: 0 })),
      enabled: fc.boolean(),
      cadences: fc.oneof(
        { weight: 4, arbitrary: fc.constant(CADENCES) },
        { weight: 1, arbitrary: fc.subarray([...CADENCES], { minLength: 1 }) },
      ),
    })
    .map(({ copies, foreign, primaryDays, enabled, cadences }) => {
      const day = new Date(asked.now + (primaryDays ?? 0) * DAY_MS).toISOString().slice(0, 10);
      const primary = primaryDays === null ? "main" : `backup-plugin-${asked.cadence}-${day}`;
      const others = copies.filter((copy) => idOf(copy) !== primary);
      const known: Known = { copies: others, primary, enabled, cadences };
      return { asked, known, listed: listed(known, foreign) };
    }),
);

const scheduleOf = ({ slots: present }: DueQuery, { cadences }: Known) => scheduleBySlots(present, cadences);

describe("against the written rules, worked out hour by hour", () => {
  test("a cadence is due when they say so, with their date, and else for their reason", async () => {
    const met = new Set<string>();
    await holds(
      fc.property(situation, ({ asked, known, listed: environments }) => {
        const verdict = isDue(
          asked,
          scheduleOf(asked, known),
          catalogOf(environments),
          schedulerWith(known.enabled),
        );
        expect(verdict).toEqual(dueByTheRules(asked, known));
        met.add(verdict.due ? `due${verdict.late ? ", late" : ""}` : verdict.because);
      }),
      12_000,
    );
    // The comparison is worth something only when every answer has come up.
    expect([...met].sort()).toEqual([
      "already_made",
      "disconnected",
      "due",
      "due, late",
      "first_copy_waits_for_its_slot",
      "not_enabled",
      "other_day",
      "other_hour",
      "promoted",
    ]);
  });

  test("a tick is awake in their hours", async () => {
    await holds(
      fc.property(query, (asked) => {
        expect(isAwake(asked)).toBe(isAwakeByTheRules(asked));
      }),
      2_000,
    );
  });

  test("the next run is the first tick of the cron that makes a copy", async () => {
    const met = { found: 0, none: 0 };
    await holds(
      fc.property(
        situation,
        fc.constantFrom("hourly" as const, "daily" as const),
        ({ asked, known, listed: environments }, cron) => {
          const matching: DueQuery = { ...asked, mode: cron === "hourly" ? "slot" : "date" };
          const next = nextRun(matching, scheduleOf(asked, known), cron, catalogOf(environments));
          // What lies farther off than two months need not be named.
          expect(next).toBe(nextRunByTheRules(matching, cron, known, 62));
          if (next !== undefined) expect(next).toBeGreaterThan(asked.now);
          met[next === undefined ? "none" : "found"] += 1;
        },
      ),
      1_000,
    );
    expect(met.found).toBeGreaterThan(500);
  });

  test("an answer shows the cadence's slot beside the moment", async () => {
    await holds(
      fc.property(query, (asked) => {
        const { daily, weekly } = asked.slots;
        const { hour: slotHourUtc, weekday } = asked.cadence === "daily" ? daily : weekly;
        expect(scheduleFacts(asked)).toEqual({
          slotHourUtc,
          slotWeekdayUtc: asked.cadence === "daily" ? null : weekday,
          currentHourUtc: new Date(asked.now).getUTCHours(),
          currentWeekdayUtc: new Date(asked.now).getUTCDay(),
        });
      }),
      300,
    );
  });
});
