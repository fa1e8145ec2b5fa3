import { type Finding, ok } from "../findings/finding.ts";
import type { DeploymentFacts } from "./facts.ts";

const OFTEN = {
  hourly: "the cron comes every hour",
  daily: "the cron comes once a day",
  none: "the cron is off",
} as const;

/** The version, and the host that it runs on. */
export function versionFinding(version: string, { host, cronFrequency }: DeploymentFacts): Finding {
  const where = host === "unknown" ? "a server of your own" : host;
  return ok("VERSION", `This is version ${version}, on ${where}, where ${OFTEN[cronFrequency]}.`);
}
