import { SCHEDULED_CADENCES } from "../schedule/due.ts";
import { cadenceLine, DISCONNECTED } from "./cadence.ts";
import { cronLine, secretLine, versionLine } from "./deployment.ts";
import { type Facts, isProblem } from "./facts.ts";
import { fail, type Line } from "./line.ts";
import { isDisconnected, pluginLine } from "./plugin.ts";
import { roleLine } from "./role.ts";
import { roomLine } from "./room.ts";
import { answersAnything, tokenLine } from "./token.ts";

/**
 * Judges a deployment. Pure. What cannot be known while something else is wrong has no line: without an
 * answer of DatoCMS, only what the deployment itself tells is left.
 *
 * @param version the service's
 */
export function linesOf(facts: Facts, version: string): Line[] {
  const { config, cron, secret } = facts;
  return [
    ...(isProblem(config) ? [fail(config.code, config.sentence)] : []),
    ...[tokenLine(facts) ?? []].flat(),
    ...projectLines(facts),
    secretLine(secret),
    cronLine(cron),
    ...cadenceLines(facts),
    versionLine(version, facts),
  ];
}

function projectLines({ project, config }: Facts): Line[] {
  if (project === undefined || !answersAnything(project)) return [];
  const room = isProblem(config) ? [] : [roomLine(project, config, SCHEDULED_CADENCES)];
  return [roleLine(project.rights), ...room, pluginLine(project.plugin)];
}

function cadenceLines({ project, config, slots, now, cron, cronCadence }: Facts): Line[] {
  if (project?.environments.kind !== "read" || slots === undefined || isProblem(config)) return [];
  const { plugin, environments } = project;
  const stopped = isDisconnected(plugin)
    ? DISCONNECTED
    : cron.kind === "ready"
      ? undefined
      : "none will be made by the host's cron";
  const { catchUp } = config;
  return SCHEDULED_CADENCES.map((cadence) =>
    cadenceLine({ cadence, now, slots, cron: cronCadence, catchUp, stopped }, environments.value),
  );
}
