import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  planSample,
  planShare,
  type Reading,
  type Shelf,
} from "../../services/archive/verify/sample/plan.ts";
import { holds } from "../unit/properties.ts";

const NOTHING: Reading = { readOn: {}, credit: 0 };
const shelf = (number: number): Shelf => `objects/${number.toString(16).padStart(2, "0")}`;

/** Samples a store day after day, and tells on which days each shelf was read, and how many bytes in all. */
function play(
  sizesOn: (day: number) => ReadonlyMap<Shelf, number>,
  days: readonly number[],
  percent: number,
) {
  const readOn = new Map<Shelf, number[]>();
  let reading = NOTHING;
  let bytes = 0;
  for (const day of days) {
    const sizes = sizesOn(day);
    const plan = planSample(reading, sizes, percent, day);
    const size = plan.shelves.reduce((sum, each) => sum + (sizes.get(each) ?? 0), 0);
    bytes += size;
    for (const each of plan.shelves) readOn.set(each, [...(readOn.get(each) ?? []), day]);
    const read = Object.fromEntries(plan.shelves.map((each) => [each, day]));
    reading = {
      ...plan.reading,
      readOn: { ...plan.reading.readOn, ...read },
      credit: plan.reading.credit - size,
    };
  }
  return { readOn, bytes };
}

const daysTo = (last: number) => Array.from({ length: last + 1 }, (_, day) => day);
/** Most shelves are small, some hold more than all others. */
const size = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1_000, max: 100_000 }));
const store = fc.array(size, { minLength: 1, maxLength: 300 });

describe("the daily sample", () => {
  test("at 3 % reads everything in any 34 days, and hardly more than that", () =>
    holds(
      fc.property(store, (sizes) => {
        const shelves = new Map(sizes.map((bytes, number) => [shelf(number), bytes]));
        const { readOn, bytes } = play(() => shelves, daysTo(340), 3);
        for (const name of shelves.keys()) {
          const days = [-1, ...(readOn.get(name) ?? []), 341];
          for (const [place, day] of days.entries())
            expect((days[place + 1] ?? day) - day).toBeLessThanOrEqual(34);
        }
        const total = sizes.reduce((sum, each) => sum + each, 0);
        expect(bytes).toBeLessThanOrEqual(total * 11.4);
      }),
      60,
    ));

  test("reads everything in 34 days also while the store grows, and what is new within them", () =>
    holds(
      fc.property(store, fc.integer({ min: 1, max: 8 }), (sizes, growth) => {
        const all = sizes.map((bytes, number) => [shelf(number), bytes] as const);
        const onDay = (day: number) =>
          new Map(all.slice(0, Math.ceil((all.length * Math.min(120, day + 120 / growth)) / 120)));
        const { readOn } = play(onDay, daysTo(200), 3);
        for (const [name] of all) {
          const since = daysTo(200).find((day) => onDay(day).has(name)) ?? 0;
          const days = [since - 1, ...(readOn.get(name) ?? []), 201];
          for (const [place, day] of days.entries())
            expect((days[place + 1] ?? day) - day).toBeLessThanOrEqual(34);
        }
      }),
      60,
    ));

  test("makes up for days without one, at a fifth of the store a day at most", () => {
    const shelves = new Map(Array.from({ length: 100 }, (_, number) => [shelf(number), 1]));
    const { bytes: first } = play(() => shelves, [0, 1], 3);
    expect(first).toBe(6);
    const { bytes: later } = play(() => shelves, [0, 1, 300], 3);
    expect(later).toBe(6 + 20);
    const { readOn } = play(() => shelves, [0, 1, 300, 301, 302, 303, 304, 305], 3);
    for (const name of shelves.keys()) expect(readOn.get(name)?.at(-1)).toBeGreaterThanOrEqual(300);
  });

  test("goes on where the day's reading broke off, without a second allowance", () => {
    const shelves = new Map(Array.from({ length: 100 }, (_, number) => [shelf(number), 1]));
    const { shelves: planned, reading } = planSample(NOTHING, shelves, 3, 10);
    expect(planned).toHaveLength(3);
    const [first = ""] = planned;
    const broken = { ...reading, readOn: { ...reading.readOn, [first]: 10 }, credit: reading.credit - 1 };
    expect(planSample(broken, shelves, 3, 10).shelves).toEqual(planned.slice(1));
  });

  test("reads nothing of an empty store, and what comes into it later", () => {
    const empty = planSample(NOTHING, new Map(), 3, 10);
    expect(empty.shelves).toEqual([]);
    expect(planSample(empty.reading, new Map([[shelf(1), 5]]), 3, 11).shelves).toEqual([shelf(1)]);
  });
});

test("a share of an archive is what was read longest ago, and never nothing", () => {
  const sizes = new Map([1, 2, 3, 4].map((number) => [shelf(number), 10]));
  const readOn = { [shelf(1)]: 5, [shelf(2)]: 4, [shelf(3)]: 6 };
  expect(planShare(readOn, sizes, 1)).toEqual([shelf(4)]);
  expect(planShare(readOn, sizes, 50)).toEqual([shelf(4), shelf(2)]);
  expect(planShare(readOn, sizes, 100)).toHaveLength(4);
});
