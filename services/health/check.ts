import type { Clock } from "../../utils/clock.ts";
import type { Config } from "../../utils/config.ts";
import { type Result, valueIn } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";
import type { Reading } from "../../utils/settings/read.ts";
import { VERSION } from "../../utils/version.ts";
import { createBudget } from "../datocms/budget.ts";
import { type Finding, type Level, summaryOf, verdictOf } from "../findings/finding.ts";
import { referenceTime } from "../schedule/referenceTime.ts";
import { slotsFor } from "../schedule/slots.ts";
import type { CronFacts, DeploymentFacts, Facts, SecretFacts } from "./facts.ts";
import { findingsOf } from "./findings.ts";
import { noOffsite } from "./offsite.ts";
import { READS, readProject } from "./readFacts.ts";

export type { CronFacts, SecretFacts };

/** A deployment as it stands, right or wrong. */
export interface Deployment extends Omit<DeploymentFacts, "offsite"> {
  /** Looks at the store beside DatoCMS; undefined on hosts that have none. */
  readonly offsite: (() => Promise<readonly Finding[]>) | undefined;
  readonly token: Result<string, Refusal>;
  /** The address to ask, where it is not DatoCMS itself: with another setting wrong, the token can be tried all the same. */
  readonly address: Reading<Config["baseUrl"]>;
  readonly clock: Clock;
  /** By then the answer must be on its way, ms on the clock's monotonic scale. */
  readonly deadline: number;
  /** Speaks HTTP with DatoCMS. */
  readonly fetch: typeof fetch;
}

/** The result of a check. */
export interface Check {
  readonly verdict: Level;
  /** The worst finding, or that backups will be made, in a sentence. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** Ms since the epoch. */
  readonly checkedAt: number;
}

/**
 * Finds out whether a deployment will really make backups. At most six reads at a time; writes nothing.
 * A problem, of the deployment or of DatoCMS, is a finding and no error.
 */
export async function checkDeployment(deployment: Deployment): Promise<Check> {
  return checkOf(await readFacts(deployment));
}

/** What is known of a deployment, judged. Pure. */
export function checkOf(facts: Facts): Check {
  const findings = findingsOf(facts, VERSION);
  return { verdict: verdictOf(findings), summary: summaryOf(findings), findings, checkedAt: facts.now };
}

/** Reads all that a check rests on. */
export async function readFacts(deployment: Deployment): Promise<Facts> {
  const { token, clock, config, host, cronFrequency, maxCalls, cron, secret, alerts, unknown } = deployment;
  const [slots, project, offsite] = await Promise.all([
    token.ok ? slotsFor(token.value) : undefined,
    askProject(deployment),
    deployment.offsite?.() ?? [noOffsite(host)],
  ]);
  const listed = project?.environments.ok ? project.environments.value.environments : [];
  const now = referenceTime(clock.now(), listed);
  const deployed = { config, host, cronFrequency, maxCalls, cron, secret, alerts, unknown, offsite };
  return { now, slots, project, tokenRefusal: token.ok ? undefined : token.failure, ...deployed };
}

async function askProject({
  token,
  config,
  address,
  fetch,
  clock,
  deadline,
}: Deployment): Promise<Facts["project"]> {
  if (!token.ok || address.kind === "refused") return undefined;
  const budget = createBudget(clock, { deadline, maxCalls: READS });
  const baseUrl = address.kind === "read" ? address.value : undefined;
  return readProject({ token: token.value, baseUrl, fetch }, valueIn(config), budget);
}
