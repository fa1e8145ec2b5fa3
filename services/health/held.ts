import type { Hold } from "../rotation/held.ts";
import { type Finding, warn } from "./finding.ts";

/** So many names are shown; more make no finding clearer. */
const NAMES_SHOWN = 3;

/** Backups that somebody has used: they are kept, and do not count. */
export function heldFindings(holds: readonly Hold[]): Finding[] {
  if (holds.length === 0) return [];
  const shown = holds
    .slice(0, NAMES_SHOWN)
    .map(({ copy, because, until }) => `${copy.environment.id} (${because}, until ${day(until)})`);
  const more = holds.length > NAMES_SHOWN ? ` and ${holds.length - NAMES_SHOWN} more` : "";
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
