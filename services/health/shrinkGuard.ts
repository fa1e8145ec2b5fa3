import type { Result } from "../../utils/failures.ts";
import type { Totals } from "../datocms/contents.ts";
import { type Finding, ok, warn } from "../findings/finding.ts";

/** The shrink guard: on, off by choice, or off because contents cannot be counted. */
export function shrinkGuardFinding(limit: number | undefined, totals: Result<Totals | "withheld">): Finding {
  if (limit === undefined)
    return ok("BRAKE_OFF", "BACKUP_SHRINK_LIMIT=off: older backups are removed whatever newer ones hold.");
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
