import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupId } from "../../services/catalog/names.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import { expectedInterval, type Timeliness, timelinessOf } from "../../services/recovery/timeliness.ts";
import { isDue } from "../../services/schedule/due.ts";
import { modeOf } from "../../services/schedule/mode.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import { type Schedule, scheduleBySlots } from "../../services/schedule/schedule.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { CronFrequency } from "../../utils/cron.ts";
import { dayOf, isAwakeByTheRules, isSlotDay, type KnownCopy, takenAt } from "./calendar.ts";
import { at, catalogOf, DAY_MS, environment, HOUR_MS, MAIN } from "./environments.ts";
import { dayIn, dueDays, isMadeBySavedSchedule, type Saved } from "./localCalendar.ts";
import { dayNear, moment, scheduleFor, startOfDay, timezone } from "./localDates.ts";
import { holds, noise } from "./properties.ts";
import { idOf, slots } from "./situations.ts";

const MINUTE_MS = 60_000;
const SLOTS: Slots = { daily: { hour: 4, weekday: null }, weekly: { hour: 11, weekday: 5 }, monthlyDay: 14 };

interface Asked {
  readonly cadence?: Cadence;
  readonly schedule?: Schedule;
  readonly cron?: CronFrequency;
  readonly catchUp?: boolean;
  readonly holdDays?: number;
  readonly parameters?: unknown;
}

/** Timeliness in words, to the minute. */
function judged(now: string, environments: readonly Environment[], asked: Asked = {}): string {
  const { cadence = "daily", cron = "hourly", catchUp = true, holdDays = 30, parameters } = asked;
  const { schedule = scheduleBySlots(SLOTS, CADENCES) } = asked;
  const query = { cadence, now: at(now), slots: SLOTS, catchUp };
  const catalog = catalogOf([MAIN, ...environments], holdDays);
  const found = timelinessOf(query, { schedule, catalog, cron, parameters });
  return found.kind === "late" ? `late since ${at2(found.since)}` : found.kind;
}

function at2(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace("T", " ");
}

const copy = (id: string, createdAt: string, change: Partial<Environment> = {}) =>
  environment(`backup-plugin-${id}`, { createdAt: at(createdAt), ...change });
const YESTERDAYS = copy("daily-2026-03-03", "2026-03-03 04:05");

describe("a cadence is", () => {
  test("missing while its first copy is still to come", () => {
    expect(judged("2026-03-04 12:00", [])).toBe("missing");
    expect(judged("2026-03-04 12:00", [environment("staging")])).toBe("missing");
    const begun = copy("daily-2026-03-04", "2026-03-04 04:05", { status: "creating" });
    expect(judged("2026-03-04 10:04", [begun])).toBe("missing");
    const weekly = copy("weekly-2026-03-03", "2026-03-03 11:35");
    expect(judged("2026-03-04 09:59", [weekly])).toBe("missing");
    expect(judged("2026-03-31 12:00", [weekly], { cadence: "monthly" })).toBe("missing");
  });

  test("late without a copy that counts, where something shows that one was due", () => {
    const hung = copy("daily-2026-03-03", "2026-03-03 04:05", { status: "creating" });
    expect(judged("2026-03-03 10:05", [hung])).toBe("late since 2026-03-03 10:00");
    const monthly = copy("monthly-2026-02-14", "2026-02-14 11:35", { status: "creating" });
    expect(judged("2026-03-04 12:00", [monthly], { cadence: "monthly" })).toBe("late since 2026-02-14 17:00");
    for (const change of [{ status: "destroying" }, { lastDataChangeAt: at("2026-03-03 09:00") }] as const) {
      const gone = copy("daily-2026-03-03", "2026-03-03 04:05", change);
      expect(judged("2026-03-04 09:59", [gone])).toBe("missing");
      expect(judged("2026-03-04 12:00", [gone])).toBe("late since 2026-03-04 10:00");
    }
    const weekly = copy("weekly-2026-03-03", "2026-03-03 11:35");
    expect(judged("2026-03-04 10:00", [weekly])).toBe("late since 2026-03-04 10:00");
    expect(judged("2026-03-04 12:00", [hung], { cadence: "monthly" })).toBe("missing");
    expect(judged("2026-03-31 12:00", [hung], { cadence: "monthly" })).toBe("late since 2026-03-14 17:00");
  });

  test("late from the first date of a saved schedule on, where nothing was made", () => {
    const saved = { cadences: CADENCES, timezone: "UTC", anchor: "2026-03-02" };
    const schedule = scheduleFor(saved, SLOTS);
    expect(judged("2026-03-02 09:59", [], { schedule })).toBe("missing");
    expect(judged("2026-03-04 12:00", [], { schedule })).toBe("late since 2026-03-02 10:00");
    const parameters = { backupSchedule: { updatedAt: "2026-03-03T12:00:00.000Z" } };
    expect(judged("2026-03-04 09:59", [], { schedule, parameters })).toBe("missing");
    expect(judged("2026-03-04 10:00", [], { schedule, parameters })).toBe("late since 2026-03-04 10:00");
    const late = scheduleFor({ ...saved, anchor: "2026-03-09" }, SLOTS);
    expect(judged("2026-03-04 12:00", [], { schedule: late })).toBe("missing");
  });

  test("late from the end of the hours in which its tick would have made it", () => {
    expect(judged("2026-03-04 09:59", [YESTERDAYS])).toBe("on time");
    expect(judged("2026-03-04 10:00", [YESTERDAYS])).toBe("late since 2026-03-04 10:00");
    expect(judged("2026-03-04 05:00", [YESTERDAYS], { catchUp: false })).toBe("late since 2026-03-04 05:00");
    expect(judged("2026-03-04 03:04", [YESTERDAYS], { cron: "daily" })).toBe("on time");
    expect(judged("2026-03-04 03:05", [YESTERDAYS], { cron: "daily" })).toBe("late since 2026-03-04 03:05");
  });

  test("late since the first copy that is missed, until one is made", () => {
    expect(judged("2026-03-09 00:00", [YESTERDAYS])).toBe("late since 2026-03-04 10:00");
    const today = copy("daily-2026-03-08", "2026-03-08 20:00");
    expect(judged("2026-03-09 00:00", [YESTERDAYS, today])).toBe("on time");
  });

  test("never late for a whole day where something else calls the jobs once a day", () => {
    expect(judged("2026-03-05 00:59", [YESTERDAYS], { cron: "none" })).toBe("on time");
    expect(judged("2026-03-05 01:00", [YESTERDAYS], { cron: "none" })).toBe("late since 2026-03-05 01:00");
  });

  test("on time while the copy that was begun in time is being made, for six hours", () => {
    const begun = copy("daily-2026-03-04", "2026-03-04 09:05", { status: "creating" });
    expect(judged("2026-03-04 15:04", [YESTERDAYS, begun])).toBe("on time");
    expect(judged("2026-03-04 15:05", [YESTERDAYS, begun])).toBe("late since 2026-03-04 10:00");
    const late = copy("daily-2026-03-04", "2026-03-04 12:00", { status: "creating" });
    expect(judged("2026-03-04 12:30", [YESTERDAYS, late])).toBe("late since 2026-03-04 10:00");
  });

  test("on time where the copy that was made is held: its name is taken, and the next date makes another", () => {
    const held = copy("daily-2026-03-04", "2026-03-04 04:05", { lastDataChangeAt: at("2026-03-04 06:00") });
    expect(judged("2026-03-04 12:00", [YESTERDAYS, held])).toBe("on time");
    expect(judged("2026-03-05 12:00", [YESTERDAYS, held])).toBe("late since 2026-03-05 10:00");
  });

  test("on time where a copy was held only after the ticks, with a saved schedule", () => {
    const anchor = "2026-01-06";
    const schedule = scheduleFor({ cadences: CADENCES, timezone: "UTC", anchor }, SLOTS);
    const before = copy("weekly-2026-02-24", "2026-02-24 11:35");
    const changed = (lastDataChangeAt: number) =>
      copy("weekly-2026-03-03", "2026-03-03 11:35", { lastDataChangeAt });
    const weekly = { cadence: "weekly", schedule } as const;
    const now = "2026-03-06 20:00";
    expect(judged(now, [before, changed(at("2026-03-06 18:00"))], weekly)).toBe("on time");
    expect(judged(now, [before, changed(at("2026-03-05 18:00"))], weekly)).toBe(
      "late since 2026-03-06 17:00",
    );
  });

  test("on time on the day whose name is the primary's", () => {
    const promoted = copy("daily-2026-03-04", "2026-03-04 04:05", { primary: true });
    expect(judged("2026-03-04 12:00", [YESTERDAYS, promoted])).toBe("on time");
    expect(judged("2026-03-05 12:00", [YESTERDAYS, promoted])).toBe("late since 2026-03-05 10:00");
  });

  test("not late for a date that was due before its schedule was saved", () => {
    const updatedAt = "2026-03-04T15:00:00.000Z";
    const saved = { cadences: CADENCES, timezone: "UTC", anchor: "2026-03-04" };
    const schedule = scheduleFor(saved, SLOTS);
    const parameters = { backupSchedule: { updatedAt } };
    const before = [copy("weekly-2026-03-02", "2026-03-02 11:35")];
    const weekly = { cadence: "weekly", schedule, parameters } as const;
    expect(judged("2026-03-04 20:00", before, { ...weekly, parameters: {} })).toBe(
      "late since 2026-03-04 17:00",
    );
    // The slot's hours were not over.
    expect(judged("2026-03-04 20:00", before, weekly)).toBe("on time");
    expect(judged("2026-03-05 17:00", before, weekly)).toBe("late since 2026-03-05 17:00");
  });

  test("judged by the ticks of a host with one cron a day", () => {
    for (const cadence of CADENCES) {
      const query = { cadence, mode: "date", now: at("2026-03-04 00:00"), slots: SLOTS } as const;
      const saved = { cadences: CADENCES, timezone: "UTC", anchor: "2026-03-04" };
      const schedule = scheduleFor(saved, SLOTS);
      const old = [copy(`${cadence}-2026-02-01`, "2026-02-01 02:05")];
      const tick = nextRun({ ...query, catchUp: true }, schedule, "daily", catalogOf([MAIN, ...old])) ?? 0;
      expect(judged("2026-03-04 23:00", old, { cadence, schedule, cron: "daily" })).toBe(
        `late since ${at2(tick + HOUR_MS)}`,
      );
    }
  });
});

test("the expected interval is the one to the next due date", () => {
  const anchored = (anchor: string) =>
    scheduleFor({ cadences: CADENCES, timezone: "Europe/Rome", anchor }, SLOTS);
  const days = (cadence: Cadence, anchor: string, now: string) =>
    expectedInterval(cadence, anchored(anchor), at(now)) / DAY_MS;
  expect(days("daily", "2026-01-30", "2026-02-10 12:00")).toBe(1);
  expect(days("weekly", "2026-01-30", "2026-02-10 12:00")).toBe(7);
  expect(days("biweekly", "2026-01-30", "2026-02-10 12:00")).toBe(14);
  expect(days("monthly", "2026-01-30", "2026-02-10 12:00")).toBe(29);
  expect(days("monthly", "2026-01-31", "2026-02-28 12:00")).toBe(31);
  expect(days("monthly", "2026-01-31", "2026-04-30 21:59")).toBe(31);
  expect(days("monthly", "2026-06-15", "2026-01-01 12:00")).toBe(30);
  expect(expectedInterval("daily", anchored("9999-12-31"), at("2026-01-01 12:00"))).toBeGreaterThan(0);
});

/** A project's days, either way. */
interface Days {
  readonly saved: Saved | undefined;
  readonly slots: Slots;
  readonly catchUp: boolean;
  readonly cron: CronFrequency;
  /** When the plugin's user saved the schedule, where that is known. */
  readonly savedAt?: number;
}

function parametersOf({ savedAt }: Days): unknown {
  return savedAt === undefined ? {} : { backupSchedule: { updatedAt: new Date(savedAt).toISOString() } };
}

function scheduleOf({ saved, slots: present }: Days): Schedule {
  return saved === undefined ? scheduleBySlots(present, CADENCES) : scheduleFor(saved, present);
}

/** Every time, from an instant to a later one, in which a cadence's ticks of one day come: found hour by hour. */
function windowsOf({ cron, slots: present, catchUp }: Days, cadence: Cadence, from: number, to: number) {
  const found: { opens: number; ends: number }[] = [];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day <= to; day += DAY_MS) {
    if (cron === "none") found.push({ opens: day, ends: day + 25 * HOUR_MS });
    if (cron === "daily") {
      const opens = day + 2 * HOUR_MS + (cadence === "daily" ? 5 : 35) * MINUTE_MS;
      found.push({ opens, ends: opens + HOUR_MS });
    }
    if (cron !== "hourly") continue;
    const isAwake = (now: number) =>
      isAwakeByTheRules({ cadence, mode: "slot", now, slots: present, catchUp });
    for (let opens = day; opens < day + DAY_MS; opens += HOUR_MS) {
      if (!isAwake(opens) || isAwake(opens - HOUR_MS)) continue;
      let ends = opens;
      while (isAwake(ends)) ends += HOUR_MS;
      found.push({ opens, ends });
    }
  }
  return found.filter(({ opens, ends }) => opens >= from && ends <= to);
}

/** The slot's day itself; the day after makes up for it, but where ticks come once a day not for the first copy. */
function dueBySlots(
  { slots: present, catchUp, cron: by }: Days,
  cadence: Cadence,
  opens: number,
  hasOlder: boolean,
) {
  if (isSlotDay(present, cadence, opens)) return dayOf(opens);
  const isMadeUpFor = (by === "hourly" || hasOlder) && catchUp && isSlotDay(present, cadence, opens - DAY_MS);
  return isMadeUpFor ? dayOf(opens - DAY_MS) : undefined;
}

/** The written rule of lateness, worked out a second time from the calendars of the other tests. */
function timelinessByTheRules(
  days: Days,
  cadence: Cadence,
  now: number,
  copies: readonly KnownCopy[],
): Timeliness {
  const own = copies.filter((each) => each.cadence === cadence);
  const ready = own.filter(({ status }) => status === "ready");
  const none = { kind: ready.length === 0 ? "missing" : "on time" } as const;
  const { saved } = days;
  const due = saved === undefined ? [] : dueDays(cadence, saved.anchor, dayOf(now + 2 * DAY_MS));
  for (const { opens, ends } of watchedWindows(days, cadence, now, copies)) {
    const day = dayIn(saved?.timezone ?? "UTC", opens);
    const date =
      saved === undefined
        ? dueBySlots(days, cadence, opens, ready.length > 0)
        : due.filter((each) => each <= day).at(-1);
    if (date === undefined) continue;
    const name = saved === undefined && days.cron === "hourly" ? date : dayOf(opens);
    const isMade =
      saved === undefined
        ? ready.some((each) => each.date === name || dayOf(takenAt(each)) >= date)
        : isMadeBySavedSchedule(copies, cadence, dayOf(opens), date, saved.timezone);
    if (isMade) continue;
    // Without a backup of its own, a cadence's first one may be what anybody has begun.
    const isBegun = (own.length > 0 ? own : copies).some(
      ({ status, createdAt }) => status === "creating" && createdAt < ends && now - createdAt < 6 * HOUR_MS,
    );
    return isBegun ? none : { kind: "late", since: ends };
  }
  return none;
}

/** By when they were taken; of equals the one whose name, then mark, comes last in the newest-first order. */
const oldest = (copies: readonly KnownCopy[]): KnownCopy =>
  copies.reduce((a, b) => {
    const older = takenAt(a) - takenAt(b) || a.createdAt - b.createdAt;
    return older <= 0 ? a : b;
  });

/** Those since the newest copy; without one, since something shows that the service is at work. */
function watchedWindows(days: Days, cadence: Cadence, now: number, copies: readonly KnownCopy[]) {
  const own = copies.filter((each) => each.cadence === cadence);
  const savedAt = days.savedAt ?? 0;
  const since = (from: number) => windowsOf(days, cadence, Math.max(from, savedAt), now);
  const touching = (instants: readonly number[]) =>
    since(Math.min(...instants) - 2 * DAY_MS).filter(({ ends }) => ends > Math.min(...instants));
  const ofStatus = (status: KnownCopy["status"]) => own.filter((each) => each.status === status);
  for (const status of ["ready", "destroying"] as const)
    if (ofStatus(status).length > 0) return since(Math.max(...ofStatus(status).map(takenAt)));
  if (days.saved !== undefined) return since(Date.parse(days.saved.anchor) - DAY_MS);
  if (own.length > 0) return touching([oldest(own).createdAt]);
  const speaks = ["daily", "weekly"].includes(cadence) || copies.every(({ status }) => status !== "ready");
  return speaks && copies.length > 0 ? touching([oldest(copies).createdAt]) : [];
}

const CRONS = ["hourly", "daily"] as const;
const cron = fc.constantFrom(...CRONS, "hourly" as const, "none" as const);
/** Whether the plugin has saved a schedule. */
const isSaved = fc.constantFrom(true, true, false);

/** The slots' days are counted from 2024 on; DatoCMS had no environments of ours before. */
const sinceSlots = (instant: number) => (instant < at("2024-03-01") ? instant + 15 * 365 * DAY_MS : instant);

const savedNear = (instant: number, after: number): fc.Arbitrary<Saved> =>
  fc
    .record({ timezone, anchor: dayNear(instant, 500, after) })
    .map((each) => ({ ...each, cadences: CADENCES }));

/** A copy of the last two months, whose creation mostly lies in its name's day. */
const copyBefore = (now: number): fc.Arbitrary<KnownCopy> =>
  fc
    .record({
      cadence: fc.constantFrom(...CADENCES),
      days: fc.oneof(fc.integer({ min: -3, max: 0 }), fc.integer({ min: -60, max: 0 })),
      superseded: fc.boolean(),
      status: fc.constantFrom("ready" as const, "ready" as const, "creating" as const, "destroying" as const),
      shift: fc.oneof(
        { weight: 4, arbitrary: fc.nat(DAY_MS - 1) },
        { weight: 1, arbitrary: fc.integer({ min: -DAY_MS, max: 2 * DAY_MS }) },
      ),
    })
    .map(({ days, shift, ...rest }) => {
      const date = dayOf(now + days * DAY_MS);
      return { ...rest, date, createdAt: Math.min(now, Date.parse(date) + shift) };
    });

test("whatever copies there are, lateness is what the rules say", async () => {
  const world = fc.tuple(moment, isSaved).chain(([instant, saves]) => {
    const now = saves ? instant : sinceSlots(instant);
    const saved = saves ? savedNear(now, 40) : fc.constant(undefined);
    return fc.record({
      now: fc.constant(now),
      copies: fc.uniqueArray(copyBefore(now), { minLength: 1, maxLength: 12, selector: idOf }),
      days: fc.record({ saved, slots, catchUp: fc.boolean(), cron }),
    });
  });
  const met = { "on time": 0, late: 0, missing: 0 };
  await holds(
    fc.property(world, ({ now, copies, days }) => {
      const catalog = catalogOf([
        MAIN,
        ...copies.map((each) => environment(idOf(each), { status: each.status, createdAt: each.createdAt })),
      ]);
      const schedule = scheduleOf(days);
      for (const cadence of CADENCES) {
        const query = { cadence, now, slots: days.slots, catchUp: days.catchUp };
        const facts = { schedule, catalog, cron: days.cron, parameters: parametersOf(days) };
        const found = timelinessOf(query, facts);
        expect(found).toEqual(timelinessByTheRules(days, cadence, now, copies));
        met[found.kind] += 1;
      }
    }),
    400,
  );
  expect(Math.min(...Object.values(met))).toBeGreaterThan(30);
});

describe("weeks of ticks", () => {
  const story = fc.tuple(startOfDay, isSaved).chain(([day, saves]) => {
    const start = saves ? day : sinceSlots(day);
    const saved = saves ? savedNear(start, 10) : fc.constant(undefined);
    return fc.record({
      start: fc.constant(start),
      days: fc.record({
        saved,
        slots,
        catchUp: fc.boolean(),
        cron: fc.constantFrom(...CRONS),
        savedAt: fc.constant(start),
      }),
      salt: fc.integer(),
    });
  });

  /** Delivers ticks over 45 days, and asks in between how things stand. */
  function deliver(
    { start, days, salt }: { start: number; days: Days; salt: number },
    lost: number,
    look: (found: Timeliness, now: number, copies: readonly KnownCopy[], cadence: Cadence) => void,
  ) {
    const schedule = scheduleOf(days);
    for (const cadence of CADENCES) {
      const first = start + (cadence === "daily" ? 5 : 35) * MINUTE_MS;
      let copies: KnownCopy[] = [];
      let catalog = catalogOf([MAIN]);
      for (let tick = first; tick < start + 45 * DAY_MS; tick += HOUR_MS) {
        const mode = modeOf("cron", days.cron);
        const query = { cadence, now: tick, mode, slots: days.slots, catchUp: days.catchUp } as const;
        const comes = days.cron === "hourly" || new Date(tick).getUTCHours() === 2;
        if (comes && noise(tick, salt) % 100 >= lost) {
          const verdict = isDue(query, schedule, catalog, { enabled: true });
          if (verdict.due) {
            const createdAt = tick + MINUTE_MS;
            copies = [{ cadence, date: verdict.date, superseded: false, status: "ready", createdAt }];
            catalog = catalogOf([MAIN, environment(backupId(cadence, verdict.date), { createdAt })]);
          }
        }
        // The last minute before the next tick, and the hour's own first.
        for (const now of [tick + 2 * MINUTE_MS, Math.floor(tick / HOUR_MS) * HOUR_MS + HOUR_MS]) {
          if (noise(now, salt) % 4 > 0) continue;
          const parameters = parametersOf(days);
          const facts = { schedule, catalog, cron: days.cron, parameters };
          look(timelinessOf({ ...query, now }, facts), now, copies, cadence);
        }
      }
    }
  }

  test("that all arrive leave nothing late", async () => {
    const met = { "on time": 0, late: 0, missing: 0 };
    await holds(
      fc.property(story, (told) => {
        deliver(told, 0, ({ kind }) => {
          met[kind] += 1;
          expect(kind).not.toBe("late");
        });
      }),
      25,
    );
    expect(met["on time"]).toBeGreaterThan(1_000);
  });

  test("of which most are lost leave late what the rules say", async () => {
    const met = { "on time": 0, late: 0, missing: 0 };
    await holds(
      fc.property(story, (told) => {
        deliver(told, 93, (found, now, copies, cadence) => {
          met[found.kind] += 1;
          if (noise(now, 1) % 8 === 0)
            expect(found).toEqual(timelinessByTheRules(told.days, cadence, now, copies));
        });
      }),
      20,
    );
    expect(met.late).toBeGreaterThan(300);
    expect(met["on time"]).toBeGreaterThan(300);
  });
});
