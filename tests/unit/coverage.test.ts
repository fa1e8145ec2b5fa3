import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../services/datocms/environments.ts";
import { coverageOf } from "../../services/recovery/coverage.ts";
import { takenAt } from "./calendar.ts";
import { at, catalogOf, DAY_MS, environment, HOUR_MS, MAIN } from "./environments.ts";
import { moment } from "./localDates.ts";
import { holds } from "./properties.ts";
import { copyNear, idOf } from "./situations.ts";

const NOW = at("2026-03-31 21:00");

/** What copies that were taken so many hours ago are worth. */
function coverageAfter(...hours: number[]) {
  const environments = hours.map((ago, index) => {
    const createdAt = NOW - ago * HOUR_MS;
    const date = new Date(createdAt).toISOString().slice(0, 10);
    const mark = index === 0 ? "" : `-superseded-${String(index).padStart(9, "0")}`;
    return environment(`backup-plugin-daily-${date}${mark}`, { createdAt });
  });
  return coverageOf(catalogOf([MAIN, ...environments]), NOW);
}

describe("the sentence about what can be returned to", () => {
  test.each([
    [[], "There is nothing to return to."],
    [[9], "You can return to 1 point in time; it is 9 hours old."],
    [[0.5], "You can return to 1 point in time; it is 30 minutes old."],
    [[0], "You can return to 1 point in time; it is less than a minute old."],
    [[1], "You can return to 1 point in time; it is 1 hour old."],
    [[0.995], "You can return to 1 point in time; it is 1 hour old."],
    [[-1], "You can return to 1 point in time; it is less than a minute old."],
    [
      [9, 57, 225 - 1 / 60, 31 * 24 - 150, 31 * 24],
      "You can return to 5 points in time; the newest is 9 hours old, the oldest 31 days; the largest gap is 15 days.",
    ],
    [
      [47, 48],
      "You can return to 2 points in time; the newest is 47 hours old, the oldest 2 days; the largest gap is 47 hours.",
    ],
    [[9, 9.99], "You can return to 1 point in time; it is 9 hours old."],
    [
      [9, 9.7, 10.4],
      "You can return to 2 points in time; the newest is 9 hours old, the oldest 10 hours; the largest gap is 9 hours.",
    ],
  ])("hours %j: %s", (hours, sentence) => {
    expect(coverageAfter(...hours).sentence).toBe(sentence);
  });

  test("counts no copy that is held, being made or on its way out", () => {
    const day = (date: string, change = {}) => environment(`backup-plugin-daily-${date}`, change);
    const listed = [
      MAIN,
      day("2026-03-28"),
      day("2026-03-29", { lastDataChangeAt: at("2026-03-30 12:00") }),
      day("2026-03-30", { status: "destroying" }),
      day("2026-03-31", { status: "creating" }),
      environment("staging"),
    ];
    expect(coverageOf(catalogOf(listed), NOW)).toMatchObject({
      points: 1,
      newestAt: at("2026-03-28 12:00"),
      oldestAt: at("2026-03-28 12:00"),
      largestGap: 3 * DAY_MS + 9 * HOUR_MS,
    });
    expect(coverageOf(catalogOf(listed, 0), NOW).points).toBe(2);
  });
});

test("where every copy is held, the sentence says so", () => {
  const told = (...changes: Partial<Environment>[]) => {
    const listed = [
      MAIN,
      ...changes.map((change, index) => environment(`backup-plugin-daily-2026-03-0${index + 1}`, change)),
    ];
    return coverageOf(catalogOf(listed, 60), NOW).sentence;
  };
  const changed = { createdAt: at("2026-03-01 04:05"), lastDataChangeAt: at("2026-03-24 12:00") };
  expect(told(changed)).toBe("One backup exists, but somebody worked in it (on 2026-03-24).");
  expect(told(changed, changed)).toBe(
    "2 backups exist, but somebody worked in each of them or forked from it.",
  );
  expect(told({ ...changed, status: "destroying" })).toBe("There is nothing to return to.");
  const listed = [MAIN, environment("backup-plugin-daily-2026-03-01")];
  const child = environment("child", {
    forkedFrom: "backup-plugin-daily-2026-03-01",
    createdAt: at("2026-03-20 12:00"),
  });
  expect(coverageOf(catalogOf([...listed, child], 60), NOW).sentence).toBe(
    "One backup exists, but somebody forked an environment from it.",
  );
});

test("points and gaps are those of the instants, whatever copies there are", async () => {
  const world = moment.chain((now) =>
    fc.record({
      now: fc.constant(now),
      copies: fc.uniqueArray(copyNear(now), { maxLength: 9, selector: idOf }),
      changed: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    }),
  );
  const met = { held: 0, many: 0, none: 0 };
  await holds(
    fc.property(world, ({ now, copies, changed }) => {
      const environments = copies.map((copy, index) =>
        environment(idOf(copy), {
          status: copy.status,
          createdAt: copy.createdAt,
          lastDataChangeAt: copy.createdAt + (changed[index] ? 2 * HOUR_MS : 0),
        }),
      );
      const primary = environment("main", { primary: true, createdAt: now - 400 * DAY_MS });
      const listed = [primary, ...environments];
      // Nothing here is older than the sixty days for which a changed copy is held.
      const counts = copies.filter(({ status }, index) => status === "ready" && !changed[index]);
      const instants = counts.map(takenAt).sort((a, b) => a - b);
      let moments = 0;
      let moment = Number.POSITIVE_INFINITY;
      for (const instant of instants.toReversed())
        if (moment - instant >= HOUR_MS) {
          moments += 1;
          moment = instant;
        }
      const found = coverageOf(catalogOf(listed, 60), now);
      expect(found).toMatchObject({
        points: moments,
        newestAt: instants.at(-1),
        oldestAt: instants[0],
      });
      let gap: number | undefined;
      for (const [index, instant] of instants.entries())
        gap = Math.max(gap ?? 0, (instants[index + 1] ?? now) - instant);
      expect(found.largestGap).toBe(gap);
      met.held += catalogOf(listed, 60).held.length;
      if (instants.length > 2) met.many += 1;
      if (instants.length === 0) met.none += 1;
    }),
    300,
  );
  expect(Math.min(met.held, met.many, met.none)).toBeGreaterThan(0);
});
