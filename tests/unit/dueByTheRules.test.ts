import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../services/datocms/environments.ts";
import type { Scheduler } from "../../services/datocms/pluginSettings.ts";
import { decide, isAwake, type Question, scheduleFacts } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/ticks.ts";
import {
  dueByTheRules,
  isAwakeByTheRules,
  type Known,
  type KnownCopy,
  nextRunByTheRules,
} from "./calendar.ts";
import { at, DAY_MS, environment, HOUR_MS } from "./environments.ts";
import { holds } from "./properties.ts";

const BASE = at("2026-02-26 00:00");
const cadence = fc.constantFrom("daily" as const, "weekly" as const);
const hour = fc.integer({ min: 0, max: 23 });
const slots = fc.record({
  daily: fc.record({ hour, weekday: fc.constant(null) }),
  weekly: fc.record({ hour, weekday: fc.integer({ min: 0, max: 6 }) }),
});
/** Any moment of two weeks, the edges of hours more often. */
const now = fc
  .tuple(
    fc.integer({ min: 0, max: 14 * 24 - 1 }),
    fc.oneof(fc.constantFrom(0, 1, HOUR_MS - 1), fc.nat(HOUR_MS - 1)),
  )
  .map(([hours, rest]) => BASE + hours * HOUR_MS + rest);
const question: fc.Arbitrary<Question> = fc.record({
  cadence,
  now,
  mode: fc.constantFrom("slot" as const, "date" as const),
  slots,
  catchUp: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
});

/** A copy whose name lies days before or after the moment asked about, and whose creation lies elsewhere again. */
const copyNear = (instant: number): fc.Arbitrary<KnownCopy> =>
  fc
    .record({
      cadence,
      days: fc.oneof(fc.integer({ min: -2, max: 1 }), fc.integer({ min: -9, max: 9 })),
      superseded: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      status: fc.constantFrom("ready" as const, "ready" as const, "creating" as const, "destroying" as const),
      shift: fc.oneof(
        fc.nat(DAY_MS - 1),
        fc.integer({ min: DAY_MS, max: 2 * DAY_MS }),
        fc.integer({ min: -8 * DAY_MS, max: 0 }),
      ),
    })
    .map(({ days, shift, ...rest }) => {
      const date = new Date(instant + days * DAY_MS).toISOString().slice(0, 10);
      return { ...rest, date, createdAt: Date.parse(date) + shift };
    });

/** A question and a world around its moment. */
const situation = question.chain((asked) =>
  fc
    .record({
      copies: fc.uniqueArray(copyNear(asked.now), { maxLength: 5, selector: (copy) => idOf(copy) }),
      foreign: fc.subarray(["staging", "backup-plugin-daily-keep", "backup-plugin-weekly-2026-02-30"]),
      primaryDays: fc.option(fc.integer({ min: -2, max: 0 })),
      enabled: fc.boolean(),
    })
    .map(({ copies, foreign, primaryDays, enabled }) => {
      const day = new Date(asked.now + (primaryDays ?? 0) * DAY_MS).toISOString().slice(0, 10);
      const primary = primaryDays === null ? "main" : `backup-plugin-${asked.cadence}-${day}`;
      const others = copies.filter((copy) => idOf(copy) !== primary);
      const known: Known = { copies: others, primary, enabled };
      return { asked, known, listed: listed(known, foreign) };
    }),
);

function idOf({ cadence: each, date, superseded, createdAt }: KnownCopy): string {
  const digits = new Date(createdAt).toISOString().slice(11, 23).replaceAll(/[:.]/g, "");
  return `backup-plugin-${each}-${date}${superseded ? `-superseded-${digits}` : ""}`;
}

function listed({ copies, primary }: Known, foreign: readonly string[]): Environment[] {
  return [
    environment(primary, { primary: true }),
    ...foreign.map((id) => environment(id, { createdAt: BASE })),
    ...copies.map((copy) => environment(idOf(copy), { status: copy.status, createdAt: copy.createdAt })),
  ];
}

const schedulerOf = (enabled: boolean): Scheduler =>
  enabled ? { enabled } : { enabled, disconnectedAt: "2026-01-01T00:00:00.000Z" };

describe("against the written rules, worked out hour by hour", () => {
  test("a cadence is due when they say so, with their date, and else for their reason", async () => {
    const met = new Set<string>();
    await holds(
      fc.property(situation, ({ asked, known, listed: environments }) => {
        const verdict = decide(asked, environments, schedulerOf(known.enabled));
        expect(verdict).toEqual(dueByTheRules(asked, known));
        met.add(verdict.due ? `due${verdict.late ? ", late" : ""}` : verdict.because);
      }),
      8_000,
    );
    // The comparison is worth something only when every answer has come up.
    expect([...met].sort()).toEqual([
      "already_made",
      "disconnected",
      "due",
      "due, late",
      "first_copy_waits_for_its_slot",
      "other_day",
      "other_hour",
      "promoted",
    ]);
  });

  test("a tick is awake in their hours", async () => {
    await holds(
      fc.property(question, (asked) => {
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
          const matching: Question = { ...asked, mode: cron === "hourly" ? "slot" : "date" };
          const next = nextRun(matching, cron, environments);
          const expected = nextRunByTheRules(matching, cron, known);
          // Only a copy of days to come puts weekly off for longer than a week; then none need be named.
          const isFar = expected !== undefined && expected > asked.now + 8 * DAY_MS;
          expect(isFar && next === undefined ? expected : next).toBe(expected);
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
      fc.property(question, (asked) => {
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
