import type { Environment } from "../datocms/environments.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Further ahead than this lies no clock's fault of the host's, but a date that is wrong. */
const MOST_BEHIND_MS = 366 * DAY_MS;

/**
 * The present moment, where the host's clock may be wrong. DatoCMS's own clock shows in what it lists: a host
 * that is more than a day behind it is put forward by whole days, so that the hours of the slots stay. Else
 * every date would seem to be made already, and what is made would seem to be the oldest backup.
 *
 * A host that is ahead needs no help: a date in an id only names, and the backup is as old as it is.
 *
 * @param now the host's, ms since the epoch
 * @param listed everything that DatoCMS lists
 */
export function referenceTime(now: number, listed: readonly Environment[]): number {
  const later = (latest: number, instant: number) =>
    instant < now + MOST_BEHIND_MS ? Math.max(latest, instant) : latest;
  const latest = listed.reduce(
    (seen, { createdAt, lastDataChangeAt }) => later(later(seen, createdAt), lastDataChangeAt),
    now,
  );
  const behind = latest - now;
  return behind > DAY_MS ? now + Math.ceil(behind / DAY_MS) * DAY_MS : now;
}
