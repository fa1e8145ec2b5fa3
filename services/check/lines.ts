import type { Cadence, Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { coverageOf } from "../recovery/coverage.ts";
import { timelinessOf } from "../recovery/timeliness.ts";
import { hangingIn, isHanging } from "../rotation/hanging.ts";
import { backupsIn, type Hold, holdsIn, newestBackup } from "../rotation/held.ts";
import { copiesIn } from "../rotation/names.ts";
import { type Schedule, scheduleOf } from "../schedule/schedule.ts";
import { type Scheduler, schedulerOf } from "../schedule/scheduler.ts";
import { nextRun } from "../schedule/ticks.ts";
import { cadenceLine, coverageLine, type Turn } from "./cadence.ts";
import { brakeLine, hangingLines, heldLines, shrunkLines } from "./content.ts";
import { alertLines, cronLine, secretLine, unknownLine, versionLine } from "./deployment.ts";
import { type Facts, isProblem, type ProjectFacts } from "./facts.ts";
import { fail, type Line } from "./line.ts";
import { pluginLine } from "./plugin.ts";
import { roleLine } from "./role.ts";
import { roomLine } from "./room.ts";
import { scheduleLines, whyStopped } from "./schedule.ts";
import { answersAnything, tokenLine } from "./token.ts";

/**
 * Judges a deployment. Pure. What cannot be known while something else is wrong has no line: without an
 * answer of DatoCMS, only what the deployment itself tells is left.
 *
 * @param version the service's
 */
export function linesOf(facts: Facts, version: string): Line[] {
  const { config, cron, secret, alerts, unknown } = facts;
  return [
    ...(isProblem(config) ? [fail(config.code, config.sentence)] : []),
    ...[tokenLine(facts) ?? []].flat(),
    ...projectLines(facts),
    secretLine(secret),
    cronLine(cron),
    ...cadenceLines(facts),
    ...alertLines(alerts),
    ...unknown.map(unknownLine),
    versionLine(version, facts),
  ];
}

function projectLines(facts: Facts): Line[] {
  const { project, config } = facts;
  if (project === undefined || !answersAnything(project)) return [];
  const schedule = scheduleIn(facts);
  const enabled = schedule?.enabledCadences ?? [];
  const room = isProblem(config) ? [] : [roomLine(project, config, enabled, facts.now)];
  const lines = schedule && !isProblem(config) ? scheduleLines(schedule, schedulerIn(project, config)) : [];
  return [
    roleLine(project.rights),
    ...room,
    pluginLine(project.plugin),
    ...lines,
    ...contentLines(project, config, facts.now),
  ];
}

function contentLines(
  { environments, totals, shrunk }: ProjectFacts,
  config: Facts["config"],
  now: number,
): Line[] {
  if (isProblem(config) || !environments.ok) return [];
  const holds = holdsIn(environments.value, config.holdDays);
  return [
    brakeLine(config.shrinkLimit, totals),
    ...hangingLines(hangingIn(environments.value, now)),
    ...heldLines(holds),
    ...shrunkLines(shrunk),
  ];
}

function cadenceLines(facts: Facts): Line[] {
  const { project, config, slots, now, cron, cronCadence } = facts;
  const schedule = scheduleIn(facts);
  if (schedule === undefined || slots === undefined || isProblem(config)) return [];
  if (!project?.environments.ok) return [];
  const uncalled = cron.kind === "ready" ? undefined : "none will be made by the host's cron";
  const stopped = whyStopped(schedulerIn(project, config));
  const environments = project.environments.value;
  const mode = cronCadence === "hourly" ? "slot" : "date";
  const { holdDays } = config;
  const holds = holdsIn(environments, holdDays);
  const held = new Set(holds.map(({ copy }) => copy.environment.id));
  const states = statesIn(environments, holds, now);
  const ticks = cron.kind === "off" ? "elsewhere" : cronCadence;
  const parameters = parametersIn(project);
  const judged = { schedule, listed: environments, holdDays, ticks, parameters } as const;
  const turns = schedule.enabledCadences.map((cadence) => {
    const question = { cadence, now, mode, slots, catchUp: config.catchUp } as const;
    const last = newestBackup(environments, cadence, holdDays)?.takenAt;
    const next = nextRun(question, schedule, cronCadence, environments, held);
    return {
      cadence,
      now,
      timeliness: timelinessOf(question, judged),
      last,
      next,
      stopped,
      uncalled,
      ...states(cadence),
    };
  });
  const late = turns.filter(({ timeliness }) => timeliness.kind === "late").map(({ cadence }) => cadence);
  const coverage = coverageOf(backupsIn(environments, holdDays), holds, now);
  return [...turns.map(cadenceLine), coverageLine(coverage, holds, late)];
}

/** What there is of each cadence that is no backup, or none yet. */
export function statesIn(listed: readonly Environment[], holds: readonly Hold[], now: number) {
  const creating = copiesIn(listed).filter(({ environment }) => environment.status === "creating");
  return (cadence: Cadence): Pick<Turn, "creating" | "hanging" | "held"> => {
    const own = creating.filter((copy) => copy.cadence === cadence);
    return {
      creating: own,
      hanging: own.filter(({ environment }) => isHanging(environment, now)),
      held: holds.filter(({ copy }) => copy.cadence === cadence),
    };
  };
}

/** What the runs will go by; where the plugin cannot be read, as where it has saved nothing. */
function scheduleIn({ project, config, slots }: Facts): Schedule | undefined {
  if (project === undefined || slots === undefined || isProblem(config)) return undefined;
  const { site } = project;
  const projectTimezone = site.ok ? site.value.timezone : undefined;
  return scheduleOf(parametersIn(project), { slots, cadences: config.cadences, projectTimezone });
}

function parametersIn({ plugin }: ProjectFacts): unknown {
  return plugin.ok ? plugin.value?.parameters : undefined;
}

function schedulerIn({ plugin }: ProjectFacts, config: Config): Scheduler {
  return schedulerOf(config, plugin.ok ? plugin.value : undefined);
}
