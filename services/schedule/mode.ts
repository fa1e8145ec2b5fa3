import type { CronFrequency } from "../../utils/cron.ts";

/**
 * `slot`: hourly ticks, of which the project's slot picks one. `date`: one run a day, at an hour that does not matter.
 */
export type ScheduleMode = "slot" | "date";

/** `cron`: the host's. `call`: a GET of a job's route. `by-date`: `/api/jobs/scheduled-backups`. */
export type Trigger = "cron" | "call" | "by-date";

/**
 * The mode of a scheduled run. A call by hand keeps to the slot's hours on every host (documented for Vercel too), and
 * so does a cron that comes every hour; a cron that comes once a day, or something that stands in for one, cannot.
 */
export function modeOf(trigger: Trigger, frequency: CronFrequency): ScheduleMode {
  if (trigger === "call") return "slot";
  return trigger === "cron" && frequency === "hourly" ? "slot" : "date";
}
