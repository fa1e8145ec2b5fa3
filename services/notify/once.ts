import type { Notification } from "./notification.ts";

/**
 * The notifications that this process has sent, and when on the clock's monotonic scale, ms. A process that serves
 * many calls keeps one; without it everything is sent each time.
 */
export type SentBefore = Map<string, number>;

const HOUR_MS = 60 * 60 * 1_000;
/** An id bears its day: after so long it comes no more. */
const FORGOTTEN_AFTER_MS = 72 * HOUR_MS;

/**
 * Claims a notification for a channel before it is sent, so that of two runs at the same time one sends it.
 *
 * @param sentBefore undefined where the host keeps nothing
 * @param channel the channel's name
 * @param id the notification's
 * @returns undefined where the notification was sent before; else gives the claim back, for a channel that failed
 */
export function claim(
  sentBefore: SentBefore | undefined,
  channel: string,
  { kind, date, id }: Pick<Notification, "kind" | "date"> & { readonly id: string },
  now: number,
): (() => void) | undefined {
  if (sentBefore === undefined) return () => {};
  for (const [key, at] of sentBefore) if (now - at > FORGOTTEN_AFTER_MS) sentBefore.delete(key);
  const own = `${channel} ${id}`;
  // A failure that goes on past midnight is the same one, under the next day's id.
  const lately = kind === "failed" ? `${channel} ${id.replace(date, "lately")}` : own;
  const before = sentBefore.get(lately);
  if (sentBefore.has(own) || (before !== undefined && now - before < HOUR_MS)) return undefined;
  sentBefore.set(own, now);
  sentBefore.set(lately, now);
  return () => {
    sentBefore.delete(own);
    if (before === undefined) sentBefore.delete(lately);
    else sentBefore.set(lately, before);
  };
}
