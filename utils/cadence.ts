export const CADENCES = ["daily", "weekly", "biweekly", "monthly"] as const;
/** How often a kind of backup is made; stands in the backup's name. */
export type Cadence = (typeof CADENCES)[number];
