import { utcMinute } from "../../utils/instants.ts";
import type { Backup } from "../catalog/backup.ts";

/** What to do about it. */
export const DELETE_HANGING =
  "Delete in DatoCMS what hangs, or let DatoCMS's support do it: it takes a place and is no backup.";

/** More names make no sentence clearer. */
const MOST_NAMES = 3;

/** Says what hangs, by name; empty where nothing does. */
export function hangingSentence(hanging: readonly Backup[]): string {
  if (hanging.length === 0) return "";
  const named = hanging
    .slice(0, MOST_NAMES)
    .map(({ id, environment }) => `${id} (begun ${utcMinute(environment.createdAt)})`);
  const more = hanging.length > MOST_NAMES ? [`${hanging.length - MOST_NAMES} more`] : [];
  return `DatoCMS does not finish the fork of ${[...named, ...more].join(" and ")}.`;
}
