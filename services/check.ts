import type { Clock } from "../utils/clock.ts";
import type { Config } from "../utils/config.ts";
import { VERSION } from "../utils/version.ts";
import {
  type CronFacts,
  type DeploymentFacts,
  type Facts,
  isProblem,
  type SecretFacts,
  type SettingProblem,
} from "./check/facts.ts";
import { type Level, type Line, summaryOf, verdictOf } from "./check/line.ts";
import { linesOf } from "./check/lines.ts";
import { READS, readProject } from "./check/reading.ts";
import { createBudget } from "./datocms/budget.ts";
import { presentMoment } from "./schedule/presentMoment.ts";
import { slotsFor } from "./schedule/slots.ts";

export type { CronFacts, SecretFacts };

/** A deployment as it stands, right or wrong. */
export interface Deployment extends DeploymentFacts {
  /** Undefined where none is set. */
  readonly token: string | undefined;
  readonly config: Config | SettingProblem;
  /** Where to ask (without a base URL: DatoCMS itself); undefined where the address is no address. */
  readonly address: Pick<Config, "baseUrl"> | undefined;
  readonly clock: Clock;
  /** By then the answer must be on its way, ms on the clock's monotonic scale. */
  readonly deadline: number;
  /** Speaks HTTP with DatoCMS. */
  readonly fetch: typeof fetch;
}

/** What a check has found. */
export interface Check {
  readonly verdict: Level;
  /** Whether backups will be made, in a sentence. */
  readonly summary: string;
  readonly lines: readonly Line[];
  /** Ms since the epoch. */
  readonly checkedAt: number;
}

/**
 * Finds out whether a deployment will really make backups. At most six reads at a time; writes nothing.
 * Whatever is wrong, with the deployment or with DatoCMS, is a line and no error.
 */
export async function checkDeployment(deployment: Deployment): Promise<Check> {
  const { token, clock, config, host, cronCadence, cron, secret, alerts, tokenProblem, unknown } = deployment;
  const [slots, project] = await Promise.all([
    token === undefined ? undefined : slotsFor(token),
    askProject(deployment),
  ]);
  const listed = project?.environments.ok ? project.environments.value : [];
  const now = presentMoment(clock.now(), listed);
  const deployed = { config, host, cronCadence, cron, secret, alerts, tokenProblem, unknown };
  const facts: Facts = { now, slots, project, ...deployed };
  const lines = linesOf(facts, VERSION);
  return { verdict: verdictOf(lines), summary: summaryOf(lines), lines, checkedAt: now };
}

async function askProject({
  token,
  config,
  address,
  fetch,
  clock,
  deadline,
}: Deployment): Promise<Facts["project"]> {
  if (token === undefined || address === undefined) return undefined;
  const budget = createBudget(clock, { deadline, maxCalls: READS });
  const settings = isProblem(config) ? undefined : config;
  return readProject({ token, baseUrl: address.baseUrl, fetch }, settings, budget);
}
