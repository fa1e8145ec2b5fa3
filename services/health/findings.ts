import { cadenceFinding } from "../findings/cadence.ts";
import { type Finding, refusedFinding } from "../findings/finding.ts";
import { hangingFindings } from "../findings/hanging.ts";
import { heldFindings } from "../findings/held.ts";
import { pluginFinding } from "../findings/plugin.ts";
import { scheduleFindings, whyStopped } from "../findings/schedule.ts";
import { shrunkFindings } from "../findings/shrunk.ts";
import { coverageOf } from "../recovery/coverage.ts";
import { figuresOf } from "../recovery/figures.ts";
import { alertFindings } from "./alerts.ts";
import { coverageFinding } from "./coverage.ts";
import { cronFinding } from "./cron.ts";
import type { Facts, ProjectFacts } from "./facts.ts";
import { readIn, scheduleIn, schedulerIn } from "./reading.ts";
import { roleFinding } from "./role.ts";
import { roomFinding } from "./room.ts";
import { secretFinding } from "./secret.ts";
import { shrinkGuardFinding } from "./shrinkGuard.ts";
import { answersAnything, tokenFinding } from "./token.ts";
import { unknownFinding } from "./unknownSetting.ts";
import { versionFinding } from "./version.ts";

/**
 * Judges a deployment. Pure. A fact that cannot be known while something else is wrong has no finding: without an
 * answer of DatoCMS, only the deployment's own facts are left.
 *
 * @param version the service's
 */
export function findingsOf(facts: Facts, version: string): Finding[] {
  const { config, cron, secret, alerts, unknown } = facts;
  return [
    ...(config.ok ? [] : [refusedFinding(config.failure)]),
    ...[tokenFinding(facts) ?? []].flat(),
    ...projectFindings(facts),
    secretFinding(secret),
    cronFinding(cron),
    ...cadenceFindings(facts),
    ...alertFindings(alerts),
    ...unknown.map(unknownFinding),
    ...facts.offsite,
    versionFinding(version, facts),
  ];
}

function projectFindings(facts: Facts): Finding[] {
  const { project, config } = facts;
  if (project === undefined || !answersAnything(project)) return [];
  const schedule = scheduleIn(facts);
  const enabled = schedule?.enabledCadences ?? [];
  const room = config.ok ? [roomFinding(project, config.value, enabled, facts.now)] : [];
  const findings =
    schedule && config.ok ? scheduleFindings(schedule, schedulerIn(project, config.value)) : [];
  return [
    roleFinding(project.rights),
    ...room,
    pluginFinding(project.plugin),
    ...findings,
    ...contentFindings(project, facts),
  ];
}

function contentFindings(project: ProjectFacts, { config, maxCalls, now }: Facts): Finding[] {
  const { environments, shrunk } = project;
  if (!config.ok || !environments.ok) return [];
  return [
    shrinkGuardFinding(config.value.shrinkLimit, maxCalls, project),
    ...hangingFindings(environments.value.hanging(now)),
    ...heldFindings(environments.value.held),
    ...shrunkFindings(shrunk),
  ];
}

function cadenceFindings(facts: Facts): Finding[] {
  const { config, now, cron, cronFrequency } = facts;
  const read = readIn(facts);
  if (read === undefined || !config.ok) return [];
  const { catalog, schedule, scheduler } = read;
  const uncalled = cron.kind === "ready" ? undefined : "none will be made by the host's cron";
  const figures = figuresOf(read, config.value.catchUp, cronFrequency);
  const enabled = schedule.enabledCadences.map((cadence) => figures[cadence]);
  const late = enabled.filter(({ timeliness }) => timeliness?.kind === "late").map(({ cadence }) => cadence);
  const future = { now, stopped: whyStopped(scheduler), uncalled };
  return [
    ...enabled.map((each) => cadenceFinding(each, future)),
    coverageFinding(coverageOf(catalog, now), catalog.held, late),
  ];
}
