import type { Cadence } from "../../utils/config.ts";
import type { HeldBackup } from "../catalog/backup.ts";
import { type Finding, ok, warn } from "../findings/finding.ts";
import type { Coverage } from "../recovery/coverage.ts";

/** The points in time that can be returned to, and the cadences that are late. */
export function coverageFinding(
  { sentence, points }: Coverage,
  held: readonly HeldBackup[],
  late: readonly Cadence[],
): Finding {
  if (late.length > 0) return warn("COVERAGE", `${sentence} Late: ${late.join(", ")}.`);
  return points === 0 && held.length > 0 ? warn("COVERAGE", sentence) : ok("COVERAGE", sentence);
}
