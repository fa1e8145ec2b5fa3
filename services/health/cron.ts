import { type Finding, ok, refusedFinding, warn } from "../findings/finding.ts";
import type { CronFacts } from "./facts.ts";

/** The host's cron: it gets in, is off, or is refused. */
export function cronFinding(cron: CronFacts): Finding {
  if (cron.kind === "ready") return ok("CRON_READY", "The host's cron can start backups.");
  if (cron.kind === "off") return warn("CRON_OFF", cron.sentence, cron.advice);
  return refusedFinding(cron.refusal);
}
