import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupId } from "../../services/catalog/names.ts";
import { type DueQuery, isDue } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { CronFrequency } from "../../utils/cron.ts";
import { dayOf, isAwakeByTheRules, takenAt } from "./calendar.ts";
import { at, catalogOf, DAY_MS, environment, HOUR_MS, MAIN } from "./environments.ts";
import { dayIn, dueDays, openingOf, type Saved } from "./localCalendar.ts";
import { dayNear, scheduleFor, startOfDay, timezone } from "./localDates.ts";
import { holds, noise } from "./properties.ts";
import { slots } from "./situations.ts";

const MINUTE_MS = 60_000;

/** A project over some months. */
interface Story {
  readonly saved: Saved;
  readonly slots: Slots;
  readonly cron: CronFrequency;
  readonly catchUp: boolean;
  /** The first tick's day. */
  readonly start: number;
  readonly days: number;
  /** From the tick to the moment of which DatoCMS dates the copy, in ms. */
  readonly delay: number;
  readonly arrives: (tick: number) => boolean;
}

/** A copy that a tick has made. */
interface Made {
  readonly date: string;
  readonly late: boolean;
  readonly at: number;
}

/** A tick that is awake, with what it sees. */
interface Look {
  readonly at: number;
  /** The local date of its slot's opening. */
  readonly day: string;
  /** The UTC date of the same. */
  readonly date: string;
  readonly isLaterHour: boolean;
}

/** A copy with the latest due date that its tick saw, and that tick's local date. */
interface Expected {
  readonly copy: Made;
  readonly due: string;
  readonly day: string;
}

/** Every tick of a cadence's cron that arrives, in order, as the query that it asks. */
function ticksOf(told: Story, cadence: Cadence): DueQuery[] {
  const { cron, catchUp, start, days, arrives } = told;
  const mode = cron === "hourly" ? "slot" : "date";
  const first = start + (cadence === "daily" ? 5 : 35) * MINUTE_MS;
  const [offset, step] = cron === "hourly" ? [0, HOUR_MS] : [2 * HOUR_MS, DAY_MS];
  const ticks: DueQuery[] = [];
  for (let now = first + offset; now < start + days * DAY_MS; now += step)
    if (arrives(now)) ticks.push({ cadence, now, mode, slots: told.slots, catchUp });
  return ticks;
}

/**
 * Delivers the ticks; each due one adds a ready copy and removes the one before, as a count of one asks for.
 *
 * @param isByHand whether somebody makes a copy half an hour before a tick
 */
function deliver(
  told: Story,
  cadence: Cadence,
  ticks: readonly DueQuery[],
  isByHand: (tick: number) => boolean = () => false,
) {
  const schedule = scheduleFor(told.saved, told.slots);
  const made: Made[] = [];
  const byHand: Made[] = [];
  let replaced = 0;
  const foretold: { now: number; next: number | undefined }[] = [];
  let world = catalogOf([MAIN]);
  for (const [index, query] of ticks.entries()) {
    const { now } = query;
    if (isByHand(now)) {
      const before = now - HOUR_MS / 2;
      byHand.push({ date: dayOf(before), late: false, at: before });
      world = catalogOf([
        MAIN,
        environment(backupId(cadence, dayOf(before)), { createdAt: before + told.delay }),
      ]);
    }
    const verdict = isDue(query, schedule, world, { enabled: true });
    if (verdict.due) {
      made.push({ date: verdict.date, late: verdict.late, at: now });
      replaced += Number(verdict.replaces !== undefined);
      world = catalogOf([
        MAIN,
        environment(backupId(cadence, verdict.date), { createdAt: now + told.delay }),
      ]);
    }
    if (index % 101 === 0) foretold.push({ now, next: nextRun(query, schedule, told.cron, world) });
  }
  return { made, foretold, byHand, replaced };
}

/** The local date on which a copy counts as taken. */
function takenOn({ saved, delay }: Story, { date, at: now }: Made): string {
  return dayIn(saved.timezone, takenAt({ date, createdAt: now + delay }));
}

function looksOf({ saved }: Story, ticks: readonly DueQuery[]): Look[] {
  return ticks
    .filter((query) => query.mode === "date" || isAwakeByTheRules(query))
    .map((query) => {
      const opening = openingOf(query);
      const isLaterHour = query.now >= opening + HOUR_MS;
      return { at: query.now, day: dayIn(saved.timezone, opening), date: dayOf(opening), isLaterHour };
    });
}

/**
 * What the rules lead to, told by due dates instead of ticks. Each date that no copy covers yet waits for the
 * first tick that sees it or a later one. One copy is made then for all dates that have waited; and as it
 * counts for the local date on which it is taken, one taken after local midnight covers the next date too.
 */
function copiesByTheRules(told: Story, cadence: Cadence, looks: readonly Look[]): Expected[] {
  const made: Expected[] = [];
  const waiting = dueDays(cadence, told.saved.anchor, looks.at(-1)?.day ?? "");
  let coveredTo = "";
  let place = 0;
  for (let index = 0; index < waiting.length; index += 1) {
    if ((waiting[index] ?? "") <= coveredTo) continue;
    while (place < looks.length && (looks[place]?.day ?? "") < (waiting[index] ?? "")) place += 1;
    const look = looks[place];
    if (look === undefined) break;
    while ((waiting[index + 1] ?? "9999") <= look.day) index += 1;
    const due = waiting[index] ?? "";
    const copy = { date: look.date, late: due < look.day || look.isLaterHour, at: look.at };
    made.push({ copy, due, day: look.day });
    coveredTo = takenOn(told, copy);
  }
  return made;
}

/**
 * What must hold whatever rule has led to the copies: each due date is covered at the latest by the first tick
 * that sees it or a later one, and no two copies were made for one due date.
 */
function expectEachDateCovered(
  told: Story,
  cadence: Cadence,
  made: readonly Made[],
  looks: readonly Look[],
  byHand: readonly Made[] = [],
) {
  const due = dueDays(cadence, told.saved.anchor, looks.at(-1)?.day ?? "");
  const covering = made
    .concat(byHand)
    .sort((a, b) => a.at - b.at)
    .map((each) => ({ to: takenOn(told, each), at: each.at }));
  let look = 0;
  let copy = 0;
  const uncovered = due.filter((date) => {
    while ((looks[look]?.day ?? "9999") < date) look += 1;
    while ((covering[copy]?.to ?? "9999") < date) copy += 1;
    return (covering[copy]?.at ?? Number.POSITIVE_INFINITY) > (looks[look]?.at ?? 0);
  });
  expect(uncovered).toEqual([]);

  const dayAt = new Map(looks.map(({ at: now, day }) => [now, day]));
  let place = 0;
  const madeFor = made.map(({ at: now }) => {
    while ((due[place] ?? "9999") <= (dayAt.get(now) ?? "")) place += 1;
    return due[place - 1];
  });
  expect(madeFor).not.toContain(undefined);
  expect(madeFor.filter((date, index) => date === madeFor[index - 1])).toEqual([]);
}

const story = fc
  .record({
    zone: timezone,
    slots,
    cron: fc.constantFrom("hourly" as const, "hourly" as const, "daily" as const),
    catchUp: fc.oneof(
      { weight: 4, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    start: startOfDay,
    delay: fc.constantFrom(1_000, 3 * MINUTE_MS),
  })
  .chain(({ zone, ...rest }) =>
    dayNear(rest.start, 500, 60).map((anchor) => ({
      ...rest,
      days: rest.cron === "hourly" ? 130 : 400,
      saved: { cadences: CADENCES, timezone: zone, anchor },
    })),
  );

describe("months of ticks with a saved schedule", () => {
  test("that all arrive cover each due date on its first tick, with one copy, as foretold", async () => {
    const met = { copies: 0, foretold: 0 };
    await holds(
      fc.property(story, (begun) => {
        const told: Story = { ...begun, arrives: () => true };
        for (const cadence of CADENCES) {
          const ticks = ticksOf(told, cadence);
          const looks = looksOf(told, ticks);
          const { made, foretold } = deliver(told, cadence, ticks);
          const expected = copiesByTheRules(told, cadence, looks);
          expect(made).toEqual(expected.map(({ copy }) => copy));
          expectEachDateCovered(told, cadence, made, looks);
          // Late is only what was due before the first tick, and a date that the clocks have hidden from them all.
          const seen = new Set(looks.map(({ day }) => day));
          const late = expected.slice(1).filter(({ copy }) => copy.late);
          expect(late.filter(({ due }) => seen.has(due))).toEqual([]);
          for (const { now, next } of foretold) {
            const really = made.find((copy) => copy.at > now)?.at;
            if (really !== undefined) expect(next).toBe(really);
            else expect(next).toBeGreaterThan(told.start + told.days * DAY_MS);
          }
          met.copies += made.length;
          met.foretold += foretold.length;
        }
      }),
      40,
    );
    expect(met.copies).toBeGreaterThan(1_000);
    expect(met.foretold).toBeGreaterThan(100);
  });

  test("of which many are lost leave no date out: the first to come makes up for all that have waited", async () => {
    const met = { late: 0, ahead: 0 };
    await holds(
      fc.property(story, fc.constantFrom(20, 60, 90, 98), fc.integer(), (begun, lost, salt) => {
        const told: Story = { ...begun, arrives: (tick) => noise(tick, salt) % 100 >= lost };
        for (const cadence of CADENCES) {
          const ticks = ticksOf(told, cadence);
          const looks = looksOf(told, ticks);
          const { made } = deliver(told, cadence, ticks);
          const expected = copiesByTheRules(told, cadence, looks);
          expect(made).toEqual(expected.map(({ copy }) => copy));
          expectEachDateCovered(told, cadence, made, looks);
          met.late += made.filter(({ late }) => late).length;
          // A run after local midnight, whose copy counts for a date that its tick has not seen.
          met.ahead += expected.filter(({ copy, day }) => takenOn(told, copy) > day).length;
        }
      }),
      60,
    );
    expect(met.late).toBeGreaterThan(100);
    expect(met.ahead).toBeGreaterThan(0);
  });

  test("leave no date out where somebody makes copies by hand in between, whatever their names", async () => {
    const met = { byHand: 0, replaced: 0 };
    await holds(
      fc.property(
        story,
        fc.constantFrom(2, 20),
        fc.constantFrom(0, 60),
        fc.integer(),
        (begun, often, lost, salt) => {
          const told: Story = { ...begun, arrives: (tick) => noise(tick, salt) % 100 >= lost };
          for (const cadence of CADENCES) {
            const ticks = ticksOf(told, cadence);
            const delivered = deliver(told, cadence, ticks, (tick) => noise(tick, salt + 1) % 100 < often);
            const { made, byHand, replaced } = delivered;
            expectEachDateCovered(told, cadence, made, looksOf(told, ticks), byHand);
            met.byHand += byHand.length;
            met.replaced += replaced;
          }
        },
      ),
      30,
    );
    expect(met.byHand).toBeGreaterThan(1_000);
    expect(met.replaced).toBeGreaterThan(10);
  });

  // Sundays, on which Brazil's clocks went forward: at 02:35 UTC it was Saturday, a day later Monday.
  // 2011-12-30, a Friday, never was in Samoa. Rome's clocks change on Sundays, at its slot's hour.
  test.each([
    ["America/Sao_Paulo", "daily", 2, "2010-01-03", 9],
    ["Pacific/Apia", "hourly", 20, "2010-01-01", 1],
    ["Europe/Rome", "hourly", 22, "2010-01-03", 10],
  ] as const)("ten years in %s leave no date out", (zone, cron, hour, anchor, hidden) => {
    const slot = { hour, weekday: 1 };
    const told: Story = {
      saved: { cadences: CADENCES, timezone: zone, anchor },
      slots: { daily: { ...slot, weekday: null }, weekly: slot, monthlyDay: 1 },
      cron,
      catchUp: true,
      start: at("2010-01-01 00:00"),
      days: 3_652,
      delay: 3 * MINUTE_MS,
      // Of hourly ticks only those of the slot's first hours have anything to see.
      arrives: (tick) => cron === "daily" || (new Date(tick).getUTCHours() - hour + 24) % 24 < 2,
    };
    for (const cadence of CADENCES) {
      const ticks = ticksOf(told, cadence);
      const looks = looksOf(told, ticks);
      const { made } = deliver(told, cadence, ticks);
      expect(made).toEqual(copiesByTheRules(told, cadence, looks).map(({ copy }) => copy));
      expectEachDateCovered(told, cadence, made, looks);
      if (cadence === "weekly") expect(made.filter(({ late }) => late)).toHaveLength(hidden);
    }
  });
});
