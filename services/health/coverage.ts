import type { Cadence } from "../../utils/config.ts";
import type { Coverage } from "../recovery/coverage.ts";
import type { Hold } from "../rotation/held.ts";
import { type Finding, ok, warn } from "./finding.ts";

/** The points in time that can be returned to, and the cadences that are late. */
export function coverageFinding(
  { sentence, points }: Coverage,
  holds: readonly Hold[],
  late: readonly Cadence[],
): Finding {
  if (late.length > 0) return warn("COVERAGE", `${sentence} Late: ${late.join(", ")}.`);
  return points === 0 && holds.length > 0 ? warn("COVERAGE", sentence) : ok("COVERAGE", sentence);
}
