import type { Value } from "../../../utils/settings/table.ts";

/** Of so many days, weeks, months and years the newest archive stays. */
export type KeepRules = Value<"BACKUP_ARCHIVE_KEEP">;
export type Period = keyof KeepRules;

export const PERIODS = ["daily", "weekly", "monthly", "yearly"] as const satisfies readonly Period[];

const MS_PER_DAY = 24 * 60 * 60 * 1_000;
/** 1970-01-01 was a Thursday, and ISO weeks begin on Mondays. */
const DAYS_AFTER_MONDAY = 3;

/** The number of the UTC day, ISO week, month or year that a moment lies in; a later one has a greater number. */
export function periodOf(period: Period, moment: number): number {
  const day = Math.floor(moment / MS_PER_DAY);
  const date = new Date(moment);
  switch (period) {
    case "daily":
      return day;
    case "weekly":
      return Math.floor((day + DAYS_AFTER_MONDAY) / 7);
    case "monthly":
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    case "yearly":
      return date.getUTCFullYear();
  }
}
