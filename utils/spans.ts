import { counted } from "./words.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A span (ms) in the unit that people would use: hours up to two days, then days; to the nearest. */
export function spanOf(ms: number): string {
  if (ms < MINUTE_MS) return "less than a minute";
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 60) return counted(minutes, "minute");
  const hours = Math.round(ms / HOUR_MS);
  return hours < 48 ? counted(hours, "hour") : counted(Math.round(ms / DAY_MS), "day");
}
