import type { Clock } from "../utils/clock.ts";
import type { BuildTrigger } from "./buildTriggers.ts";
import type { Mint } from "./content/mint.ts";
import type { Shell } from "./content/project/shell.ts";
import type { Hidden } from "./content/sight.ts";
import type { ContentUnknowns } from "./content/unknowns.ts";
import type { Delivery } from "./content/uploads/delivery.ts";
import type { UploadStorage } from "./content/uploads/storage.ts";
import { type Environment, type EnvironmentView, environmentResource, viewOf } from "./environment.ts";
import { Refusal } from "./errors.ts";
import type { HistoryEvent } from "./history.ts";
import type { Jobs } from "./jobs.ts";
import type { Plan } from "./plan.ts";
import type { RateLimit } from "./rateLimit.ts";
import type { RoleOption } from "./roles.ts";
import type { Unknowns } from "./unknowns.ts";

/** Addresses without a slash at their end. */
export type Addresses = {
  /** Where the bytes of uploads are sent to. */
  storage: string;
};

/** What can be changed while the emulator runs; durations are milliseconds. */
export type Settings = {
  name: string;
  /** Between a request and its answer; the call takes effect halfway. Default 0. */
  latencyMs: number;
  /** How long a fork takes, or a function of its number (the first API fork of the project is 1). Default 5000. */
  forkMs: number | ((n: number) => number);
  /** How long a destroy takes. Default 1000. */
  destroyMs: number;
  /** How often a job of content is asked for in vain before it is done. Default 0. */
  jobPolls: number;
  /** How long a new upload's antivirus check is pending. Default 0. */
  antivirusMs: number;
  /** How the asset host delivers. Default "optimised". */
  assetDelivery: Delivery;
  plan: Plan;
  role: RoleOption;
  /** Content that a role other than "admin" does not see. Default: nothing. */
  hidden: Hidden;
  /** null: no limit. */
  rateLimit: RateLimit | null;
  unknowns: Unknowns;
  contentUnknowns: ContentUnknowns;
  /** IANA zone of the environment that is primary now; every environment has its own. */
  timezone: string;
  /** Somebody has a record open: a fast fork without `force` is refused. Default false. */
  activeEditors: boolean;
  /** The primary takes no writes. Default false. */
  maintenanceMode: boolean;
  /** `site.force_use_of_sandbox_environments`. Default false. */
  forceUseOfSandboxEnvironments: boolean;
};

/** Everything a project is made of. The rules in `environments.ts` work on it. */
export type State = {
  readonly clock: Clock;
  readonly siteId: string;
  readonly createdAt: number;
  readonly settings: Settings;
  readonly jobs: Jobs;
  readonly history: HistoryEvent[];
  /** Oldest first. */
  environments: Environment[];
  readonly buildTriggers: readonly BuildTrigger[];
  readonly mint: Mint;
  /** What the project has once for all environments; read only where there is content. */
  readonly shell: Shell;
  /** Where the bytes of uploads come in. */
  readonly storage: UploadStorage;
  /** Where the emulator can be reached; the same object for all projects. */
  readonly addresses: Addresses;
  nextUid: number;
  /** Forks begun through the API. */
  forks: number;
};

/**
 * Lets everything happen that is due by now, each at its own time and in order. A change stays, even when the
 * wall clock jumps back.
 */
export function settle(state: State): void {
  const now = state.clock.now();
  for (;;) {
    let next: Environment | undefined;
    let nextDue = Number.POSITIVE_INFINITY;
    for (const environment of state.environments) {
      const due = dueOf(environment);
      if (due <= now && due < nextDue) {
        next = environment;
        nextDue = due;
      }
    }
    if (next === undefined) return;
    complete(state, next, nextDue);
  }
}

function dueOf({ phase }: Environment): number {
  if (phase.kind === "creating") return phase.endsAt;
  return phase.kind === "destroying" ? phase.goneAt : Number.POSITIVE_INFINITY;
}

function complete(state: State, environment: Environment, at: number): void {
  const { phase, id } = environment;
  if (phase.kind === "creating" && phase.failure === null) {
    environment.phase = { kind: "ready" };
    record(state, { at, type: "ready", id, by: phase.by }, phase.seeded);
    state.jobs.finish(phase.job, at, { status: 201, payload: { data: resourceOf(state, environment) } });
    return;
  }
  if (phase.kind === "ready") return;
  state.environments = state.environments.filter((other) => other !== environment);
  if (phase.kind === "creating") {
    record(state, { at, type: "fork-failed", id, by: phase.by });
    if (phase.failure) state.jobs.finish(phase.job, at, phase.failure);
  } else {
    record(state, { at, type: "destroyed", id, by: phase.by });
    state.jobs.finish(phase.job, at, { status: 200, payload: { data: resourceOf(state, environment) } });
  }
}

/** Adds to the history. A copy seeded with an old date goes to its place in time. */
export function record(state: State, event: HistoryEvent, seeded = false): void {
  const { history } = state;
  let index = history.length;
  while (seeded && index > 0 && (history[index - 1]?.at ?? 0) > event.at) index--;
  history.splice(index, 0, event);
}

/** @returns the one environment that is primary */
export function primaryOf(state: State): Environment {
  const primary = state.environments.find((environment) => environment.primary);
  if (primary === undefined) throw new Error("A project always has a primary environment.");
  return primary;
}

/** @returns the environment with this id, one on its way out included */
export function byId(state: State, id: string): Environment | undefined {
  return state.environments.find((environment) => environment.id === id);
}

/** @returns whether a fast fork of this environment is under way */
export function isReadOnly(state: State, { uid }: Environment): boolean {
  return state.environments.some(
    ({ phase, sourceUid }) => sourceUid === uid && phase.kind === "creating" && phase.fast,
  );
}

/** @throws Refusal when the environment takes no writes now */
export function assertWritable(state: State, environment: Environment): void {
  if (isReadOnly(state, environment)) throw new Refusal("ENVIRONMENT_IN_READ_ONLY_MODE");
  if (environment.primary && state.settings.maintenanceMode) throw new Refusal("MAINTENANCE_MODE");
}

/** @returns the JSON:API resource of an environment, as of now */
export function resourceOf(state: State, environment: Environment): object {
  const readOnly = isReadOnly(state, environment);
  return environmentResource(environment, state.clock.now(), readOnly, state.settings.unknowns);
}

/** @returns every environment as tests see it, in list order */
export function viewsOf(state: State): EnvironmentView[] {
  const now = state.clock.now();
  return inListOrder(state, state.environments).map((environment) =>
    viewOf(environment, now, isReadOnly(state, environment)),
  );
}

/** @returns the environments in the order the API lists them */
export function inListOrder(state: State, environments: Environment[]): Environment[] {
  return state.settings.unknowns.listOrder === "oldest-first" ? environments : environments.toReversed();
}
