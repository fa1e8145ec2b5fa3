import type { Backup } from "../catalog/backup.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import { type Finding, warn } from "./finding.ts";

/** Forks that DatoCMS does not finish. */
export function hangingFindings(hanging: readonly Backup[]): Finding[] {
  if (hanging.length === 0) return [];
  return [warn("FORK_HANGS", hangingSentence(hanging), DELETE_HANGING)];
}
