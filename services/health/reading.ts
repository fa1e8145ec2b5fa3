import type { Config } from "../../utils/config.ts";
import type { Read } from "../recovery/figures.ts";
import { type Schedule, scheduleOf } from "../schedule/schedule.ts";
import { type Scheduler, schedulerOf } from "../schedule/scheduler.ts";
import type { Facts, ProjectFacts } from "./facts.ts";

/** What runs go by, as far as DatoCMS's facts tell; undefined where no run could. Pure. */
export function readIn(facts: Facts): Read | undefined {
  const { project, config, slots, now } = facts;
  const schedule = scheduleIn(facts);
  if (schedule === undefined || slots === undefined || !config.ok) return undefined;
  if (!project?.environments.ok) return undefined;
  const scheduler = schedulerIn(project, config.value);
  const catalog = project.environments.value;
  return { catalog, schedule, scheduler, slots, parameters: parametersIn(project), now };
}

/** The schedule that runs follow; a plugin that cannot be read is taken for one that has saved nothing. */
export function scheduleIn({ project, config, slots }: Facts): Schedule | undefined {
  if (project === undefined || slots === undefined || !config.ok) return undefined;
  const { site } = project;
  const projectTimezone = site.ok ? site.value.timezone : undefined;
  return scheduleOf(parametersIn(project), { slots, cadences: config.value.cadences, projectTimezone });
}

/** The owner's word on scheduled runs. */
export function schedulerIn({ plugin }: ProjectFacts, config: Config): Scheduler {
  return schedulerOf(config, plugin.ok ? plugin.value : undefined);
}

function parametersIn({ plugin }: ProjectFacts): unknown {
  return plugin.ok ? plugin.value?.parameters : undefined;
}
