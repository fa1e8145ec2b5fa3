import type { Notice } from "./notification.ts";

/**
 * What this process has told, and when on the clock's monotonic scale, ms. Whoever answers calls keeps one; without
 * it everything is told each time.
 */
export type ToldBefore = Map<string, number>;

const HOUR_MS = 60 * 60 * 1_000;
/** An id bears its day: after so long it comes no more. */
const FORGOTTEN_AFTER_MS = 72 * HOUR_MS;

/**
 * Claims a notice for a channel before it is sent, so that of two runs at the same time one tells it.
 *
 * @param told undefined where the host keeps nothing
 * @param channel the channel's name
 * @param id the notice's
 * @returns undefined where it was told; else what gives the claim back when the channel could not be told
 */
export function claim(
  told: ToldBefore | undefined,
  channel: string,
  { kind, date }: Pick<Notice, "kind" | "date">,
  id: string,
  now: number,
): (() => void) | undefined {
  if (told === undefined) return () => {};
  for (const [key, at] of told) if (now - at > FORGOTTEN_AFTER_MS) told.delete(key);
  const own = `${channel} ${id}`;
  // A failure that goes on past midnight is the same one, under the next day's id.
  const lately = kind === "failed" ? `${channel} ${id.replace(date, "lately")}` : own;
  const before = told.get(lately);
  if (told.has(own) || (before !== undefined && now - before < HOUR_MS)) return undefined;
  told.set(own, now);
  told.set(lately, now);
  return () => {
    told.delete(own);
    if (before === undefined) told.delete(lately);
    else told.set(lately, before);
  };
}
