import type { Result } from "../../utils/failures.ts";
import type { Totals } from "../datocms/contents.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import type { Shrink } from "../rotation/brake.ts";
import type { Hold } from "../rotation/held.ts";
import type { Copy } from "../rotation/names.ts";
import { shrunk } from "../rotation/sentences.ts";
import { type Line, ok, warn } from "./line.ts";

/** So many names are told; more make no line clearer. */
const NAMES_TOLD = 3;

/** Copies that are kept because somebody has made them more than copies. */
export function heldLines(holds: readonly Hold[]): Line[] {
  if (holds.length === 0) return [];
  const told = holds
    .slice(0, NAMES_TOLD)
    .map(({ copy, because, until }) => `${copy.environment.id} (${because}, until ${day(until)})`);
  const more = holds.length > NAMES_TOLD ? ` and ${holds.length - NAMES_TOLD} more` : "";
  return [
    warn(
      "HELD",
      `Held, and not counted as backups, because they were worked in or forked from: ${told.join(", ")}${more}.`,
      "Nothing, unless you need their places: rename or delete in DatoCMS what you do not need.",
    ),
  ];
}

/** Forks that DatoCMS does not finish. */
export function hangingLines(hanging: readonly Copy[]): Line[] {
  if (hanging.length === 0) return [];
  return [warn("FORK_HANGS", hangingSentence(hanging), DELETE_HANGING)];
}

/** Copies that are kept because what came after them holds much less. */
export function shrunkLines(shrinks: readonly Shrink[]): Line[] {
  return shrinks.map((shrink) =>
    warn("SHRUNK", shrunk(shrink).sentence, "See in the primary environment whether content was lost."),
  );
}

/** Whether copies can be compared before older ones are destroyed. */
export function brakeLine(limit: number | undefined, totals: Result<Totals | "withheld">): Line {
  if (limit === undefined)
    return ok("BRAKE_OFF", "BACKUP_SHRINK_LIMIT=off: older copies go whatever newer ones hold.");
  if (totals.ok && totals.value !== "withheld")
    return ok(
      "BRAKE_READY",
      `Older copies stay when more than ${limit} % of the content is missing in newer ones.`,
    );
  const why = totals.ok
    ? "The token's role may not read records and uploads"
    : "Records and uploads could not be counted";
  return warn(
    "BRAKE_OFF",
    `${why}: older copies go whatever newer ones hold.`,
    "Let the role read all records and uploads, in all environments.",
  );
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
