/** @returns the date as records carry it: `+00:00` and milliseconds (facts 1.5) */
export function recordDate(at: number): string {
  return new Date(at).toISOString().replace("Z", "+00:00");
}

/**
 * @param text an ISO date, with or without seconds and zone; without one it is UTC
 * @returns milliseconds since 1970; undefined when it is no date
 */
export function instantOf(text: string): number | undefined {
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : `${text}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? undefined : at;
}

/** @returns the date as DatoCMS writes it back, or the text itself when it is no date */
export function normalDate(text: string): string {
  const at = instantOf(text);
  return at === undefined ? text : recordDate(at);
}

/** @returns the instant cut to the minute, as filters of dates compare it (facts 2.1) */
export function minuteOf(at: number): number {
  return Math.floor(at / 60_000) * 60_000;
}

/**
 * @param wallClock `YYYY-MM-DDTHH:MM:SS` with or without milliseconds
 * @returns the same with the offset that the zone has then, `+01:00` for example
 */
export function zonedDate(wallClock: string, zone: string): string {
  const asUtc = Date.parse(`${wallClock}Z`);
  // Twice: the offset at the wall clock read as UTC may be that of the other side of a change.
  const first = offsetOf(asUtc, zone);
  const minutes = offsetOf(asUtc - first * 60_000, zone);
  const sign = minutes < 0 ? "-" : "+";
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${wallClock}${sign}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** Formats that tell a zone's offset; making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @returns minutes that a zone is ahead of UTC */
function offsetOf(at: number, zone: string): number {
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  formats.set(zone, format);
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (found === null) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === "-" ? -minutes : minutes;
}
