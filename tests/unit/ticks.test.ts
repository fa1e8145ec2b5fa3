import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupId } from "../../services/catalog/names.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import { type DueQuery, isDue } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import { scheduleBySlots } from "../../services/schedule/schedule.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import { isSlotDay } from "./calendar.ts";
import { at, catalogOf, DAY_MS, environment, HOUR_MS, MAIN } from "./environments.ts";
import { holds, noise } from "./properties.ts";
import { slots } from "./situations.ts";

const MINUTE_MS = 60_000;
const DAYS = 60;
const START = at("2026-02-01 00:00");
/** What the day before the first has made. */
const BEFORE = [
  environment("backup-plugin-daily-2026-01-31"),
  environment("backup-plugin-weekly-2026-01-31"),
  environment("backup-plugin-biweekly-2026-01-31"),
  environment("backup-plugin-monthly-2026-01-31"),
];

/** A copy that a tick has made. */
interface Made {
  readonly cadence: Cadence;
  readonly date: string;
  readonly late: boolean;
  readonly at: number;
}

/**
 * Delivers the ticks of 60 days; each due one adds a ready copy (which DatoCMS dates some minutes later) and
 * removes the one before.
 */
function deliver(
  mode: "slot" | "date",
  present: Slots,
  arrives: (tick: number) => boolean,
  before: readonly Environment[] = BEFORE,
): Made[] {
  const made: Made[] = [];
  const schedule = scheduleBySlots(present, CADENCES);
  let world = catalogOf([MAIN, ...before]);
  for (let hours = 0; hours < DAYS * 24; hours += 1) {
    for (const cadence of CADENCES) {
      const now = START + hours * HOUR_MS + minuteOf(cadence) * MINUTE_MS;
      if ((mode === "date" && hours % 24 !== 2) || !arrives(now)) continue;
      const query = { cadence, now, mode, slots: present, catchUp: true };
      const verdict = isDue(query, schedule, world, { enabled: true });
      if (!verdict.due) continue;
      made.push({ cadence, date: verdict.date, late: verdict.late, at: now });
      const older = world.of(cadence).backups;
      world = catalogOf([
        ...world.environments.filter((each) => !older.some((backup) => backup.environment === each)),
        environment(backupId(cadence, verdict.date), { createdAt: now + 3 * MINUTE_MS }),
      ]);
    }
  }
  return made;
}

function datesOf(made: readonly Made[], cadence: Made["cadence"]): string[] {
  return made.filter((each) => each.cadence === cadence).map(({ date }) => date);
}

/** The daily job comes five minutes past the hour, the weekly one, for all the others, 35. */
function minuteOf(cadence: Cadence): number {
  return cadence === "daily" ? 5 : 35;
}

/** Openings of a cadence's slot within the 60 days. */
function openings(present: Slots, cadence: Cadence): number[] {
  const { hour: slotHour } = cadence === "daily" ? present.daily : present.weekly;
  const days = Array.from({ length: DAYS }, (_, day) => START + day * DAY_MS);
  return days.filter((day) => isSlotDay(present, cadence, day)).map((day) => day + slotHour * HOUR_MS);
}

const day = (instant: number) => new Date(instant).toISOString().slice(0, 10);

describe("60 days of ticks", () => {
  test("hourly ones make exactly one daily copy a day, one weekly a week and so on, in their hours", async () => {
    await holds(
      fc.property(slots, (present) => {
        const made = deliver("slot", present, () => true);
        for (const cadence of CADENCES)
          expect(datesOf(made, cadence)).toEqual(openings(present, cadence).map(day));
        expect(made.filter(({ late }) => late)).toEqual([]);
      }),
      60,
    );
  });

  test("daily ones make the same, at the host's hour", async () => {
    await holds(
      fc.property(slots, (present) => {
        const made = deliver("date", present, () => true);
        for (const cadence of CADENCES)
          expect(datesOf(made, cadence)).toEqual(openings(present, cadence).map(day));
        expect(made.filter(({ late }) => late)).toEqual([]);
      }),
      60,
    );
  });

  test("in a new project no day and no week is left out", async () => {
    await holds(
      fc.property(slots, (present) => {
        const made = deliver("slot", present, () => true, []);
        for (const cadence of CADENCES) {
          const dates = datesOf(made, cadence);
          const since = dates.filter((date) => date >= day(START));
          expect(since).toEqual(openings(present, cadence).map(day));
          // As soon as one kind has a copy, the other may make up for its opening just before the first day.
          expect(dates.length - since.length).toBeLessThanOrEqual(1);
        }
      }),
      60,
    );
  });

  test("whatever ticks are lost, each occurrence is made by the first that is awake, and made once", async () => {
    const met = { late: 0, never: 0 };
    await holds(
      fc.property(slots, fc.constantFrom(20, 60, 90, 97), fc.integer(), (present, lost, salt) => {
        const arrives = (tick: number) => noise(tick, salt) % 100 >= lost;
        const made = deliver("slot", present, arrives);
        for (const cadence of CADENCES) {
          const minute = minuteOf(cadence);
          const expected = openings(present, cadence).flatMap((opening) => {
            const last = cadence === "daily" ? opening + 6 * HOUR_MS : Date.parse(day(opening)) + 2 * DAY_MS;
            for (let hours = opening; hours < last; hours += HOUR_MS) {
              const isAwake = ((hours - opening) / HOUR_MS) % 24 < 6;
              const tick = hours + minute * MINUTE_MS;
              const isOver = tick >= START + DAYS * DAY_MS;
              if (isAwake && !isOver && arrives(tick))
                return [{ cadence, date: day(opening), late: hours > opening, at: tick }];
            }
            met.never += 1;
            return [];
          });
          met.late += expected.filter(({ late }) => late).length;
          expect(made.filter((each) => each.cadence === cadence)).toEqual(expected);
        }
      }),
      80,
    );
    expect(met.late).toBeGreaterThan(0);
    expect(met.never).toBeGreaterThan(0);
  });

  test("on a host with one tick a day, a lost weekly or longer one is made up for on the day after", async () => {
    await holds(
      fc.property(slots, fc.integer(), (present, salt) => {
        const arrives = (tick: number) => noise(tick, salt) % 2 === 0;
        const made = deliver("date", present, arrives);
        for (const cadence of ["weekly", "biweekly", "monthly"] as const) {
          const expected = openings(present, cadence).flatMap((opening) => {
            const tick = Date.parse(day(opening)) + 2 * HOUR_MS + 35 * MINUTE_MS;
            if (arrives(tick)) return [day(tick)];
            const next = tick + DAY_MS;
            return next < START + DAYS * DAY_MS && arrives(next) ? [day(next)] : [];
          });
          expect(datesOf(made, cadence)).toEqual(expected);
        }
      }),
      80,
    );
  });
});

describe("the next run", () => {
  const SLOTS: Slots = {
    daily: { hour: 13, weekday: null },
    weekly: { hour: 22, weekday: 4 },
    monthlyDay: 10,
  };
  const next = (
    now: string,
    cron: "hourly" | "daily",
    cadence: Cadence,
    others: readonly Environment[],
    cadences: readonly Cadence[] = ["daily", "weekly"],
  ) => {
    const mode = cron === "hourly" ? "slot" : "date";
    const query: DueQuery = { cadence, now: at(now), mode, slots: SLOTS, catchUp: true };
    const found = nextRun(query, scheduleBySlots(SLOTS, cadences), cron, catalogOf([MAIN, ...others]));
    return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16).replace("T", " ");
  };
  const daily = (date: string) => environment(`backup-plugin-daily-${date}`);
  const weekly = (date: string) => environment(`backup-plugin-weekly-${date}`);

  test("of daily is minute 5 of its slot's hour, today or tomorrow", () => {
    expect(next("2026-02-26 07:00", "hourly", "daily", [daily("2026-02-25")])).toBe("2026-02-26 13:05");
    expect(next("2026-02-26 13:04:59", "hourly", "daily", [daily("2026-02-25")])).toBe("2026-02-26 13:05");
    expect(next("2026-02-26 13:10", "hourly", "daily", [daily("2026-02-26")])).toBe("2026-02-27 13:05");
  });

  test("of a missed daily is the next awake tick, and never the one that is just now", () => {
    expect(next("2026-02-26 13:05:00", "hourly", "daily", [daily("2026-02-25")])).toBe("2026-02-26 14:05");
    expect(next("2026-02-26 19:00", "hourly", "daily", [daily("2026-02-25")])).toBe("2026-02-27 13:05");
  });

  test("comes after a copy that was made by hand today", () => {
    expect(next("2026-02-26 07:00", "hourly", "daily", [daily("2026-02-26")])).toBe("2026-02-27 13:05");
    expect(next("2026-02-26 07:00", "hourly", "weekly", [weekly("2026-02-26")])).toBe("2026-03-05 22:35");
  });

  test("of weekly is minute 35 of its weekday's hour", () => {
    expect(next("2026-02-23 07:00", "hourly", "weekly", [weekly("2026-02-19")])).toBe("2026-02-26 22:35");
  });

  test("on a host with one tick a day is that tick", () => {
    expect(next("2026-02-26 01:00", "daily", "daily", [daily("2026-02-25")])).toBe("2026-02-26 02:05");
    expect(next("2026-02-26 03:00", "daily", "daily", [daily("2026-02-25")])).toBe("2026-02-27 02:05");
    expect(next("2026-02-27 03:00", "daily", "weekly", [weekly("2026-02-26")])).toBe("2026-03-05 02:35");
    expect(next("2026-02-26 03:00", "daily", "weekly", [weekly("2026-02-19")])).toBe("2026-02-27 02:35");
  });

  test("of the first copy is its slot's own hour", () => {
    expect(next("2026-02-26 14:00", "hourly", "daily", [])).toBe("2026-02-27 13:05");
    expect(next("2026-02-27 00:00", "hourly", "weekly", [])).toBe("2026-03-05 22:35");
  });

  test("of biweekly and monthly is weekly's hour of their own days", () => {
    const biweekly = [environment("backup-plugin-biweekly-2026-02-26")];
    expect(next("2026-02-27 07:00", "hourly", "biweekly", biweekly, CADENCES)).toBe("2026-03-12 22:35");
    expect(next("2026-02-27 07:00", "daily", "biweekly", biweekly, CADENCES)).toBe("2026-03-12 02:35");
    const monthly = [environment("backup-plugin-monthly-2026-03-10")];
    expect(next("2026-03-11 07:00", "hourly", "monthly", monthly, CADENCES)).toBe("2026-04-10 22:35");
    expect(next("2026-03-11 07:00", "daily", "monthly", monthly, CADENCES)).toBe("2026-04-10 02:35");
  });

  test("of a cadence that is not enabled is none", () => {
    for (const cadence of ["biweekly", "monthly"] as const)
      for (const cron of ["hourly", "daily"] as const)
        expect(next("2026-02-26 07:00", cron, cadence, [daily("2026-02-25")])).toBeUndefined();
  });

  test("passes over the day whose name is the primary's", () => {
    const promoted = environment("backup-plugin-daily-2026-02-26", { primary: true });
    expect(next("2026-02-26 07:00", "hourly", "daily", [promoted, daily("2026-02-25")])).toBe(
      "2026-02-27 13:05",
    );
  });
});
