import { utcMinute } from "../../utils/instants.ts";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/**
 * An instant in words, to the minute.
 *
 * @param instant ms since the epoch
 * @param timezone IANA name; where it means something, its time stands beside UTC's
 */
export function moment(instant: number, timezone: string | undefined): string {
  const utc = utcMinute(instant);
  const there = timezone === undefined || timezone === "UTC" ? undefined : local(instant, timezone);
  return there === undefined ? utc : `${utc} (${there} ${timezone})`;
}

function local(instant: number, timeZone: string): string | undefined {
  try {
    // Swedish dates are ISO dates.
    return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(
      instant,
    );
  } catch {
    return undefined;
  }
}

/** How long something lasts, in the two units that matter. */
export function lasting(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE_MS);
  const hours = Math.floor((minutes % DAY_MINUTES) / HOUR_MINUTES);
  return minutes < DAY_MINUTES
    ? `${hours} h ${minutes % HOUR_MINUTES} min`
    : `${Math.floor(minutes / DAY_MINUTES)} d ${hours} h`;
}
