export const CADENCES = ["daily", "weekly", "biweekly", "monthly"] as const;
/** How often a kind of backup is made; stands in the backup's name. */
export type Cadence = (typeof CADENCES)[number];

/** One value for each cadence. */
export function byCadence<T>(of: (cadence: Cadence) => T): Record<Cadence, T> {
  return { daily: of("daily"), weekly: of("weekly"), biweekly: of("biweekly"), monthly: of("monthly") };
}
