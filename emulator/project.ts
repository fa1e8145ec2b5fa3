import type { Clock } from "../utils/clock.ts";
import { type BuildTrigger, type BuildTriggerSeed, buildTrigger } from "./buildTriggers.ts";
import type { Content } from "./content/content.ts";
import { mintOf } from "./content/mint.ts";
import { emptyShell } from "./content/project/shell.ts";
import type { ContentSeed } from "./content/seed.ts";
import { type Hidden, nothingHidden } from "./content/sight.ts";
import { type ContentUnknowns, contentUnknownDefaults } from "./content/unknowns.ts";
import type { Delivery } from "./content/uploads/delivery.ts";
import { UploadStorage } from "./content/uploads/storage.ts";
import type { EnvironmentView } from "./environment.ts";
import { type FaultBook, type Faults, faultBook } from "./faults.ts";
import { type Existed, existedAt, type HistoryEvent } from "./history.ts";
import { jobRegister } from "./jobs.ts";
import { defaultPlan, type Plan } from "./plan.ts";
import { backupPlugin, installPlugin, type Plugin, type PluginSeed } from "./plugins.ts";
import { type Allowance, defaultRateLimit, type RateLimit, rateLimiter } from "./rateLimit.ts";
import { type RecordSeed, storedRecord } from "./records.ts";
import type { RoleOption } from "./roles.ts";
import { type Addresses, byId, primaryOf, type Settings, type State, settle, viewsOf } from "./state.ts";
import { type Unknowns, unknownDefaults } from "./unknowns.ts";
import { type User, userOf } from "./user.ts";

/** A project to be. Durations are milliseconds; `Settings` tells the defaults. */
export type ProjectOptions = {
  token: string;
  name?: string;
  timezone?: string;
  /** Id of the environment that is primary at first; default "main". */
  primary?: string;
  /** When the primary was created, milliseconds since 1970; default now. */
  createdAt?: number;
  /** The backup plugin as installed; null: it is not. */
  plugin?: PluginSeed | null;
  /** Further plugins. */
  plugins?: PluginSeed[];
  /** Records of the primary, without content; default 0. */
  items?: number;
  /** Further records of the primary, with content; default none. */
  records?: RecordSeed[];
  /** Assets of the primary; default 0. */
  uploads?: number;
  /** What the primary holds instead of `items`, `records` and `uploads`; default: no content at all. */
  content?: ContentSeed;
  /** Default: none. */
  buildTriggers?: BuildTriggerSeed[];
  latencyMs?: number;
  forkMs?: number | ((n: number) => number);
  destroyMs?: number;
  jobPolls?: number;
  antivirusMs?: number;
  assetDelivery?: Delivery;
  plan?: Partial<Plan>;
  role?: RoleOption;
  hidden?: Hidden;
  rateLimit?: RateLimit | null;
  unknowns?: Partial<Unknowns>;
  contentUnknowns?: Partial<ContentUnknowns>;
  activeEditors?: boolean;
  maintenanceMode?: boolean;
  forceUseOfSandboxEnvironments?: boolean;
};

export type Project = {
  readonly name: string;
  readonly settings: Settings;
  /** What exists now, in list order. */
  environments(): EnvironmentView[];
  environment(id: string): EnvironmentView | undefined;
  /** All that an environment holds as it lies there, to be looked at only; undefined: no content, or no environment. */
  inside(id: string): Inside | undefined;
  /** Everything that happened up to now, oldest first. */
  readonly history: HistoryEvent[];
  /** What existed at a time, in milliseconds since 1970; what happened in that millisecond counts. */
  existedAt(at: number): Existed[];
  readonly faults: Faults;
  readonly buildTriggers: readonly BuildTrigger[];
  /** A person at work: no permission checks, latency, rate limits, plan limits or faults. */
  readonly user: User;
};

/** What lies in an environment: rows are never changed, only replaced. */
export type Inside = {
  readonly content: Content;
  readonly plugins: readonly Plugin[];
  readonly timezone: string;
};

/** A project with what only the API needs. */
export type Hosted = {
  readonly project: Project;
  readonly state: State;
  readonly faults: FaultBook;
  allow(rate: RateLimit | null): Allowance;
};

/**
 * @param number the how-manieth project of the emulator this is: ids are made from it, so that runs repeat
 */
export function hostProject(
  options: ProjectOptions,
  clock: Clock,
  number: number,
  addresses: Addresses,
): Hosted {
  const state = stateOf(options, clock, number, addresses);
  const faults = faultBook();
  const project: Project = {
    get name() {
      return state.settings.name;
    },
    settings: state.settings,
    environments() {
      settle(state);
      return viewsOf(state);
    },
    environment: (id) => project.environments().find((environment) => environment.id === id),
    inside(id) {
      settle(state);
      const { content = null, plugins = [], timezone = "" } = byId(state, id) ?? {};
      return content === null ? undefined : { content, plugins, timezone };
    },
    get history() {
      settle(state);
      return state.history;
    },
    existedAt: (at) => existedAt(project.history, at),
    faults,
    buildTriggers: state.buildTriggers,
    user: userOf(state),
  };
  return { project, state, faults, allow: rateLimiter(clock) };
}

function stateOf(options: ProjectOptions, clock: Clock, number: number, addresses: Addresses): State {
  const siteId = String(30_000 + number);
  const createdAt = options.createdAt ?? clock.now();
  const id = options.primary ?? "main";
  let jobs = 0;
  const mint = mintOf(number);
  const shell = emptyShell();
  const storage = new UploadStorage(siteId);
  const jobPrefix = (0x42eee853 + number).toString(16);
  const state: State = {
    clock,
    siteId,
    createdAt,
    settings: settingsOf(options, () => state, number),
    jobs: jobRegister(clock, () => jobPrefix + (++jobs).toString(16).padStart(16, "0")),
    history: [{ at: createdAt, type: "created", id, by: "user" }],
    environments: [
      {
        uid: 0,
        id,
        primary: true,
        createdAt,
        lastDataChangeAt: createdAt,
        forkedFrom: null,
        sourceUid: null,
        phase: { kind: "ready" },
        timezone: options.timezone ?? "Europe/London",
        items: options.items ?? 0,
        records: (options.records ?? []).map((seed) => storedRecord(seed, createdAt)),
        uploads: options.uploads ?? 0,
        content: options.content?.({ mint, siteId, shell, storage, now: createdAt }) ?? null,
        plugins: seedPlugins(options),
      },
    ],
    buildTriggers: (options.buildTriggers ?? []).map((seed, index) => buildTrigger(seed, index + 1)),
    mint,
    shell,
    storage,
    addresses,
    nextUid: 1,
    forks: 0,
  };
  return state;
}

function settingsOf(options: ProjectOptions, state: () => State, number: number): Settings {
  return {
    name: options.name ?? `Project ${number}`,
    latencyMs: options.latencyMs ?? 0,
    forkMs: options.forkMs ?? 5000,
    destroyMs: options.destroyMs ?? 1000,
    jobPolls: options.jobPolls ?? 0,
    antivirusMs: options.antivirusMs ?? 0,
    assetDelivery: options.assetDelivery ?? "optimised",
    plan: { ...defaultPlan, ...options.plan },
    role: options.role ?? "admin",
    hidden: options.hidden ?? nothingHidden,
    rateLimit: options.rateLimit === undefined ? { ...defaultRateLimit } : options.rateLimit,
    unknowns: { ...unknownDefaults, ...options.unknowns },
    contentUnknowns: { ...contentUnknownDefaults, ...options.contentUnknowns },
    activeEditors: options.activeEditors ?? false,
    maintenanceMode: options.maintenanceMode ?? false,
    forceUseOfSandboxEnvironments: options.forceUseOfSandboxEnvironments ?? false,
    get timezone() {
      return primaryOf(state()).timezone;
    },
    set timezone(timezone) {
      primaryOf(state()).timezone = timezone;
    },
  };
}

function seedPlugins({ plugin = {}, plugins = [] }: ProjectOptions) {
  const installed = plugins.map((seed, index) =>
    installPlugin({
      id: `further-plugin-${index + 1}`,
      name: `Plugin ${index + 1}`,
      package_name: null,
      ...seed,
    }),
  );
  return plugin === null ? installed : [installPlugin({ ...backupPlugin, ...plugin }), ...installed];
}
