import type { Clock } from "../utils/clock.ts";
import type { CronFrequency } from "../utils/cron.ts";
import { mapped, orIfWithheld, type Result, succeeded, valueIn } from "../utils/failures.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { Catalog } from "./catalog/catalog.ts";
import { type Budget, createBudget, type Limits } from "./datocms/budget.ts";
import { type ClientOptions, createClient } from "./datocms/client.ts";
import { type Contents, contentsOf } from "./datocms/contents.ts";
import { type Environments, environmentsOf } from "./datocms/environments.ts";
import { type PluginInstance, type PluginSettings, pluginSettingsOf } from "./datocms/pluginSettings.ts";
import { type Caller, callerOf } from "./datocms/role.ts";
import { sharedFetch, type Way } from "./datocms/sharedReads.ts";
import { type Sites, sitesOf } from "./datocms/site.ts";
import type { RunObserver } from "./history/record.ts";
import type { Project } from "./project.ts";
import { referenceTime } from "./schedule/referenceTime.ts";
import { needsProjectTimezone, type Schedule, scheduleOf } from "./schedule/schedule.ts";
import { type Scheduler, schedulerOf } from "./schedule/scheduler.ts";
import { type Slots, slotsFor } from "./schedule/slots.ts";

/** What a request or a tick lends the service: its host, and its own place in time. */
export interface Invocation
  extends Pick<Runtime, "clock" | "fetch" | "inFlight" | "isCron" | "logger" | "maxCalls" | "reads" | "stop">,
    Pick<Way, "maxAgeMs" | "onAnswer"> {
  readonly cronFrequency: CronFrequency;
  /** On the clock's monotonic scale, ms: by then the answer must be on its way. */
  readonly deadline: number;
  readonly observer?: RunObserver | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly othersWork?: OthersWork | undefined;
}

/** Looks what others do with the project's environments, where the host has a store that tells. Never rejects. */
export type OthersWork = () => Promise<{
  /** Ids of environments that they read: nothing is to remove them meanwhile. */
  readonly inUse: readonly string[];
  /** Until when they are to have the primary for themselves, ms since the epoch; undefined: nobody writes much to it. */
  readonly primaryTakenUntil: number | undefined;
}>;

/**
 * Told at each look how far the forks are that DatoCMS is making.
 *
 * @param percentage 0 to 100; undefined where DatoCMS does not say
 */
export type OnProgress = (environmentId: string, percentage: number | undefined) => void;

/** Everything that one invocation of the service rests on. */
export interface BackupContext extends Omit<Way, "fetch" | "clock"> {
  readonly project: Project;
  readonly clock: Clock;
  readonly limits: Limits;
  /** How often the host's cron comes round. */
  readonly cron: CronFrequency;
  readonly logger: Logger;
  /** Speaks HTTP with DatoCMS. */
  readonly fetch: typeof fetch;
  /**
   * Invocations under way in this process, to join instead of doing the same twice. Absent on hosts where
   * one request may not wait for another's input and output (Workers).
   */
  readonly inFlight?: Map<string, Promise<unknown>> | undefined;
  readonly observer?: RunObserver | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly othersWork?: OthersWork | undefined;
}

/** Brings an invocation and its project together. */
export function contextOf(invocation: Invocation, project: Project): BackupContext {
  const { deadline, maxCalls, isCron, stop, cronFrequency, ...rest } = invocation;
  const limits = { deadline, maxCalls, isAwaited: !isCron, stop };
  return { ...rest, project, limits, cron: cronFrequency };
}

/** DatoCMS, for one invocation. */
export interface Dato {
  readonly budget: Budget;
  readonly environments: Environments;
  readonly plugin: PluginSettings;
  readonly sites: Sites;
  readonly contents: Contents;
  readonly caller: Caller;
  /** For clients of other environments. */
  readonly options: ClientOptions;
}

/** Connects one invocation to DatoCMS; no call is made yet. */
export function connect(context: BackupContext): Dato {
  const { project, clock, limits } = context;
  const budget = createBudget(clock, limits);
  const { token, source } = project;
  const options = { token, baseUrl: source.baseUrl, fetch: sharedFetch(context), budget };
  const client = createClient(options);
  return {
    budget,
    options,
    environments: reporting(environmentsOf(client, budget), context.onProgress),
    plugin: pluginSettingsOf(client, budget),
    sites: sitesOf(client, budget),
    contents: contentsOf(options),
    caller: callerOf(client, budget),
  };
}

function reporting(environments: Environments, onProgress: OnProgress | undefined): Environments {
  if (onProgress === undefined) return environments;
  return {
    ...environments,
    async list() {
      const list = await environments.list();
      for (const { id, status, percentage } of valueIn(list) ?? [])
        if (status === "creating") onProgress(id, percentage);
      return list;
    },
  };
}

/** What a run decides on. */
export interface Observation {
  readonly catalog: Catalog;
  /** When DatoCMS listed it, on the clock's monotonic scale: nothing is deleted on an old picture. */
  readonly listedAt: number;
  /** Undefined when it could not be read, which only a run by hand puts up with. */
  readonly scheduler: Scheduler | undefined;
  /** The plugin's, as far as they were read. */
  readonly parameters: unknown;
}

export type FullObservation = Observation & {
  /** See `OthersWork`. */
  readonly primaryTakenUntil: number | undefined;
  readonly scheduler: Scheduler;
  readonly plugin: PluginInstance | undefined;
  readonly slots: Slots;
  readonly schedule: Schedule;
  /** The present moment, ms since the epoch; see `referenceTime`. */
  readonly now: number;
};

/**
 * Reads environments and plugin, two calls side by side. A role that may not see plugins is no reason to
 * have no backups: then nobody is taken to have disconnected, and the slots are the schedule.
 */
export async function readProject(context: BackupContext, dato: Dato): Promise<Result<FullObservation>> {
  const { project, clock } = context;
  const { token, policy } = project;
  const [slots, list, found] = await Promise.all([
    slotsFor(token),
    readCatalog(context, dato),
    dato.plugin.find(),
  ]);
  if (!list.ok) return list;
  const read = orIfWithheld(found, undefined);
  if (!read.ok) return read;
  const plugin = read.value;
  const { cadences } = policy;
  const projectTimezone = needsProjectTimezone(plugin?.parameters)
    ? await dato.sites.timezoneIfOffered()
    : undefined;
  const schedule = scheduleOf(plugin?.parameters, { slots, cadences, projectTimezone });
  const now = referenceTime(clock.now(), list.value.catalog.environments);
  const { parameters } = plugin ?? {};
  const scheduler = schedulerOf(policy, plugin);
  return succeeded({ ...list.value, plugin, parameters, slots, schedule, now, scheduler });
}

/** The same for a run by hand, which goes ahead whatever the plugin says, or when it cannot be read. */
export async function readProjectByHand(context: BackupContext, dato: Dato): Promise<Result<Observation>> {
  const { policy } = context.project;
  const [list, plugin] = await Promise.all([readCatalog(context, dato), dato.plugin.findIfOffered()]);
  if (!list.ok) return list;
  if (plugin === "unknown") return succeeded({ ...list.value, scheduler: undefined, parameters: undefined });
  const scheduler = schedulerOf(policy, plugin);
  return succeeded({ ...list.value, scheduler, parameters: plugin?.parameters });
}

/** Lists the environments, one call, and looks meanwhile what others do with them. */
export async function readCatalog({ project, othersWork }: BackupContext, { environments, budget }: Dato) {
  const list = async () => ({ listed: await environments.list(), listedAt: budget.clock.monotonic() });
  const [{ listed, listedAt }, others] = await Promise.all([list(), othersWork?.()]);
  return mapped(listed, (all) => ({
    listedAt,
    catalog: new Catalog(all, { ...project.policy, inUse: others?.inUse }),
    primaryTakenUntil: others?.primaryTakenUntil,
  }));
}

/**
 * Does some work, or joins the same work where this process is at it already: a hundred ticks at once cost
 * DatoCMS as much as one. Across processes the backup's name is the lock.
 *
 * @param name what is being done; the project is added to it
 */
export async function singleFlight<T>(
  context: BackupContext,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const { inFlight, project } = context;
  if (inFlight === undefined) return work();
  const key = JSON.stringify([name, project.source.baseUrl, project.token]);
  const present = inFlight.get(key);
  // Only work of this name is ever kept under it, so what comes out is of the type that goes in.
  if (present !== undefined) return present as Promise<T>;
  const started = work().finally(() => inFlight.delete(key));
  inFlight.set(key, started);
  return started;
}
