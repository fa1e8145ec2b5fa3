import type { Schedule } from "../schedule/schedule.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** The reason why no backup comes by schedule; undefined where the owner lets scheduled runs happen. */
export function whyStopped(scheduler: Scheduler): string | undefined {
  if (scheduler.enabled) return undefined;
  const when = "pausedBy" in scheduler ? "while it is paused" : "while it is disconnected";
  return `none will be made by schedule ${when}`;
}

/** The schedule that decides on which days backups are made, and what stands in its way. */
export function scheduleFindings(schedule: Schedule, scheduler: Scheduler): Finding[] {
  const paused =
    "pausedBy" in scheduler
      ? [
          fail(
            "SCHEDULER_PAUSED",
            "BACKUP_SCHEDULER=off pauses every scheduled run.",
            "Remove the variable, or set it to on, and redeploy.",
          ),
        ]
      : [];
  const { kind, timezone, anchorLocalDate, enabledCadences, problems } = schedule;
  const cadences = enabledCadences.join(", ");
  const days = anchorLocalDate === null ? "on the project's own days" : `counted from ${anchorLocalDate}`;
  const sentence =
    kind === "plugin"
      ? `The plugin's schedule asks for ${cadences} backups, ${days}, in days of ${timezone}.`
      : `The plugin has saved no schedule: ${cadences} backups are made on the project's own days and hours (UTC).`;
  return [
    ...paused,
    ok(kind === "plugin" ? "SCHEDULE_SAVED" : "SCHEDULE_BY_SLOTS", sentence),
    ...problems.map((problem) =>
      warn(problem.code, problem.sentence, "Save the schedule again in the plugin's settings."),
    ),
  ];
}
