import { type Finding, fail, ok, warn } from "../findings/finding.ts";
import type { SecretFacts } from "./facts.ts";

const SET_SECRET =
  "Set DATOCMS_BACKUPS_SHARED_SECRET (on Vercel: CRON_SECRET) to a random secret of at least 16 characters, redeploy, and enter the same secret in the plugin.";

/** The secret: only its holders can start backups. */
export function secretFinding(secret: SecretFacts): Finding {
  if (secret.kind === "open")
    return warn(
      "SECRET_MISSING",
      "No secret is set: whoever knows the address can have backups made, and stop their schedule.",
      SET_SECRET,
    );
  if (secret.kind === "misconfigured")
    return fail(
      "MISSING_SHARED_SECRET_CONFIG",
      `${secret.variable} ${secret.why}, so every call is refused.`,
      SET_SECRET,
    );
  if (secret.short.length > 0)
    return warn("SECRET_SHORT", `${secret.short.join(" and ")} is shorter than 16 characters.`, SET_SECRET);
  return ok("SECRET_SET", "A secret is set.");
}
