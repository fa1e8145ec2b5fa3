import type { HeldBackup } from "../catalog/backup.ts";
import { type Finding, warn } from "./finding.ts";

/** So many names are shown; more make no finding clearer. */
const NAMES_SHOWN = 3;

/** Backups that somebody has used: they are kept, and do not count. */
export function heldFindings(held: readonly HeldBackup[]): Finding[] {
  if (held.length === 0) return [];
  const shown = held
    .slice(0, NAMES_SHOWN)
    .map(({ id, hold }) => `${id} (${hold.because}, until ${day(hold.until)})`);
  const more = held.length > NAMES_SHOWN ? ` and ${held.length - NAMES_SHOWN} more` : "";
  return [
    warn(
      "HELD",
      `Held, and not counted as backups, because they were worked in or forked from: ${shown.join(", ")}${more}.`,
      "Nothing, unless you need their places: rename or delete in DatoCMS what you do not need.",
    ),
  ];
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
