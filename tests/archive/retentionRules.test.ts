import fc from "fast-check";
import { expect, test } from "vitest";
import { type KeepRules, PERIODS, periodOf } from "../../services/archive/retention/periods.ts";
import { holds } from "../unit/properties.ts";
import { DAY_MS, type Described, NOW, retain } from "./retentionSupport.ts";

const RUNS = 150;

/** Some years for the rare kinds of rules, some days for many archives in one. */
const moment = fc.oneof(
  fc.integer({ min: NOW - 1_500 * DAY_MS, max: NOW }),
  fc.integer({ min: NOW - 12 * DAY_MS, max: NOW }),
);
const moments = fc.uniqueArray(moment, { minLength: 1, maxLength: 40 });
const count = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
const keep: fc.Arbitrary<KeepRules> = fc
  .record({ daily: count, weekly: count, monthly: count, yearly: count })
  .filter((rules) => PERIODS.some((period) => rules[period] !== undefined));
const retention = fc.record({ keep, shrinkLimit: fc.constantFrom(undefined, 10, 50) });

const complete = moments.map((all) => all.map((at) => named({ at })));
const anything = fc
  .array(
    fc.record({
      at: moment,
      isByHand: fc.boolean(),
      records: fc.constantFrom(100, 90, 40, 0),
      missing: fc.constantFrom([], [], ["a"], ["b"], ["a", "b"]),
      isUploaded: fc.constantFrom(false, false, true),
      isPinned: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => unique(all.map(named)));

function named(archive: Omit<Described, "id">): Described {
  return { ...archive, id: `of-${archive.at}` };
}

function unique(archives: readonly Described[]): Described[] {
  return [...new Map(archives.map((archive) => [archive.id, archive])).values()];
}

/** The rule as people say it, of complete archives of one kind. */
function stayBySaying(archives: readonly Described[], rules: KeepRules): string[] {
  const stay = new Set<string>();
  const newestFirst = archives.toSorted((one, other) => other.at - one.at);
  for (const period of PERIODS) {
    const newestOf = new Map<number, string>();
    for (const { id, at } of newestFirst) {
      const number = periodOf(period, at);
      if (!newestOf.has(number)) newestOf.set(number, id);
    }
    for (const id of [...newestOf.values()].slice(0, rules[period] ?? 0)) stay.add(id);
  }
  const [newest] = newestFirst;
  if (newest !== undefined) stay.add(newest.id);
  return [...stay].sort();
}

test("of complete ones, just those stay that the rules name", () =>
  holds(
    fc.property(complete, retention, (archives, rules) => {
      expect(Object.keys(retain(archives, rules).kept).sort()).toEqual(stayBySaying(archives, rules.keep));
    }),
    RUNS,
  ));

test("whatever there is: nothing is lost sight of, and a second time nothing more goes", () =>
  holds(
    fc.property(anything, retention, (archives, rules) => {
      const { kept, removed } = retain(archives, rules);
      expect([...Object.keys(kept), ...removed].sort()).toEqual(archives.map(({ id }) => id).sort());
      expect(
        retain(
          archives.filter(({ id }) => id in kept),
          rules,
        ).removed,
      ).toEqual([]);
    }),
    RUNS,
  ));

test("whatever there is: what goes leaves a newer one of its kind behind that holds as much", () =>
  holds(
    fc.property(anything, retention, (archives, rules) => {
      const { kept, removed, successors } = retain(archives, rules);
      for (const id of removed) {
        const gone = archives.find((archive) => archive.id === id);
        const successor = archives.find((archive) => archive.id === successors[id]);
        if (gone === undefined || successor === undefined) throw new Error(`${id} has no successor`);
        expect(kept).toHaveProperty([successor.id]);
        expect(successor.at).toBeGreaterThan(gone.at);
        expect(gone.isPinned).toBe(false);
        expect([successor.isUploaded, successor.isByHand]).toEqual([false, gone.isByHand]);
        expect(gone.missing).toEqual(expect.arrayContaining([...(successor.missing ?? [])]));
        const least = ((100 - (rules.shrinkLimit ?? 100)) / 100) * (gone.records ?? 0);
        // The loss of fewer than twenty is everyday work.
        expect((successor.records ?? 0) + 20).toBeGreaterThan(least);
      }
    }),
    RUNS,
  ));

test("what is partial, uploaded or by hand costs no complete one its place", () =>
  holds(
    fc.property(complete, anything, retention, (archives, others, rules) => {
      const harmless = others
        .filter(({ missing = [], isUploaded, isByHand }) => missing.length > 0 || isUploaded || isByHand)
        .map((other) => ({ ...other, id: `other-${other.at}` }));
      const { kept } = retain([...archives, ...harmless], rules);
      for (const id of stayBySaying(archives, rules.keep)) expect(kept).toHaveProperty([id]);
    }),
    RUNS,
  ));
