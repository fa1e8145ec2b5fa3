import { describe, expect, test } from "vitest";
import type { Environment } from "../../services/datocms/environments.ts";
import { type DueQuery, isDue } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import { scheduleBySlots, scheduleOf } from "../../services/schedule/schedule.ts";
import type { Scheduler } from "../../services/schedule/scheduler.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { CronFrequency } from "../../utils/cron.ts";
import { at, catalogOf, environment, HOUR_MS, MAIN } from "./environments.ts";

interface Asked {
  readonly cadence?: Cadence;
  readonly mode?: DueQuery["mode"];
  /** UTC hour of both slots. */
  readonly hour?: number;
  readonly catchUp?: boolean;
  readonly timezone?: string;
  readonly anchor?: string;
  readonly enabled?: readonly Cadence[];
  readonly others?: readonly Environment[];
  readonly scheduler?: Scheduler;
}

/** The weekly slot's weekday and the day of the month have no part in a saved schedule. */
function given(now: string, { cadence = "daily", mode = "slot", hour = 22, catchUp = true, ...rest }: Asked) {
  const { timezone = "Europe/Rome", anchor = "2026-01-31", enabled = CADENCES, others = [] } = rest;
  const slots = { daily: { hour, weekday: null }, weekly: { hour, weekday: 2 }, monthlyDay: 17 };
  const query: DueQuery = { cadence, now: at(now), mode, slots, catchUp };
  const backupSchedule = { enabledCadences: enabled, timezone, anchorLocalDate: anchor };
  const schedule = scheduleOf({ backupSchedule }, { slots, cadences: [], projectTimezone: undefined });
  return { query, schedule, listed: [MAIN, ...others] };
}

function ask(now: string, asked: Asked = {}) {
  const { query, schedule, listed } = given(now, asked);
  return isDue(query, schedule, catalogOf(listed), asked.scheduler ?? { enabled: true });
}

function next(now: string, asked: Asked = {}, cron: CronFrequency = "hourly") {
  const { query, schedule, listed } = given(now, { mode: cron === "hourly" ? "slot" : "date", ...asked });
  const found = nextRun(query, schedule, cron, catalogOf(listed));
  return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16).replace("T", " ");
}

const due = (date: string, late = false) => ({ due: true, date, late });
const inSlot = (because: string) => ({ due: false, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because });
const inSchedule = (because: string) => ({ due: false, reason: "NOT_DUE_IN_PLUGIN_SCHEDULE", because });
const copy = (cadence: Cadence, date: string, time = "12:00", change: Partial<Environment> = {}) =>
  environment(`backup-plugin-${cadence}-${date}`, { createdAt: at(`${date} ${time}`), ...change });

describe("in slot mode, the days are the zone's", () => {
  // 22:00 UTC is 23:00 of the same day in Rome's winter, and midnight of the next one in its summer.
  test("of the slot's opening, also when the run comes later", () => {
    const weekly = { cadence: "weekly", anchor: "2026-02-01" } as const;
    const older = [copy("weekly", "2026-02-22", "22:05")];
    expect(ask("2026-03-01 22:35", { ...weekly, others: older })).toEqual(due("2026-03-01"));
    expect(ask("2026-03-02 03:35", { ...weekly, others: older })).toEqual(due("2026-03-01", true));
    expect(ask("2026-02-28 22:35", { ...weekly, others: older })).toEqual(inSchedule("other_day"));
    // 2026-04-05 in Rome opens at 22:00 UTC of the day before, and so the copy is called.
    const inMarch = [copy("weekly", "2026-03-28", "22:35")];
    expect(ask("2026-04-04 22:35", { ...weekly, others: inMarch })).toEqual(due("2026-04-04"));
  });

  test("the hour is the slot's, whatever the zone", () => {
    for (const timezone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]) {
      expect(ask("2026-02-26 21:59", { timezone })).toEqual(inSlot("other_hour"));
      expect(ask("2026-02-26 22:05", { timezone })).toEqual(due("2026-02-26"));
      expect(ask("2026-02-27 03:05", { timezone })).toEqual(due("2026-02-26", true));
      expect(ask("2026-02-27 04:05", { timezone })).toEqual(inSlot("other_hour"));
    }
  });

  test("the weekly slot's weekday has no part in it", () => {
    // The anchor 2026-01-31 is a Saturday; the slot's weekday, Tuesday.
    const weekly = { cadence: "weekly", hour: 10, others: [copy("weekly", "2026-02-21")] } as const;
    expect(ask("2026-02-24 10:35", weekly)).toEqual(inSchedule("other_day"));
    expect(ask("2026-02-28 10:35", weekly)).toEqual(due("2026-02-28"));
  });
});

describe("a missed date", () => {
  const missed = { cadence: "monthly", hour: 10, others: [copy("monthly", "2026-01-31")] } as const;

  test.each([
    ["on its day", "2026-02-28 10:35", due("2026-02-28")],
    ["later that day", "2026-02-28 15:35", due("2026-02-28", true)],
    ["on the next, under that day's name", "2026-03-01 10:35", due("2026-03-01", true)],
    ["three weeks later", "2026-03-21 10:35", due("2026-03-21", true)],
    ["no longer than to the next due date, which is in time", "2026-03-31 10:35", due("2026-03-31")],
  ])("is caught up by the next run, however late: %s", (_, now, verdict) => {
    expect(ask(now, missed)).toEqual(verdict);
    expect(ask(now, { ...missed, mode: "date" })).toEqual({
      ...verdict,
      late: now.slice(0, 10) !== "2026-02-28" && now.slice(0, 10) !== "2026-03-31",
    });
  });

  test("also where nothing has been backed up yet, whose first copy waits for no slot", () => {
    expect(ask("2026-03-03 13:35", { cadence: "weekly", hour: 10 })).toEqual(due("2026-03-03", true));
    expect(ask("2026-03-03 13:35", { cadence: "weekly", mode: "date" })).toEqual(due("2026-03-03", true));
  });

  test("that has been made up for is over until the next one", () => {
    const others = [copy("monthly", "2026-03-01", "10:36")];
    expect(ask("2026-03-02 10:35", { ...missed, others })).toEqual(inSchedule("other_day"));
    expect(ask("2026-03-31 10:35", { ...missed, others })).toEqual(due("2026-03-31"));
  });

  test("comes in the slot's own hour of a later day where catch-up is off", () => {
    expect(ask("2026-02-28 11:35", { ...missed, catchUp: false })).toEqual(inSlot("other_hour"));
    expect(ask("2026-03-01 10:35", { ...missed, catchUp: false })).toEqual(due("2026-03-01", true));
  });

  test("is not made by a copy that is still in the making, nor by another cadence's", () => {
    const creating = copy("monthly", "2026-02-28", "10:36", { status: "creating" });
    expect(ask("2026-02-28 11:35", { ...missed, others: [creating] })).toEqual(due("2026-02-28", true));
    expect(ask("2026-02-28 10:35", { ...missed, others: [copy("weekly", "2026-02-28")] })).toEqual(
      due("2026-02-28"),
    );
  });
});

describe("a copy counts for the local date on which it was taken", () => {
  test("a run after local midnight covers the new date too", () => {
    // In Rome's winter the slot opens at 23:00; the run of 23:05 was lost, that of 00:05 made the copy.
    const others = [copy("daily", "2026-02-26", "23:05")];
    expect(ask("2026-02-26 23:05")).toEqual(due("2026-02-26", true));
    expect(ask("2026-02-27 22:05", { others })).toEqual(inSlot("already_made"));
    expect(ask("2026-02-28 22:05", { others })).toEqual(due("2026-02-28"));
    expect(next("2026-02-27 04:00", { others })).toBe("2026-02-28 22:05");
  });

  test("after UTC's midnight, for the last local date of its name's day", () => {
    // Honolulu's 2026-02-26 reaches from 10:00 UTC to 10:00 UTC.
    const others = [environment("backup-plugin-daily-2026-02-26", { createdAt: at("2026-02-27 11:00") })];
    expect(ask("2026-02-27 22:05", { timezone: "Pacific/Honolulu", others })).toEqual(due("2026-02-27"));
  });

  test("a copy by hand before local midnight is not the next date's", () => {
    // 22:30 UTC is 23:30 in Rome; at 23:30 UTC the next day has begun there.
    expect(ask("2026-02-26 23:30", { mode: "date", others: [copy("daily", "2026-02-25", "22:30")] })).toEqual(
      due("2026-02-26"),
    );
  });

  test("a name of this UTC date that is taken by the day before is made anew", () => {
    // 00:30 UTC is still the day before in Los Angeles.
    const asked = {
      timezone: "America/Los_Angeles",
      hour: 13,
      cadence: "weekly",
      anchor: "2026-02-26",
    } as const;
    const others = [copy("weekly", "2026-02-26", "00:30")];
    const replaces = at("2026-02-26 00:30");
    expect(ask("2026-02-26 13:35", { ...asked, others })).toEqual({ ...due("2026-02-26"), replaces });
    expect(ask("2026-02-26 14:35", { ...asked, others })).toEqual({ ...due("2026-02-26", true), replaces });
    expect(next("2026-02-26 08:00", { ...asked, others })).toBe("2026-02-26 13:35");
    // On the next UTC day the name is another, and nothing is in its way.
    expect(ask("2026-02-27 13:35", { ...asked, others })).toEqual(due("2026-02-27", true));
  });

  test.each([
    // 00:30 in London, on the last day of its winter, on the first of its summer, and the other way round.
    ["Europe/London", "2026-03-29 00:30", "2026-03-29 23:30", true],
    ["Europe/London", "2026-10-24 23:30", "2026-10-26 00:30", false],
    // The clocks of Santiago go back from midnight to 23:00, and it is the same day once more.
    ["America/Santiago", "2026-04-05 03:30", "2026-04-05 04:30", true],
    ["America/Santiago", "2026-04-05 02:30", "2026-04-05 03:30", false],
    ["Pacific/Kiritimati", "2026-02-26 09:30", "2026-02-26 10:30", true],
    ["Pacific/Pago_Pago", "2026-02-26 10:30", "2026-02-26 11:30", true],
    ["Asia/Kathmandu", "2026-02-26 18:10", "2026-02-26 18:20", true],
  ])("in %s by date, of %s and asked at %s", (timezone, before, now, isReplaced) => {
    const others = [copy("daily", before.slice(0, 10), before.slice(11))];
    const verdict = ask(now, { mode: "date", timezone, others });
    if (isReplaced) expect(verdict).toEqual({ ...due(now.slice(0, 10)), replaces: at(before) });
    else
      expect(verdict).toEqual(
        before.slice(0, 10) === now.slice(0, 10) ? inSlot("already_made") : due(now.slice(0, 10)),
      );
  });

  describe("a name that is taken", () => {
    // 00:30 UTC on the 26th is the 26th in Rome; 23:30 UTC the 27th.
    const asked = { mode: "date" } as const;
    const noon = (change: Partial<Environment> = {}) => copy("daily", "2026-02-26", "12:00", change);
    const aside = (change: Partial<Environment> = {}) =>
      environment("backup-plugin-daily-2026-02-26-superseded-110000000", {
        createdAt: at("2026-02-26 11:00"),
        ...change,
      });
    const NOW = "2026-02-26 23:30";
    const made = inSlot("already_made");
    const replacing = (time: string) => ({ ...due("2026-02-26"), replaces: at(`2026-02-26 ${time}`) });

    test.each([
      [
        "by a fork of the day before that is still under way",
        [noon({ status: "creating" })],
        replacing("12:00"),
      ],
      ["by one that is on its way out", [noon({ status: "destroying" })], due("2026-02-26")],
      ["by one that was set aside", [aside()], replacing("11:00")],
      ["by two of the day before", [aside(), noon()], replacing("12:00")],
      [
        "by the day before's, while the due day's is under way",
        [aside(), noon({ status: "creating", createdAt: at("2026-02-26 23:20") })],
        replacing("11:00"),
      ],
      ["by the due day's", [noon({ createdAt: at("2026-02-26 23:20") })], made],
      [
        "by one that was set aside though it is of the due day",
        [aside({ createdAt: at("2026-02-26 23:20") })],
        made,
      ],
      ["by one that is older than its name", [noon({ createdAt: at("2026-02-25 12:00") })], made],
    ])("%s", (_, others, verdict) => {
      expect(ask(NOW, { ...asked, others })).toEqual(verdict);
    });

    test("by a held copy: the day before's gives way, the due day's does not", () => {
      const { query, schedule } = given(NOW, asked);
      const verdictOn = (bearer: Environment) => {
        const held = { ...bearer, lastDataChangeAt: bearer.createdAt + 2 * HOUR_MS };
        return isDue(query, schedule, catalogOf([MAIN, held]), { enabled: true });
      };
      expect(verdictOn(noon())).toEqual(replacing("12:00"));
      expect(verdictOn(noon({ createdAt: at("2026-02-26 23:20") }))).toEqual(made);
    });

    test("where the slots are the schedule, by whatever: their days are UTC's", () => {
      const { query } = given(NOW, asked);
      const bySlots = scheduleBySlots(query.slots, CADENCES);
      expect(
        isDue(query, bySlots, catalogOf([MAIN, copy("daily", "2026-02-26", "00:10")]), { enabled: true }),
      ).toEqual(made);
    });
  });
});

describe("a local date that no tick sees", () => {
  test("is covered by the next one's copy: the host's daily cron while Brazil's clocks go forward", () => {
    // 02:35 UTC was 23:35 in São Paulo's winter and 00:35 in its summer: no tick saw 2018-11-04.
    const saoPaulo = {
      mode: "date",
      timezone: "America/Sao_Paulo",
      cadence: "weekly",
      anchor: "2018-10-28",
    } as const;
    const others = [copy("weekly", "2018-10-29", "02:35")];
    expect(ask("2018-11-04 02:35", { ...saoPaulo, others })).toEqual(inSchedule("other_day"));
    expect(ask("2018-11-05 02:35", { ...saoPaulo, others })).toEqual(due("2018-11-05", true));
    expect(next("2018-11-03 12:00", { ...saoPaulo, others }, "daily")).toBe("2018-11-05 02:35");
  });

  test("is covered by the next one's copy: Samoa's day that never was", () => {
    const samoa = { timezone: "Pacific/Apia", cadence: "weekly", anchor: "2011-12-23", hour: 20 } as const;
    const others = [copy("weekly", "2011-12-23", "20:35")];
    expect(ask("2011-12-29 20:35", { ...samoa, others })).toEqual(inSchedule("other_day"));
    expect(ask("2011-12-30 20:35", { ...samoa, others })).toEqual(due("2011-12-30", true));
  });

  test("and one that two ticks see is made once", () => {
    // In Rome 22:00 UTC is 00:00 in summer and 23:00 in winter: 2026-10-25 has two openings.
    const others = [copy("daily", "2026-10-24", "22:05")];
    expect(ask("2026-10-24 22:05")).toEqual(due("2026-10-24"));
    expect(ask("2026-10-25 22:05", { others })).toEqual(inSlot("already_made"));
    expect(ask("2026-10-26 22:05", { others })).toEqual(due("2026-10-26"));
  });
});

describe("before the anchor", () => {
  test("nothing is due, to the zone's midnight", () => {
    const asked = { mode: "date", anchor: "2026-03-01", timezone: "Asia/Kathmandu" } as const;
    for (const cadence of CADENCES) {
      expect(ask("2026-02-28 18:14:59.999", { ...asked, cadence })).toEqual(inSchedule("other_day"));
      expect(ask("2026-02-28 18:15", { ...asked, cadence })).toEqual(due("2026-02-28"));
    }
  });

  test("the next run is the first tick of the anchor's day, however far off", () => {
    expect(next("2026-02-26 07:00", { anchor: "2026-03-01", hour: 10 })).toBe("2026-03-01 10:05");
    expect(next("2026-02-26 07:00", { anchor: "2031-07-01", hour: 10, cadence: "monthly" })).toBe(
      "2031-07-01 10:35",
    );
    // 22:05 UTC is the next day in Kiritimati, and 02:05 UTC the day before in Pago Pago.
    expect(next("2026-02-26 07:00", { anchor: "2031-07-01", timezone: "Pacific/Kiritimati" })).toBe(
      "2031-06-30 22:05",
    );
    expect(next("2026-02-26 07:00", { anchor: "2031-07-01", timezone: "Pacific/Pago_Pago" }, "daily")).toBe(
      "2031-07-02 02:05",
    );
  });
});

describe("of several reasons the first counts:", () => {
  const DISCONNECTED: Scheduler = { enabled: false, disconnectedAt: "2026-02-20T00:00:00.000Z" };
  const PAUSED: Scheduler = { enabled: false, pausedBy: "BACKUP_SCHEDULER" };
  const disabled = (because: string) => ({ due: false, reason: "SCHEDULER_DISABLED", because });
  const promoted = environment("backup-plugin-daily-2026-02-26", { primary: true });
  const weekly = { cadence: "weekly", others: [copy("weekly", "2026-02-21")] } as const;

  test("the slot, then the scheduler, then the saved schedule, then the primary's name", () => {
    for (const [scheduler, because] of [
      [DISCONNECTED, "disconnected"],
      [PAUSED, "paused"],
    ] as const) {
      expect(ask("2026-02-26 12:35", { ...weekly, scheduler })).toEqual(inSlot("other_hour"));
      expect(ask("2026-02-26 22:05", { scheduler, others: [copy("daily", "2026-02-26")] })).toEqual(
        inSlot("already_made"),
      );
      expect(ask("2026-02-26 22:35", { ...weekly, scheduler })).toEqual(disabled(because));
      expect(ask("2026-02-26 22:35", { ...weekly, scheduler, enabled: ["daily"] })).toEqual(
        disabled(because),
      );
      expect(ask("2026-02-26 22:05", { scheduler, others: [promoted] })).toEqual(disabled(because));
    }
    expect(ask("2026-02-26 22:35", weekly)).toEqual(inSchedule("other_day"));
    expect(ask("2026-02-26 22:35", { ...weekly, enabled: ["daily"] })).toEqual(inSchedule("not_enabled"));
    expect(ask("2026-02-26 22:05", { others: [promoted] })).toEqual({
      due: false,
      reason: "TARGET_IS_PRIMARY",
      because: "promoted",
    });
  });
});
