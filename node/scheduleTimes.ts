import { Cron } from "croner";
import type { ScheduleTimes, Timing } from "../services/offsite.ts";

/** The words of schedules, as cron expressions. Weeks begin on Monday, as those of retention do. */
const WORDS: Readonly<Record<string, string>> = {
  hourly: "0 * * * *",
  daily: "0 0 * * *",
  weekly: "0 0 * * 1",
  monthly: "0 0 1 * *",
};

/** When schedules come, by cron expressions. A local time that a change of the clock leaves out comes right after it. */
export const scheduleTimes: ScheduleTimes = {
  slotBefore(timing, at) {
    // Croner looks for what lies before a moment, and is to find what comes at this one.
    return cronOf(timing)
      ?.previousRuns(1, new Date(at + 1))[0]
      ?.getTime();
  },

  nextAfter(timing, at) {
    return cronOf(timing)?.nextRun(new Date(at))?.getTime();
  },

  wrongMember({ every, zone }) {
    if (cronOf({ every, zone: "UTC" })?.nextRun(new Date(0)) == null) return "every";
    return cronOf({ every, zone }) === undefined ? "zone" : undefined;
  },
};

/** Undefined where it cannot be understood: somebody has changed what lies in the store. */
function cronOf({ every, zone }: Timing): Cron | undefined {
  try {
    const cron = new Cron(WORDS[every] ?? every, { timezone: zone, mode: "5-part", paused: true });
    // A zone that does not exist is noticed only now.
    cron.nextRun(new Date(0));
    return cron;
  } catch {
    return undefined;
  }
}
