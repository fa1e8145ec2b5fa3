import { utcMinute } from "../../utils/instants.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn } from "../rotation/names.ts";

/** A fork that DatoCMS works on for so long hangs, ms; most take seconds, those of big projects up to hours. */
export const HANGS_AFTER_MS = 6 * 60 * 60 * 1_000;

/** What to do about it. */
export const DELETE_HANGING =
  "Delete in DatoCMS what hangs, or let DatoCMS's support do it: it takes a place and is no backup.";

/** More names make no sentence clearer. */
const MOST_NAMES = 3;

/**
 * Our backups that DatoCMS has been making for six hours or more, the newest first. Pure.
 *
 * @param now ms since the epoch; see `presentMoment`
 */
export function hangingIn(listed: readonly Environment[], now: number): Copy[] {
  return copiesIn(listed).filter(({ environment }) => isHanging(environment, now));
}

/** Whether DatoCMS has been making an environment for too long. */
export function isHanging({ status, createdAt }: Environment, now: number): boolean {
  return status === "creating" && now - createdAt >= HANGS_AFTER_MS;
}

/** Says what hangs, by name; empty where nothing does. */
export function hangingSentence(hanging: readonly Copy[]): string {
  if (hanging.length === 0) return "";
  const named = hanging
    .slice(0, MOST_NAMES)
    .map(({ environment }) => `${environment.id} (begun ${utcMinute(environment.createdAt)})`);
  const more = hanging.length > MOST_NAMES ? [`${hanging.length - MOST_NAMES} more`] : [];
  return `DatoCMS does not finish the fork of ${[...named, ...more].join(" and ")}.`;
}
