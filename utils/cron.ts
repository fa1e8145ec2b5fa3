import type { Cadence } from "./cadence.ts";

/** How often the host's cron comes round; `none`: it is off, and something else calls the jobs about once a day. */
export type CronFrequency = "hourly" | "daily" | "none";

/** The two jobs that have a cron. */
export type Job = "daily" | "weekly";
export const JOBS: readonly Job[] = ["daily", "weekly"];

/**
 * UTC times of the crons: these minutes past every hour, or past this one hour on a host whose cron comes once a day.
 * The platforms' files repeat them as literals; `tests/unit/cronTimes.test.ts` compares.
 */
export const CRON_TIMES = { hour: 2, minutes: { daily: 5, weekly: 35 } } as const;

/** A job's cron expression on a host whose cron comes so often. */
export function cronExpression(job: Job, frequency: Exclude<CronFrequency, "none">): string {
  return `${CRON_TIMES.minutes[job]} ${frequency === "daily" ? CRON_TIMES.hour : "*"} * * *`;
}

/** The job that makes a cadence's backups: the longer cadences have no cron of their own and come with weekly's. */
export function jobOf(cadence: Cadence): Job {
  return cadence === "daily" ? "daily" : "weekly";
}

/** The frequency as the status shows it: the plugin knows two, so a cron that is off shows as the one it would be. */
export function shownFrequency(frequency: CronFrequency): Exclude<CronFrequency, "none"> {
  return frequency === "none" ? "hourly" : frequency;
}
