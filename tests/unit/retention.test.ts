import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planPrune } from "../../services/backup/prune/plan.ts";
import type { Backup } from "../../services/catalog/backup.ts";
import { Catalog } from "../../services/catalog/catalog.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import type { Config } from "../../utils/config.ts";
import { asBackup, catalogOf, environment, idsOf, MAIN } from "./environments.ts";
import { DATES, isOurs, partsOf, project } from "./projects.ts";
import { holds } from "./properties.ts";
import { ASIDE, creating, destroying, TODAY, TWO_DAYS_AGO, YESTERDAY } from "./runs.ts";

const keeping = (daily: number) => byCount({ daily, weekly: 1, biweekly: 1, monthly: 1 });
const byCount = (keep: Config["keep"]) => ({ keep });

/** The plan without its reasons. */
function prune(
  listed: readonly Environment[],
  cadence: "daily" | "weekly",
  policy: { readonly keep: Config["keep"] },
  atWork: readonly string[] = [],
) {
  const { restore, remove, keep } = planPrune(catalogOf(listed), cadence, policy, {
    atWork: new Set(atWork),
  });
  const all = [...keep, ...remove].map(({ backup }) => backup.id).sort();
  expect(all).toEqual(idsOf(catalogOf(listed).of(cadence).restorePoints).sort());
  return { restore, remove: remove.map(({ backup }) => backup) };
}

function tidy(sandboxes: readonly (string | Environment)[], keep = 1, spared: readonly string[] = []) {
  const listed = [MAIN, ...sandboxes.map((each) => (typeof each === "string" ? environment(each) : each))];
  const { restore, remove } = prune(listed, "daily", keeping(keep), spared);
  return { restore: idsOf(restore), remove: idsOf(remove) };
}

describe("copies beyond the count", () => {
  test("go, the oldest first", () => {
    expect(tidy([YESTERDAY, TODAY, TWO_DAYS_AGO])).toEqual({
      restore: [],
      remove: [TWO_DAYS_AGO, YESTERDAY],
    });
    expect(tidy([YESTERDAY, TODAY, TWO_DAYS_AGO], 2).remove).toEqual([TWO_DAYS_AGO]);
    expect(tidy([YESTERDAY, TODAY, TWO_DAYS_AGO], 3).remove).toEqual([]);
  });
  test("are counted among the ready ones only: one in the making replaces nothing", () => {
    expect(tidy([creating(TODAY), YESTERDAY]).remove).toEqual([]);
    expect(tidy([creating(TODAY), YESTERDAY, TWO_DAYS_AGO]).remove).toEqual([TWO_DAYS_AGO]);
    expect(tidy([destroying(TODAY), YESTERDAY]).remove).toEqual([]);
  });
  test("stay while a running fork copies from them", () => {
    expect(tidy([TODAY, YESTERDAY, TWO_DAYS_AGO, creating("staging", TWO_DAYS_AGO)]).remove).toEqual([
      YESTERDAY,
    ]);
  });
  test("stay while they are being archived", () => {
    const listed = [MAIN, ...[TODAY, YESTERDAY, TWO_DAYS_AGO].map((id) => environment(id))];
    const catalog = new Catalog(listed, { holdDays: 30, inUse: [TWO_DAYS_AGO] });
    const { remove } = planPrune(catalog, "daily", keeping(1));
    expect(remove.map(({ backup }) => backup.id)).toEqual([YESTERDAY]);
  });
  test("are of one cadence and of ours", () => {
    const others = ["backup-plugin-weekly-2026-02-20", "staging", `${YESTERDAY}-keep`];
    expect(tidy([TODAY, ...others]).remove).toEqual([]);
  });
  test("go by their age: one whose name lies in the future counts as old as it is", () => {
    const future = environment("backup-plugin-daily-2099-01-01", {
      createdAt: environment(TWO_DAYS_AGO).createdAt,
    });
    expect(tidy([TODAY, future]).remove).toEqual([future.id]);
  });
  test("never are what a run is at work on or has made, however old", () => {
    expect(tidy([TODAY, YESTERDAY], 1, [YESTERDAY]).remove).not.toContain(YESTERDAY);
    expect(tidy([TODAY, YESTERDAY], 1, [TODAY]).remove).toEqual([YESTERDAY]);
  });
});

test("of two copies taken in the same millisecond two runs never remove both, whichever each has made", () => {
  const createdAt = environment(TWO_DAYS_AGO).createdAt;
  const twins = [environment(YESTERDAY, { createdAt }), environment(TODAY, { createdAt })];
  const gone = twins.flatMap(({ id }) => tidy(twins, 1, [id]).remove);
  expect(gone).toHaveLength(1);
});

describe("a superseded copy", () => {
  const later = environment(TODAY, { createdAt: environment(TODAY).createdAt + 60_000 });
  test("goes when its successor is ready, whatever the count is", () => {
    expect(tidy([later, ASIDE], 9)).toEqual({ restore: [], remove: [ASIDE] });
  });
  test("goes before older copies of other dates", () => {
    expect(tidy([later, ASIDE, YESTERDAY]).remove).toEqual([ASIDE, YESTERDAY]);
  });
  test("stays while its successor is in the making or going", () => {
    expect(tidy([creating(TODAY), ASIDE])).toEqual({ restore: [], remove: [] });
    expect(tidy([destroying(TODAY), ASIDE])).toEqual({ restore: [], remove: [] });
  });
  test("gets its name back when nothing has come in its place", () => {
    expect(tidy([ASIDE, YESTERDAY])).toEqual({ restore: [ASIDE], remove: [YESTERDAY] });
  });
  test("does not while a run is at work on that name", () => {
    expect(tidy([ASIDE, YESTERDAY], 1, [TODAY])).toMatchObject({ restore: [] });
  });
  test("does not when the name is the primary's", () => {
    expect(tidy([environment(TODAY, { primary: true }), ASIDE])).toMatchObject({ restore: [] });
  });
  test("of several, only the newest does; the others go", () => {
    const newer = environment(`${TODAY}-superseded-130000000`, {
      createdAt: environment(TODAY).createdAt + 60_000,
    });
    expect(tidy([ASIDE, newer])).toEqual({ restore: [newer.id], remove: [ASIDE] });
  });
  test("does not in the making", () => {
    expect(tidy([creating(ASIDE)])).toEqual({ restore: [], remove: [] });
  });
});

describe("in any project", () => {
  const cadence = fc.constantFrom("daily" as const, "weekly" as const);
  const keep = fc.record({
    daily: fc.integer({ min: 1, max: 4 }),
    weekly: fc.integer({ min: 1, max: 4 }),
    biweekly: fc.constant(1),
    monthly: fc.constant(1),
  });
  const spared = fc.subarray(
    DATES.flatMap((date) => [`backup-plugin-daily-${date}`, `backup-plugin-weekly-${date}`]),
    {
      maxLength: 2,
    },
  );
  const readyOf = (listed: readonly Environment[], of: string) =>
    listed.filter((each) => isOurs(each) && each.status === "ready" && partsOf(each).cadence === of);
  const takenAt = (each: Environment) => asBackup(each)?.takenAt ?? Number.NaN;
  /** Somebody has forked from it. */
  const isHeld = (each: Environment, listed: readonly Environment[]) =>
    listed.some(
      (other) =>
        !isOurs(other) &&
        (other.forkedFrom === each.id || other.forkedFrom === partsOf(each).originalId) &&
        other.createdAt >= each.createdAt,
    );

  function always(
    check: (found: {
      restore: readonly Backup[];
      remove: readonly Backup[];
      ready: readonly Environment[];
      listed: readonly Environment[];
      keep: number;
      spared: readonly string[];
    }) => void,
  ): Promise<void> {
    return holds(
      fc.property(project, cadence, keep, spared, (listed, each, counts, names) => {
        const { restore, remove } = prune(listed, each, byCount(counts), names);
        const ready = readyOf(listed, each);
        check({ restore, remove, ready, listed, keep: counts[each], spared: names });
      }),
      4_000,
    );
  }

  test("only ready copies of the cadence go, none from which a fork runs", async () => {
    await always(({ remove, ready, listed }) => {
      for (const { environment: gone } of remove) {
        expect(ready).toContain(gone);
        expect(listed.some((each) => each.status === "creating" && each.forkedFrom === gone.id)).toBe(false);
      }
    });
  });

  test("the count stays, or all where there are fewer", async () => {
    await always(({ remove, ready, keep: count }) => {
      const gone = idsOf(remove);
      const dates = (of: readonly Environment[]) => new Set(of.map((each) => partsOf(each).originalId)).size;
      const left = ready.filter(({ id }) => !gone.includes(id));
      expect(dates(left)).toBeGreaterThanOrEqual(Math.min(count, dates(ready)));
    });
  });

  test("whatever goes, one at least as new stays", async () => {
    await always(({ remove, ready }) => {
      const left = ready.filter(({ id }) => !idsOf(remove).includes(id)).map(takenAt);
      for (const copy of remove) expect(Math.max(...left)).toBeGreaterThanOrEqual(copy.takenAt);
    });
  });

  test("two runs at once leave one between them, whichever copy each has found or made", async () => {
    await holds(
      fc.property(project, cadence, keep, spared, spared, (listed, each, counts, one, other) => {
        const ready = readyOf(listed, each);
        const gone = [one, other].flatMap((names) =>
          idsOf(prune(listed, each, byCount(counts), names).remove),
        );
        if (ready.length > 0) expect(ready.filter(({ id }) => !gone.includes(id))).not.toEqual([]);
      }),
      4_000,
    );
  });

  test("nothing goes under a spared name but superseded copies of a ready one", async () => {
    await always(({ remove, ready, spared: names }) => {
      for (const copy of remove) {
        if (!names.includes(copy.originalId)) continue;
        expect(copy.isMarked).toBe(true);
        expect(
          ready.some((each) => partsOf(each).originalId === copy.originalId && each !== copy.environment),
        ).toBe(true);
      }
    });
  });

  test("a name is given back only to the newest superseded copy, and only where nothing bears it", async () => {
    let met = 0;
    await always(({ restore, remove, ready, listed, spared: names }) => {
      for (const copy of restore) {
        met += 1;
        expect(copy.isMarked).toBe(true);
        expect(ready).toContain(copy.environment);
        expect(listed.some(({ id }) => id === copy.originalId)).toBe(false);
        expect(names).not.toContain(copy.originalId);
        expect(remove).not.toContain(copy);
        const namesakes = ready.filter(
          (each) => partsOf(each).originalId === copy.originalId && !isHeld(each, listed),
        );
        expect(copy.takenAt).toBe(Math.max(...namesakes.map(takenAt)));
      }
      expect(new Set(restore.map((copy) => copy.originalId)).size).toBe(restore.length);
    });
    expect(met).toBeGreaterThan(0);
  });

  test("tidying up comes to an end, and soon", async () => {
    const tidied = (listed: readonly Environment[], each: "daily" | "weekly", counts: Config["keep"]) => {
      const { restore, remove } = prune(listed, each, byCount(counts));
      return listed
        .filter((found) => !remove.some((copy) => copy.environment === found))
        .map((found) => {
          const copy = restore.find((other) => other.environment === found);
          return copy === undefined ? found : { ...found, id: copy.originalId };
        });
    };
    await holds(
      fc.property(project, cadence, keep, (listed, each, counts) => {
        // Twice, because a superseded copy may be newer than the one whose name it had: somebody renamed it.
        const after = tidied(tidied(listed, each, counts), each, counts);
        expect(prune(after, each, byCount(counts))).toEqual({
          restore: [],
          remove: [],
        });
      }),
      2_000,
    );
  });
});
