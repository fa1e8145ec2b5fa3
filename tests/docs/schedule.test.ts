import { describe, expect, it, test } from "vitest";
import { Catalog } from "../../services/catalog/catalog.ts";
import { backupId } from "../../services/catalog/names.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import { addDays, latestDue, localDate } from "../../services/schedule/cadences.ts";
import { type DueQuery, isDue } from "../../services/schedule/due.ts";
import { nextRun } from "../../services/schedule/nextRun.ts";
import { type Schedule, scheduleBySlots, scheduleOf } from "../../services/schedule/schedule.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import { textOf } from "./support.ts";

const DOCUMENT = textOf("docs/schedule.md");
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const HOLD = { holdDays: 30 };
const ENABLED: Parameters<typeof isDue>[3] = { enabled: true };

/** The cells of every table with such a mark above it, without its two head lines. */
function rowsOf(mark: string): string[][] {
  const tables = DOCUMENT.split(`<!-- ${mark} -->\n`).slice(1);
  return tables.flatMap((text) =>
    (/^(?:\|.*\n)+/.exec(text)?.[0] ?? "")
      .trim()
      .split("\n")
      .slice(2)
      .map((line) =>
        line
          .slice(1, -1)
          .split("|")
          .map((cell) => cell.trim()),
      ),
  );
}

const cadenceOf = (text = ""): Cadence => CADENCES.find((each) => each === text) ?? fail(text);
const momentOf = (text = ""): number => Date.parse(`${text.replace(" ", "T")}Z`);
const written = (moment: number) => new Date(moment).toISOString().slice(0, 16).replace("T", " ");

function fail(text: string): never {
  throw new Error(`The table holds "${text}".`);
}

describe("docs/schedule.md: the examples are what the code does", () => {
  test.each(rowsOf("due"))("%s from %s: due days from %s", (cadence, anchor = "", from = "", days = "") => {
    const found: string[] = [];
    const wanted = days.split(", ");
    for (let day = from; found.length < wanted.length; day = addDays(day, 1))
      if (latestDue(cadenceOf(cadence), anchor, day) === day) found.push(day);
    expect(found).toEqual(wanted);
  });

  test.each(rowsOf("days"))("%s in %s", (moment, timezone = "", day) => {
    expect(localDate(momentOf(moment), timezone)).toBe(day);
  });

  test.each(rowsOf("backups"))(
    "%s; %s; %s; none %s",
    (schedule, ticks, window = "", silence = "", copies = "") => {
      const [from, to] = window.split(", ").map(momentOf);
      expect(copiesMade(schedule, ticks, from ?? Number.NaN, to ?? Number.NaN, silence)).toEqual(
        copies.split("<br>"),
      );
    },
  );

  test.each(rowsOf("replaced"))(
    "%s; %s; %s; by hand %s",
    (schedule, ticks, window = "", byHand = "", copies = "") => {
      const [from, to] = window.split(", ").map(momentOf);
      const made = copiesMade(schedule, ticks, from ?? Number.NaN, to ?? Number.NaN, "", momentOf(byHand));
      expect(made).toEqual(copies.split("<br>"));
    },
  );

  test.each(rowsOf("moments"))("at %s with a copy of %s", (moment, copy, dueNow, hourly, daily) => {
    const schedule = scheduleFrom("weekly, 2026-01-30, Europe/Rome", 11);
    const catalog = new Catalog([PRIMARY, copyOf("weekly", momentOf(copy), momentOf(copy))], HOLD);
    const query = { ...questionAt("weekly", momentOf(moment), 11), catchUp: true };
    const byDate: DueQuery = { ...query, mode: "date" };
    expect(String(isDue(byDate, schedule, catalog, ENABLED).due)).toBe(dueNow);
    const next = [nextRun(query, schedule, "hourly", catalog), nextRun(query, schedule, "daily", catalog)];
    expect(next.map((each) => each && written(each))).toEqual([hourly, daily]);
  });

  it("says which time zone the plugin saves", () => {
    expect(DOCUMENT).toContain("saves `UTC`");
    expect(DOCUMENT).not.toMatch(/saves [^.]*the project's time zone/);
  });

  it("has examples of each kind", () => {
    for (const mark of ["due", "days", "backups", "replaced", "moments"])
      expect(rowsOf(mark).length).toBeGreaterThan(3);
  });
});

/**
 * Lets every tick come from long before the window to its end and makes what each finds due; only the newest
 * copy stays, as by default.
 *
 * @param text cadence, anchor and zone, or cadence and `not saved`
 * @param ticks `hourly, window from 11`, `once a day`, with `no retries` where catch-up is off
 * @param silence from when to when no tick comes
 * @param byHand when somebody makes a copy
 */
function copiesMade(
  text = "",
  ticks = "",
  from: number,
  to: number,
  silence: string,
  byHand = Number.NaN,
): string[] {
  const cadence = cadenceOf(text.split(", ")[0]);
  const hour = Number(/window from (\d+)/.exec(ticks)?.[1] ?? 0);
  const mode = ticks.startsWith("once a day") ? "date" : "slot";
  const [silentFrom = 0, silentTo = 0] = silence === "" ? [] : silence.split(", ").map(momentOf);
  const schedule = scheduleFrom(text, hour);
  const made: string[] = [];
  let environments = [PRIMARY];
  const minute = (cadence === "daily" ? 5 : 35) * MINUTE_MS;
  for (let tick = from - 90 * 24 * HOUR_MS + minute; tick < to; tick += HOUR_MS) {
    if (byHand <= tick && byHand > tick - HOUR_MS) environments = [PRIMARY, copyOf(cadence, byHand, byHand)];
    if (mode === "date" && new Date(tick).getUTCHours() !== 2) continue;
    if (tick >= silentFrom && tick < silentTo) continue;
    const query = {
      ...questionAt(cadence, tick, hour),
      mode,
      catchUp: !ticks.includes("no retries"),
    } as const;
    const verdict = isDue(query, schedule, new Catalog(environments, HOLD), ENABLED);
    if (!verdict.due) continue;
    environments = [PRIMARY, copyOf(cadence, momentOf(verdict.date), tick)];
    const named = written(tick).startsWith(verdict.date) ? "" : `, named ${verdict.date}`;
    const instead = verdict.replaces === undefined ? "" : ` replaces ${written(verdict.replaces)}`;
    if (tick >= from) made.push(`${written(tick)}${verdict.late ? " late" : ""}${named}${instead}`);
  }
  return made;
}

function questionAt(cadence: Cadence, now: number, slotHour: number) {
  return { cadence, now, slots: slotsAt(slotHour) };
}

/** Daily and weekly in one hour, weekly on Friday, monthly on the 11th. */
function slotsAt(hour: number): DueQuery["slots"] {
  return { daily: { hour, weekday: null }, weekly: { hour, weekday: 5 }, monthlyDay: 11 };
}

function scheduleFrom(text: string, slotHour: number): Schedule {
  const [cadence, anchorLocalDate, timezone] = text.split(", ");
  const cadences = [cadenceOf(cadence)];
  if (anchorLocalDate === "not saved") return scheduleBySlots(slotsAt(slotHour), cadences);
  const backupSchedule = { version: 1, enabledCadences: cadences, timezone, anchorLocalDate, updatedAt: "" };
  const fallback = { slots: slotsAt(slotHour), cadences: [], projectTimezone: undefined };
  const schedule = scheduleOf({ backupSchedule }, fallback);
  expect(schedule.problems).toEqual([]);
  return schedule;
}

const PRIMARY: Environment = {
  id: "main",
  status: "ready",
  percentage: undefined,
  createdAt: 0,
  lastDataChangeAt: 0,
  primary: true,
  forkedFrom: undefined,
};

function copyOf(cadence: Cadence, named: number, createdAt: number): Environment {
  const id = backupId(cadence, new Date(named).toISOString().slice(0, 10));
  return { ...PRIMARY, id, createdAt, lastDataChangeAt: createdAt, primary: false, forkedFrom: "main" };
}
