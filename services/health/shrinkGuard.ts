import { GUARD_CALLS } from "../backup/shrinkGuard.ts";
import { type Finding, ok, warn } from "../findings/finding.ts";
import type { ProjectFacts } from "./facts.ts";

/**
 * The shrink guard: on, off by choice, off because contents cannot be counted, or off beside what it keeps.
 *
 * @param limit percent of which more must be missing; undefined: the guard is off by choice
 * @param maxCalls DatoCMS calls that one run of the deployment may make
 */
export function shrinkGuardFinding(
  limit: number | undefined,
  maxCalls: number,
  { totals, shrunk }: Pick<ProjectFacts, "totals" | "shrunk">,
): Finding {
  if (limit === undefined)
    return ok("BRAKE_OFF", "BACKUP_SHRINK_LIMIT=off: older backups are removed whatever newer ones hold.");
  if (shrunk.length > 0 && maxCalls < GUARD_CALLS) {
    const kept = shrunk.map(({ older }) => older).join(", ");
    return warn(
      "BRAKE_OFF",
      `The guard keeps ${kept}. On a full plan the ${maxCalls} calls that a run may make here do not suffice to compare newer backups too: they are removed whatever the project holds.`,
      "See whether content was lost. If not, force a run, which removes the backup that is kept.",
    );
  }
  if (totals.ok && totals.value !== "withheld")
    return ok(
      "BRAKE_READY",
      `Guard is on: a backup that lost more than ${limit} % of its content does not replace the older one.`,
    );
  const why = totals.ok
    ? "The token's role may not read records and uploads"
    : "Records and uploads could not be counted";
  return warn(
    "BRAKE_OFF",
    `${why}: older backups are removed whatever newer ones hold.`,
    "Let the role read all records and uploads, in all environments.",
  );
}
