import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeptBySchedule } from "../../services/archive/schedules/schedules.ts";
import { holds } from "../unit/properties.ts";
import { DAY_MS, type Described, daily, HOUR_MS, NOW, RETENTION, retain } from "./retentionSupport.ts";

const MINE = "schedule_mine";
const OTHER = "schedule_other";

/** One archive an hour, the newest now: `mine-0`, and so on. */
function hourly(hours: number, rest: Partial<Described> = {}): Described[] {
  return Array.from({ length: hours }, (_, hour) => ({
    id: `mine-${hour}`,
    at: NOW - hour * HOUR_MS,
    schedule: MINE,
    ...rest,
  }));
}

const by = (keep: KeptBySchedule) => ({ ...RETENTION, schedules: new Map([[MINE, keep]]) });
const keptOf = (archives: readonly Described[], keep: KeptBySchedule) =>
  Object.keys(retain(archives, by(keep)).kept);

test("of a schedule's archives so many stay as it says, however many a day has", () => {
  expect(retain(hourly(6), by({ count: 3 })).kept).toEqual({
    "mine-0": ["newest", "count"],
    "mine-1": ["count"],
    "mine-2": ["count"],
  });
});

test("of a schedule's archives those of its days stay, and the newest always", () => {
  const old = daily(5, { schedule: MINE });
  expect(keptOf(old, { days: 2 })).toEqual(["day-0", "day-1", "day-2"]);
  const all = old.map((each) => ({ ...each, at: each.at - 30 * DAY_MS }));
  expect(keptOf(all, { days: 2 })).toEqual(["day-0"]);
  expect(keptOf(old, { count: 4, days: 1 })).toEqual(["day-0", "day-1", "day-2", "day-3"]);
});

test("without rules of its own, and once the schedule is gone, BACKUP_ARCHIVE_KEEP decides", () => {
  const archives = daily(20, { schedule: MINE });
  const usual = Object.keys(retain(daily(20)).kept);
  expect(keptOf(archives, {})).toEqual(usual);
  expect(Object.keys(retain(archives).kept)).toEqual(usual);
});

test("of a schedule that cannot be read every archive stays", () => {
  expect(keptOf(hourly(6), "everything")).toHaveLength(6);
});

test("what is partial, has lost much or was uploaded takes the place of nothing", () => {
  const worse: Partial<Described>[] = [{ missing: ["a.txt"] }, { records: 10 }, { isUploaded: true }];
  for (const rest of worse) {
    const archives = [...hourly(1, rest), ...hourly(3).slice(1)];
    expect(keptOf(archives, { count: 1 })).toEqual(["mine-0", "mine-1"]);
    expect(keptOf(archives, { days: 0 })).toEqual(["mine-0", "mine-1"]);
  }
});

test("pinned ones stay", () => {
  const pinned = hourly(3).map((each, place) => ({ ...each, isPinned: place === 2 }));
  expect(keptOf(pinned, { count: 1 })).toEqual(["mine-0", "mine-2"]);
});

const count = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
const archive = fc.record({
  at: fc.integer({ min: NOW - 20 * DAY_MS, max: NOW }),
  schedule: fc.constantFrom(MINE, OTHER, ""),
  isByHand: fc.boolean(),
  records: fc.constantFrom(100, 90, 10),
  missing: fc.constantFrom([], [], ["a"]),
  isPinned: fc.constantFrom(false, false, true),
});
const archives = fc
  .array(archive, { minLength: 1, maxLength: 30 })
  .map((all) => all.map((each, place) => ({ ...each, id: `of-${place}` })));

test("whatever there is: a schedule's rules touch its archives alone, and what goes leaves a newer one of it", () =>
  holds(
    fc.property(archives, fc.record({ count, days: count }), (all, keep) => {
      const { removed, successors } = retain(all, by(keep));
      const others = all.filter(({ schedule }) => schedule !== MINE);
      const isMine = (id: string) => others.every((each) => each.id !== id);
      expect(removed.filter((id) => !isMine(id))).toEqual(others.length > 0 ? retain(others).removed : []);
      for (const id of removed.filter(isMine)) {
        const [gone, successor] = [id, successors[id]].map((name) => all.find((each) => each.id === name));
        expect(successor).toMatchObject({ schedule: MINE });
        expect(successor?.at).toBeGreaterThanOrEqual(gone?.at ?? Number.POSITIVE_INFINITY);
        expect(gone?.missing).toEqual(expect.arrayContaining([...(successor?.missing ?? [])]));
        expect(gone?.isPinned).toBe(false);
      }
    }),
    150,
  ));
