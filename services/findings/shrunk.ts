import { shrunk } from "../backup/messages.ts";
import type { Shrink } from "../backup/shrinkGuard.ts";
import { type Finding, warn } from "./finding.ts";

/** Backups that are kept because newer ones hold much less. */
export function shrunkFindings(shrinks: readonly Shrink[]): Finding[] {
  return shrinks.map((shrink) =>
    warn("SHRUNK", shrunk(shrink).sentence, "See in the primary environment whether content was lost."),
  );
}
