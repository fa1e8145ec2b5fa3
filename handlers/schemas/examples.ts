/** Values that the examples of several routes share. */

export const AT = "2026-03-07T05:05:02.601Z";
export const NEXT = "2026-03-08T04:05:00.000Z";
export const DAILY = "backup-plugin-daily-2026-03-07";
export const FORMER = "backup-plugin-daily-2026-03-06";

export const schedule = {
  timezone: "Europe/Rome",
  enabledCadences: ["daily", "weekly"],
  anchorLocalDate: "2026-01-30",
};
export const scheduler = { provider: "netlify", cadence: "hourly", enabled: true };

export const result = {
  scope: "daily",
  state: "ready",
  createdEnvironmentId: DAILY,
  deletedEnvironmentId: FORMER,
  deletedEnvironmentIds: [FORMER],
  completedAt: AT,
};

export const coverage = {
  points: 1,
  newestAt: AT,
  oldestAt: AT,
  largestGapSeconds: 7_200,
  sentence: "You can return to 1 point in time; it is 2 hours old.",
};
