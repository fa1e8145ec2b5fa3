const DAY_MS = 24 * 60 * 60 * 1_000;
/** A day and a month name one day only within a year. */
const NEAR_MS = 300 * DAY_MS;

/**
 * An instant for people, in UTC: `today 06:05`, `Fri 6 March`, `2 December 2025`.
 *
 * @param instant ms since the epoch, as is `now`
 */
export function moment(instant: number, now: number): string {
  const days = dayNumber(instant) - dayNumber(now);
  const near = { "-1": "yesterday", "0": "today", "1": "tomorrow" }[String(days)];
  if (near !== undefined) return `${near} ${new Date(instant).toISOString().slice(11, 16)}`;
  const day = { day: "numeric", month: "long", timeZone: "UTC" } as const;
  return Math.abs(instant - now) < NEAR_MS
    ? new Date(instant).toLocaleDateString("en-GB", { ...day, weekday: "short" }).replace(",", "")
    : new Date(instant).toLocaleDateString("en-GB", { ...day, year: "numeric" });
}

/** The same with its zone where it names an hour: `today 06:05 UTC`, `Fri 6 March`. */
export function momentInUtc(instant: number, now: number): string {
  const text = moment(instant, now);
  return /\d:\d/.test(text) ? `${text} UTC` : text;
}

/** The same in a table: `2026-03-03 06:05`. */
export function minute(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace("T", " ");
}

function dayNumber(instant: number): number {
  return Math.floor(instant / DAY_MS);
}
