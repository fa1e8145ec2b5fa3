import { describe, expect, test } from "vitest";
import type { Environment } from "../../services/datocms/environments.ts";
import { type DueQuery, isAwake, isDue } from "../../services/schedule/due.ts";
import { scheduleBySlots } from "../../services/schedule/schedule.ts";
import type { Scheduler } from "../../services/schedule/scheduler.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import { at, catalogOf, environment, MAIN } from "./environments.ts";

// 2026-02-26 is a Thursday (4).
const SLOTS = {
  daily: { hour: 22, weekday: null },
  weekly: { hour: 22, weekday: 4 },
  monthlyDay: 10,
} as const;
const ENABLED: Scheduler = { enabled: true };
const DISCONNECTED: Scheduler = { enabled: false, disconnectedAt: "2026-02-20T00:00:00.000Z" };
const PAUSED: Scheduler = { enabled: false, pausedBy: "BACKUP_SCHEDULER" };
/** Any copy of ours: without one the rule of the first copy applies. */
const OLD = environment("backup-plugin-monthly-2026-01-01");

type Asked = Partial<DueQuery> & {
  others?: readonly Environment[];
  scheduler?: Scheduler;
  cadences?: readonly Cadence[];
};

function ask(
  now: string,
  { others = [OLD], scheduler = ENABLED, cadences = ["daily", "weekly"], ...rest }: Asked = {},
) {
  const query: DueQuery = {
    cadence: "daily",
    now: at(now),
    mode: "slot",
    slots: SLOTS,
    catchUp: true,
    ...rest,
  };
  return isDue(query, scheduleBySlots(SLOTS, cadences), catalogOf([MAIN, ...others]), scheduler);
}

const due = (date: string, late = false) => ({ due: true, date, late });
const notDue = (because: string, reason = "NOT_DUE_IN_DISTRIBUTED_SLOT") => ({ due: false, reason, because });
const daily = (date: string, createdAt?: string, change: Partial<Environment> = {}) =>
  environment(`backup-plugin-daily-${date}`, {
    ...(createdAt !== undefined && { createdAt: at(createdAt) }),
    ...change,
  });
const weekly = (date: string) => environment(`backup-plugin-weekly-${date}`);

describe("daily, in slot mode", () => {
  test.each([
    ["asleep in the hour before its slot", "2026-02-26 21:59:59.999", notDue("other_hour")],
    ["due from the slot's first millisecond", "2026-02-26 22:00:00.000", due("2026-02-26")],
    ["in time to the hour's last millisecond", "2026-02-26 22:59:59.999", due("2026-02-26")],
    ["late from the next hour on", "2026-02-26 23:00:00.000", due("2026-02-26", true)],
    ["named by the opening's date after midnight", "2026-02-27 00:00:00.000", due("2026-02-26", true)],
    ["due to the end of the sixth hour", "2026-02-27 03:59:59.999", due("2026-02-26", true)],
    ["asleep from then on", "2026-02-27 04:00:00.000", notDue("other_hour")],
  ])("%s", (_, now, verdict) => {
    expect(ask(now)).toEqual(verdict);
  });

  test("without catch-up it is due in the slot's own hour only", () => {
    expect(ask("2026-02-26 22:59", { catchUp: false })).toEqual(due("2026-02-26"));
    expect(ask("2026-02-26 23:00", { catchUp: false })).toEqual(notDue("other_hour"));
    expect(ask("2026-02-27 00:05", { catchUp: false })).toEqual(notDue("other_hour"));
  });

  test("isAwake says the same of the hours, whatever else may be due", () => {
    const awake = (now: string, catchUp = true) =>
      isAwake({ cadence: "daily", mode: "slot", slots: SLOTS, now: at(now), catchUp });
    expect(awake("2026-02-26 21:59:59.999")).toBe(false);
    expect(awake("2026-02-26 22:00")).toBe(true);
    expect(awake("2026-02-27 03:59:59.999")).toBe(true);
    expect(awake("2026-02-27 04:00")).toBe(false);
    expect(awake("2026-02-26 23:00", false)).toBe(false);
  });

  test("a copy made by hand earlier the same day makes the occurrence", () => {
    const others = [daily("2026-02-26", "2026-02-26 08:00")];
    expect(ask("2026-02-26 22:05", { others })).toEqual(notDue("already_made"));
    expect(ask("2026-02-27 00:05", { others })).toEqual(notDue("already_made"));
    expect(ask("2026-02-27 22:05", { others })).toEqual(due("2026-02-27"));
  });

  test("a copy made after midnight for the date before is not the next date's", () => {
    const others = [daily("2026-02-26", "2026-02-27 01:05")];
    expect(ask("2026-02-27 03:05", { others })).toEqual(notDue("already_made"));
    expect(ask("2026-02-27 22:05", { others })).toEqual(due("2026-02-27"));
  });

  test("a copy made by hand after midnight makes the open occurrence of the date before", () => {
    const others = [daily("2026-02-27", "2026-02-27 00:30")];
    expect(ask("2026-02-27 01:05", { others })).toEqual(notDue("already_made"));
  });

  test("a name dated in the future stops nothing: the copy is as old as it is", () => {
    const others = [daily("2099-01-01", "2026-02-26 08:00")];
    expect(ask("2026-02-26 22:05", { others })).toEqual(notDue("already_made"));
    expect(ask("2026-02-27 22:05", { others })).toEqual(due("2026-02-27"));
  });

  test("a name that exists for this date is never made twice, however old its copy", () => {
    const others = [daily("2026-02-26", "2026-02-20 08:00")];
    expect(ask("2026-02-26 22:05", { others })).toEqual(notDue("already_made"));
  });

  test("a copy in the making is not made yet: the tick joins it", () => {
    const others = [OLD, daily("2026-02-26", "2026-02-26 22:05", { status: "creating" })];
    expect(ask("2026-02-26 23:05", { others })).toEqual(due("2026-02-26", true));
  });

  test("a copy that is being destroyed is none", () => {
    const others = [OLD, daily("2026-02-26", "2026-02-26 08:00", { status: "destroying" })];
    expect(ask("2026-02-26 22:05", { others })).toEqual(due("2026-02-26"));
  });

  test("a copy that was set aside for one that never came still is the date's", () => {
    const others = [environment("backup-plugin-daily-2026-02-26-superseded-120000000")];
    expect(ask("2026-02-26 22:05", { others })).toEqual(notDue("already_made"));
  });

  test("another cadence's copy, and what only looks like ours, make nothing", () => {
    const others = [weekly("2026-02-26"), environment("backup-plugin-daily-2026-02-26-keep")];
    expect(ask("2026-02-26 22:05", { others })).toEqual(due("2026-02-26"));
  });
});

describe("weekly, in slot mode", () => {
  const ofWeekly = (now: string, rest: Asked = {}) => ask(now, { cadence: "weekly", ...rest });
  test.each([
    ["not on the day before", "2026-02-25 22:05", notDue("other_day")],
    ["asleep before its hour", "2026-02-26 21:59:59.999", notDue("other_hour")],
    ["due in its hour", "2026-02-26 22:35", due("2026-02-26")],
    ["due after midnight, under the opening's date", "2026-02-27 03:35", due("2026-02-26", true)],
    ["asleep outside the slot's hours of the next day", "2026-02-27 12:35", notDue("other_hour")],
    ["due in the slot's hours of the next day", "2026-02-27 22:35", due("2026-02-26", true)],
    ["to the end of the next UTC day", "2026-02-27 23:59:59.999", due("2026-02-26", true)],
    ["and no longer", "2026-02-28 00:00:00.000", notDue("other_day")],
    ["awake, but with nothing to do, on the days between", "2026-03-02 22:35", notDue("other_day")],
  ])("%s", (_, now, verdict) => {
    expect(ofWeekly(now)).toEqual(verdict);
  });

  test("without catch-up it is due in the slot's own hour of its weekday only", () => {
    expect(ofWeekly("2026-02-26 22:35", { catchUp: false })).toEqual(due("2026-02-26"));
    expect(ofWeekly("2026-02-26 23:35", { catchUp: false })).toEqual(notDue("other_hour"));
    expect(ofWeekly("2026-02-27 22:35", { catchUp: false })).toEqual(notDue("other_day"));
  });

  test("a copy of the week before does not make it, one made by hand since its date does", () => {
    expect(ofWeekly("2026-02-26 22:35", { others: [weekly("2026-02-25")] })).toEqual(due("2026-02-26"));
    for (const date of ["2026-02-26", "2026-02-27"])
      expect(ofWeekly("2026-02-27 22:35", { others: [weekly(date)] })).toEqual(notDue("already_made"));
  });
});

describe("in date mode", () => {
  const byDate = (now: string, rest: Asked = {}) => ask(now, { mode: "date", ...rest });

  test.each(["00:00:00.000", "02:05", "12:00", "23:59:59.999"])("daily is due at %s, never late", (time) => {
    expect(byDate(`2026-02-26 ${time}`)).toEqual(due("2026-02-26"));
    expect(byDate(`2026-02-26 ${time}`, { catchUp: false })).toEqual(due("2026-02-26"));
  });

  test("weekly is due on its weekday only, at any hour", () => {
    for (const time of ["00:00", "02:35", "23:59"])
      expect(byDate(`2026-02-26 ${time}`, { cadence: "weekly" })).toEqual(due("2026-02-26"));
    for (const day of ["2026-02-25", "2026-02-28", "2026-03-01", "2026-03-04"])
      expect(byDate(`${day} 02:35`, { cadence: "weekly", others: [weekly("2026-02-19")] })).toEqual(
        notDue("other_day"),
      );
  });

  test("the day after makes up for a missed weekday, under its own date", () => {
    expect(byDate("2026-02-27 02:35", { cadence: "weekly", others: [weekly("2026-02-19")] })).toEqual(
      due("2026-02-27", true),
    );
  });

  test("the day after does nothing without an older weekly copy: the first one waits for its weekday", () => {
    const creating = environment("backup-plugin-weekly-2026-02-19", { status: "creating" });
    for (const others of [[], [OLD], [creating]])
      expect(byDate("2026-02-27 02:35", { cadence: "weekly", others })).toEqual(notDue("other_day"));
  });

  test("the day after does nothing when the weekday was not missed", () => {
    for (const date of ["2026-02-26", "2026-02-27"])
      expect(byDate("2026-02-27 02:35", { cadence: "weekly", others: [weekly(date)] })).toEqual(
        notDue("already_made"),
      );
  });

  test("without catch-up there is no day after", () => {
    const others = [weekly("2026-02-19")];
    expect(byDate("2026-02-27 02:35", { cadence: "weekly", others, catchUp: false })).toEqual(
      notDue("other_day"),
    );
  });

  test("what was made up for on the day after is due again on the next weekday", () => {
    expect(byDate("2026-03-05 02:35", { cadence: "weekly", others: [weekly("2026-02-27")] })).toEqual(
      due("2026-03-05"),
    );
  });
});

describe("biweekly and monthly, by slots", () => {
  const ofLonger =
    (cadence: "biweekly" | "monthly") =>
    (now: string, rest: Asked = {}) =>
      ask(now, { cadence, cadences: CADENCES, others: [daily("2026-01-01")], ...rest });

  // The weeks of biweekly count from the first Thursday of 2024; 2026-02-26 is 56 fortnights later.
  test.each([
    ["not in the week between", "2026-02-19 22:35", notDue("other_day")],
    ["asleep before its hour", "2026-02-26 21:59:59.999", notDue("other_hour")],
    ["due in weekly's hour of its weekday, every second week", "2026-02-26 22:35", due("2026-02-26")],
    ["due after midnight, under the opening's date", "2026-02-27 03:35", due("2026-02-26", true)],
    ["due to the end of the next UTC day", "2026-02-27 23:59:59.999", due("2026-02-26", true)],
    ["and no longer", "2026-02-28 00:00:00.000", notDue("other_day")],
    ["not a week later", "2026-03-05 22:35", notDue("other_day")],
    ["due two weeks later", "2026-03-12 22:35", due("2026-03-12")],
  ])("biweekly: %s", (_, now, verdict) => {
    expect(ofLonger("biweekly")(now)).toEqual(verdict);
  });

  test.each([
    ["not on the day before", "2026-03-09 22:35", notDue("other_day")],
    ["asleep before weekly's hour", "2026-03-10 21:59:59.999", notDue("other_hour")],
    ["due on the slot's day of the month, whatever its weekday", "2026-03-10 22:35", due("2026-03-10")],
    ["due in each month", "2026-02-10 22:35", due("2026-02-10")],
    ["due after midnight, under the opening's date", "2026-03-11 03:35", due("2026-03-10", true)],
    ["due to the end of the next UTC day", "2026-03-11 23:59:59.999", due("2026-03-10", true)],
    ["and no longer", "2026-03-12 00:00:00.000", notDue("other_day")],
  ])("monthly: %s", (_, now, verdict) => {
    expect(ofLonger("monthly")(now)).toEqual(verdict);
  });

  test("by date they are due on their day, and on the day after only where an older copy was made", () => {
    for (const [cadence, day, dayAfter] of [
      ["biweekly", "2026-02-26", "2026-02-27"],
      ["monthly", "2026-03-10", "2026-03-11"],
    ] as const) {
      const byDate = (now: string, others?: readonly Environment[]) =>
        ofLonger(cadence)(now, { mode: "date", ...(others !== undefined && { others }) });
      const older = [environment(`backup-plugin-${cadence}-2026-01-20`)];
      expect(byDate(`${day} 02:35`)).toEqual(due(day));
      expect(byDate(`${dayAfter} 02:35`)).toEqual(notDue("other_day"));
      expect(byDate(`${dayAfter} 02:35`, older)).toEqual(due(dayAfter, true));
      expect(byDate(`${dayAfter} 02:35`, [environment(`backup-plugin-${cadence}-${day}`)])).toEqual(
        notDue("already_made"),
      );
    }
  });

  test("what is not enabled is never due, and says so", () => {
    for (const cadence of CADENCES) {
      const cadences = CADENCES.filter((each) => each !== cadence);
      for (const mode of ["slot", "date"] as const)
        expect(ask("2026-03-12 22:35", { cadence, cadences, mode })).toEqual(notDue("not_enabled"));
      expect(ask("2026-03-12 12:35", { cadence, cadences })).toEqual(notDue("other_hour"));
    }
  });
});

describe("the first copy", () => {
  const foreign = [environment("staging"), environment("backup-plugin-daily-keep")];

  test("is made in slot mode in the slot's own hour only", () => {
    for (const others of [[], foreign]) {
      expect(ask("2026-02-26 22:05", { others })).toEqual(due("2026-02-26"));
      expect(ask("2026-02-26 23:05", { others })).toEqual(notDue("first_copy_waits_for_its_slot"));
      expect(ask("2026-02-27 22:35", { others, cadence: "weekly" })).toEqual(
        notDue("first_copy_waits_for_its_slot"),
      );
    }
  });

  test("is made in date mode at any hour", () => {
    expect(ask("2026-02-26 09:00", { others: [], mode: "date" })).toEqual(due("2026-02-26"));
  });

  test("is no longer waited for when a copy of any cadence exists, in whatever state", () => {
    for (const other of [weekly("2026-02-19"), daily("2026-02-25", undefined, { status: "destroying" })])
      expect(ask("2026-02-26 23:05", { others: [other] })).toEqual(due("2026-02-26", true));
  });

  test("has not been made where only the primary bears one of our names", () => {
    const others = [environment("backup-plugin-daily-2026-02-25", { primary: true })];
    expect(ask("2026-02-26 23:05", { others })).toEqual(notDue("first_copy_waits_for_its_slot"));
  });
});

describe("of several reasons the first counts:", () => {
  const promoted = environment("backup-plugin-daily-2026-02-26", { primary: true });
  const made = daily("2026-02-26", "2026-02-26 08:00");

  test("not due in the slot before a disconnected scheduler", () => {
    const scheduler = DISCONNECTED;
    expect(ask("2026-02-26 12:05", { scheduler })).toEqual(notDue("other_hour"));
    expect(ask("2026-02-25 22:35", { scheduler, cadence: "weekly" })).toEqual(notDue("other_day"));
    expect(ask("2026-02-26 22:05", { scheduler, others: [made] })).toEqual(notDue("already_made"));
    expect(ask("2026-02-26 23:05", { scheduler, others: [] })).toEqual(
      notDue("first_copy_waits_for_its_slot"),
    );
  });

  test("a paused scheduler like a disconnected one, under its own name", () => {
    const scheduler = PAUSED;
    expect(ask("2026-02-26 12:05", { scheduler })).toEqual(notDue("other_hour"));
    expect(ask("2026-02-26 22:05", { scheduler, others: [made] })).toEqual(notDue("already_made"));
    expect(ask("2026-02-26 22:05", { scheduler, others: [OLD, promoted] })).toEqual(
      notDue("paused", "SCHEDULER_DISABLED"),
    );
  });

  test("a disconnected scheduler before a name that is the primary's", () => {
    expect(ask("2026-02-26 22:05", { scheduler: DISCONNECTED, others: [OLD, promoted] })).toEqual(
      notDue("disconnected", "SCHEDULER_DISABLED"),
    );
  });

  test("a name that is the primary's, when nothing else stands in the way", () => {
    expect(ask("2026-02-26 22:05", { others: [OLD, promoted] })).toEqual(
      notDue("promoted", "TARGET_IS_PRIMARY"),
    );
    expect(ask("2026-02-26 22:05", { others: [promoted], mode: "date" })).toEqual(
      notDue("promoted", "TARGET_IS_PRIMARY"),
    );
    expect(ask("2026-02-27 22:05", { others: [OLD, promoted] })).toEqual(due("2026-02-27"));
  });
});
