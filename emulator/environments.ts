import { Content } from "./content/content.ts";
import type { Environment, Phase } from "./environment.ts";
import { errorDocument, Refusal, statusOf } from "./errors.ts";
import type { Job, JobResult } from "./jobs.ts";
import { countSandboxes } from "./plan.ts";
import { byId, primaryOf, record, resourceOf, type State } from "./state.ts";

/** The docs allow lowercase letters, digits and dashes. */
const ID_PATTERN = /^[a-z0-9-]+$/;

type Actor = "api" | "user";

/** How an operation that takes time is to end otherwise than well. */
export type Ending = { kind: "fails"; failure: JobResult } | { kind: "never" } | undefined;

/** @throws Refusal when an id cannot be given to an environment; the field is called `name` */
export function assertFreeId(state: State, id: string): void {
  const { idMaxLength } = state.settings.unknowns;
  const refuse = (code: string) => new Refusal("INVALID_FIELD", { field: "name", code });
  if (!ID_PATTERN.test(id)) throw refuse("VALIDATION_FORMAT");
  if (idMaxLength !== null && id.length > idMaxLength) throw refuse("VALIDATION_LENGTH");
  if (byId(state, id)) throw refuse("VALIDATION_UNIQUENESS");
}

/** @throws Refusal when the environment is not ready */
export function assertReady({ phase }: Environment): void {
  if (phase.kind !== "ready") throw new Refusal("ENVIRONMENT_NOT_READY");
}

/** @throws Refusal when the unknowns say that operations exclude each other, and one is under way */
export function assertAlone(state: State, operation: "fork" | "rename" | "promote" | "destroy"): void {
  const { concurrentOperations, concurrentIsTransient, renameWhileForking } = state.settings.unknowns;
  const forking = state.environments.some(({ phase }) => phase.kind === "creating");
  const busy = forking || state.environments.some(({ phase }) => phase.kind === "destroying");
  const refused =
    (concurrentOperations === "refuse-all" && busy) ||
    (concurrentOperations === "refuse-forks" && operation === "fork" && forking) ||
    (renameWhileForking === "refuse" && operation === "rename" && forking);
  if (refused) throw new Refusal("CONCURRENT_ENVIRONMENT_UPDATE", {}, concurrentIsTransient);
}

/**
 * @returns how a fork beyond the plan ends: undefined when the plan has room for one more
 * @throws Refusal when it is refused at once
 */
export function planVerdict(state: State): Ending {
  const { plan, unknowns } = state.settings;
  const used = countSandboxes(
    state.environments.map(({ primary, phase }) => ({ primary, status: phase.kind })),
    unknowns,
  );
  if (plan.sandboxLimit === null || used < plan.sandboxLimit) return undefined;
  const code = unknowns.planRefusalCode;
  if (unknowns.planRefusal === "sync") throw new Refusal(code);
  return { kind: "fails", failure: failure(state, code) };
}

/** @returns what a job holds that failed with this code */
export function failure(state: State, code: string, status?: number): JobResult {
  return { status: status ?? statusOf(code, state.settings.unknowns.statuses), payload: errorDocument(code) };
}

/** @returns milliseconds the n-th fork takes */
export function forkDuration(state: State, n: number): number {
  const { forkMs } = state.settings;
  return typeof forkMs === "function" ? forkMs(n) : forkMs;
}

export type ForkPlan = {
  source: Environment;
  id: string;
  beganAt: number;
  durationMs: number;
  fast: boolean;
  ending: Ending;
  job: Job | null;
  by: Actor;
  seeded?: boolean;
};

/** Begins a fork: a snapshot of the source as it is at this moment. Rules are the caller's business. */
export function beginFork(state: State, fork: ForkPlan): Environment {
  const { source, id, beganAt, durationMs, fast, ending, job, by } = fork;
  const phase: Phase = {
    kind: "creating",
    beganAt,
    plannedMs: durationMs,
    endsAt: ending?.kind === "never" ? Number.POSITIVE_INFINITY : beganAt + durationMs,
    failure: ending?.kind === "fails" ? ending.failure : null,
    fast,
    seeded: fork.seeded ?? false,
    job,
    by,
  };
  const uid = state.nextUid++;
  const copy: Environment = {
    ...source,
    uid,
    id,
    primary: false,
    createdAt: beganAt,
    lastDataChangeAt: beganAt,
    forkedFrom: source.id,
    sourceUid: source.uid,
    // Plugins are never changed in place, so the list is all there is to copy.
    plugins: [...source.plugins],
    content: source.content && new Content(source.content, { versionShift: versionShift(state, uid) }),
    phase,
  };
  state.environments.push(copy);
  record(state, { at: beganAt, type: "fork-began", id, from: source.id, by }, phase.seeded);
  return copy;
}

/** Where forks give new numbers to versions, each environment's are far from those of others. */
function versionShift({ settings }: State, uid: number): number {
  return settings.contentUnknowns.forkVersionIds === "new" ? uid * 1_000_000_000 : 0;
}

/** Gives an environment another id, at once. */
export function rename(state: State, environment: Environment, id: string, by: Actor): void {
  const { unknowns } = state.settings;
  const from = environment.id;
  if (from === id) return;
  environment.id = id;
  if (!unknowns.renameKeepsCreatedAt) environment.createdAt = state.clock.now();
  if (!unknowns.renameKeepsForkedFrom) environment.forkedFrom = null;
  if (unknowns.forkedFromAfterRename === "follows") {
    for (const copy of state.environments) {
      if (copy.sourceUid === environment.uid && copy.forkedFrom === from) copy.forkedFrom = id;
    }
  }
  record(state, { at: state.clock.now(), type: "renamed", id, from, by });
}

/** Makes an environment the primary; the old primary becomes a sandbox. */
export function promote(state: State, environment: Environment, by: Actor): void {
  const old = primaryOf(state);
  if (old === environment) return;
  old.primary = false;
  environment.primary = true;
  if (state.settings.unknowns.promoteEndsMaintenance) state.settings.maintenanceMode = false;
  record(state, { at: state.clock.now(), type: "promoted", id: environment.id, from: old.id, by });
}

/** @throws Refusal when the API would not destroy this environment */
export function assertDestroyable(state: State, environment: Environment): void {
  const { destroyForkingOrigin, destroyCreating, destroyDestroying } = state.settings.unknowns;
  const { phase, uid, primary } = environment;
  if (primary) throw new Refusal("CANNOT_DESTROY_PRIMARY_ENVIRONMENT");
  if (phase.kind === "creating" && destroyCreating === "refuse") throw new Refusal("ENVIRONMENT_NOT_READY");
  if (phase.kind === "destroying" && destroyDestroying === "refuse")
    throw new Refusal("ENVIRONMENT_NOT_READY");
  const forking = state.environments.some(
    (other) => other.sourceUid === uid && other.phase.kind === "creating",
  );
  if (forking && destroyForkingOrigin === "refuse") throw new Refusal("CANNOT_DESTROY_FORKING_ORIGIN");
}

/** Begins a destroy that takes `durationMs`; a fork under way comes to nothing. */
export function beginDestroy(
  state: State,
  environment: Environment,
  destroy: { durationMs: number; ending: Ending; job: Job | null; by: Actor },
): void {
  const now = state.clock.now();
  const { durationMs, ending, job, by } = destroy;
  const { phase, id } = environment;
  if (ending?.kind === "fails") {
    state.jobs.finish(job, now + durationMs, ending.failure);
    return;
  }
  if (phase.kind === "destroying") {
    // The end is set already; the second job ends with the first.
    state.jobs.finish(job, phase.goneAt, { status: 200, payload: { data: resourceOf(state, environment) } });
    return;
  }
  if (phase.kind === "creating") state.jobs.finish(phase.job, now, failure(state, "NOT_FOUND"));
  const goneAt = ending?.kind === "never" ? Number.POSITIVE_INFINITY : now + durationMs;
  environment.phase = { kind: "destroying", goneAt, job, by };
  record(state, { at: now, type: "destroy-began", id, by });
}
