import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import { type Applied, type ApplyProgress, applyPlan } from "./archive/restore/apply.ts";
import { journalIn } from "./archive/restore/journal.ts";
import { isEmpty, type RestorePlan } from "./archive/restore/plan.ts";
import {
  type PlanIdentity,
  type PlannedRestore,
  planRestore,
  planWide,
} from "./archive/restore/planRestore.ts";
import { type KeptRun, keyOfRun, type RestoreRun, restoreRunsIn } from "./archive/restore/runFile.ts";
import { isNarrow, scopeText, type Wishes } from "./archive/restore/scope.ts";
import type { EnvironmentSide, Side } from "./archive/restore/side.ts";
import type { Refused, RestoreFailure, Warning } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import {
  createSides,
  openRunsStore,
  type RestoreHost,
  readyEnvironment,
  type Sides,
  type SourceName,
} from "./restoreSides.ts";
import { environmentsFor, forkAndWait, type TargetName } from "./restoreTarget.ts";
import type { Store } from "./stores/store.ts";

export { isEmpty as isEmptyPlan, type RestorePlan } from "./archive/restore/plan.ts";
export type { RestoreRun } from "./archive/restore/runFile.ts";
export { SCOPES, type Scope, scopeFrom, type Wishes } from "./archive/restore/scope.ts";
export type { Refused, RestoreFailure, Warning } from "./archive/restore/words.ts";
export { MODES, type Mode } from "./archive/restore/words.ts";
export type { RestoreHost, SourceName } from "./restoreSides.ts";
export { type TargetName, targetFrom } from "./restoreTarget.ts";

/** What is to be restored, whence and whither. */
export interface RestoreRequest {
  readonly source: SourceName;
  readonly into: TargetName;
  readonly wishes: Wishes;
  /** DatoCMS calls; 8 leave editors and builds their share of the 20 that DatoCMS allows. */
  readonly callsPerSecond: number;
  /** The hash of the plan that was looked at; undefined: whatever the plan is. */
  readonly planHash?: string | undefined;
  readonly onProgress: (progress: RestoreProgress) => void;
}

export type RestoreProgress =
  | ApplyProgress
  | { readonly what: "fork"; readonly done: number; readonly total: 100 };

/** How a restore ended. `refused`: what was to be restored and was not. */
export interface RestoreOutcome {
  readonly id: string;
  readonly into: string;
  readonly applied: RestoreRun["applied"];
  readonly refused: readonly Refused[];
  readonly warnings: readonly Warning[];
  readonly calls: number;
}

/** A plan, and what names its models. */
export interface Preview {
  readonly plan: RestorePlan;
  /** API keys by model id. */
  readonly models: ReadonlyMap<string, string>;
  readonly refused: readonly Refused[];
}

/** The verbs of restores. None throws because of DatoCMS or a store: a failure is a value. */
export interface RestoreService {
  /** What would change. Writes nothing. */
  preview(request: RestoreRequest): Promise<Result<Preview, RestoreFailure>>;
  /** Restores; the same request goes on with what was begun. */
  apply(request: RestoreRequest): Promise<Result<RestoreOutcome, RestoreFailure>>;
  /** The newest first. */
  runs(): Promise<Result<readonly RestoreRun[], RestoreFailure>>;
  /** How `other` differs from `one`: what was added, changed and deleted since. Writes nothing. */
  diff(
    one: SourceName,
    other: SourceName | undefined,
    callsPerSecond: number,
  ): Promise<Result<Preview, RestoreFailure>>;
}

export function createRestoreService(project: Project, host: RestoreHost): RestoreService {
  return {
    preview: (request) => preview(project, host, request),
    apply: (request) => apply(project, host, request),
    async runs() {
      const store = await openRunsStore(host);
      return store.ok ? restoreRunsIn(store.value).list() : store;
    },
    diff: (one, other, callsPerSecond) => diff(project, host, one, other, callsPerSecond),
  };
}

/** Source and target of a request, looked up and ready. */
interface Opened {
  readonly sides: Sides;
  readonly from: Side;
  readonly listed: readonly Environment[];
  readonly primary: Environment;
}

async function open(
  project: Project,
  host: RestoreHost,
  { source, callsPerSecond }: Pick<RestoreRequest, "source" | "callsPerSecond">,
  level?: "full",
): Promise<Result<Opened, RestoreFailure>> {
  const sides = createSides(project, host, callsPerSecond);
  if (!sides.ok) return sides;
  const listed = await environmentsFor(project, host).list();
  if (!listed.ok) return listed;
  const primary = listed.value.find((each) => each.primary);
  if (primary === undefined) return failed(NO_PRIMARY);
  const from = await sideOf(sides.value, listed.value, source, level);
  return from.ok ? succeeded({ sides: sides.value, from: from.value, listed: listed.value, primary }) : from;
}

async function sideOf(
  sides: Sides,
  listed: readonly Environment[],
  source: SourceName,
  level?: "full",
): Promise<Result<Side, RestoreFailure>> {
  if (source.kind === "archive") return sides.archive(source.name, level);
  const environment = readyEnvironment(listed, source.id);
  return environment.ok ? sides.environment(environment.value) : environment;
}

async function preview(
  project: Project,
  host: RestoreHost,
  request: RestoreRequest,
): Promise<Result<Preview, RestoreFailure>> {
  const { into, wishes } = request;
  const opened = await open(project, host, request);
  if (!opened.ok) return opened;
  const { sides, from, listed, primary } = opened.value;
  if (into.kind === "new" && listed.some(({ id }) => id === into.id))
    return failed(environmentExists(into.id));
  const target = into.kind === "new" ? succeeded(primary) : readyEnvironment(listed, into.id);
  if (!target.ok) return target;
  const side = await sides.environment(target.value);
  if (!side.ok) return side;
  const seen = await seesEverything(side.value);
  if (!seen.ok) return seen;
  const planned = await planRestore(from, side.value, wishes, identityOf(from, into, target.value));
  if (!planned.ok) return planned;
  return previewOf(planned.value, into.id, from, side.value);
}

async function previewOf(
  { plan, refused }: Pick<PlannedRestore, "plan" | "refused">,
  into: string,
  ...sides: readonly Side[]
): Promise<Result<Preview, RestoreFailure>> {
  const models = new Map<string, string>();
  for (const side of sides.toReversed()) {
    const schema = await side.schema();
    if (!schema.ok) return schema;
    for (const { id, apiKey } of schema.value.models.values()) models.set(id, apiKey);
  }
  return succeeded({ plan: { ...plan, into }, models, refused });
}

/** A plan for a new sandbox is made against the primary, of which the sandbox will be a fork. */
function identityOf(from: Side, into: TargetName, target: Environment): PlanIdentity {
  const { id, createdAt, primary } = target;
  const source = from.identity;
  return { source, target: { id, createdAt, primary, ...(into.kind === "new" && { forkedTo: into.id }) } };
}

async function apply(
  project: Project,
  host: RestoreHost,
  request: RestoreRequest,
): Promise<Result<RestoreOutcome, RestoreFailure>> {
  const { into, wishes, planHash } = request;
  const opened = await open(project, host, request, "full");
  if (!opened.ok) return opened;
  const { primary, listed } = opened.value;
  const allowed = allowedInto(into, wishes, primary);
  if (!allowed.ok) return allowed;
  const store = await openRunsStore(host);
  if (!store.ok) return store;
  const begun = await beginRun(store.value, host, request, opened.value);
  if (!begun.ok) return begun;
  const { run, isResumed } = begun.value;
  if (into.kind === "new" && !isResumed && listed.some(({ id }) => id === into.id))
    return failed(environmentExists(into.id));
  const target = await targetOf(project, host, request, opened.value);
  if (!target.ok) return target;
  const { id, createdAt } = target.value;
  const known = run.current().target;
  if (known !== undefined && Date.parse(known.createdAt) !== createdAt) return failed(targetReplaced(id));
  const noted = await run.change({ target: { id, createdAt: new Date(createdAt).toISOString() } });
  if (!noted.ok) return noted;
  const side = await opened.value.sides.environment(target.value);
  if (!side.ok) return side;
  const seen = await seesEverything(side.value);
  if (!seen.ok) return seen;
  const identity = identityOf(opened.value.from, into, into.kind === "new" ? primary : target.value);
  const planned = await planRestore(opened.value.from, side.value, wishes, identity);
  if (!planned.ok) return planned;
  if (!isResumed && planHash !== undefined && planned.value.plan.hash !== planHash) {
    const ended = await run.change({ endedAt: new Date(host.clock.now()).toISOString() });
    return ended.ok ? failed(destinationChanged(planned.value.plan.hash)) : ended;
  }
  return carryOut(
    { host, request, opened: opened.value, store: store.value, run, side: side.value },
    planned.value,
  );
}

interface CarryingOut {
  readonly host: RestoreHost;
  readonly request: RestoreRequest;
  readonly opened: Opened;
  readonly store: Store;
  readonly run: KeptRun;
  readonly side: EnvironmentSide;
}

async function carryOut(
  { host, request, opened, store, run, side }: CarryingOut,
  planned: PlannedRestore,
): Promise<Result<RestoreOutcome, RestoreFailure>> {
  const { from, sides } = opened;
  const journal = journalIn(store, run.current().id);
  const earlier = await journal.entries();
  if (!earlier.ok) return earlier;
  const writes = sides.writes(side.name);
  const applied = await applyPlan(
    {
      from,
      into: side,
      writes,
      journal,
      earlier: earlier.value,
      clock: host.clock,
      fetch: host.fetch,
      loosen: undefined,
      tighten: async () => succeeded([]),
      onProgress: request.onProgress,
    },
    planned,
  );
  if (!applied.ok) return applied;
  const proof = await prove(from, side, request.wishes, planned.plan, applied.value);
  if (!proof.ok) return proof;
  const refused = proof.value;
  const { records, uploads, schema, warnings, left } = applied.value;
  const counts = { records: records.length, uploads: uploads.length, schema: schema.length };
  const ended = await run.change({
    endedAt: new Date(host.clock.now()).toISOString(),
    applied: counts,
    refused: [...refused],
    left: { ...run.current().left, ...left },
  });
  if (!ended.ok) return ended;
  const { id, into } = run.current();
  const calls = writes.calls() + side.reader.calls();
  return succeeded({ id, into, applied: counts, refused, warnings, calls });
}

/** Compares once more where more than single records were restored: what differs yet is told. */
async function prove(
  from: Side,
  side: EnvironmentSide,
  wishes: Wishes,
  { records }: RestorePlan,
  { refused }: Applied,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  if (isNarrow(wishes)) return succeeded(refused);
  const again = await planWide(from, side, wishes, { source: null, target: null });
  if (!again.ok) return again;
  if (isEmpty(again.value.plan)) return succeeded(refused);
  const told = new Set(refused.map(({ id }) => id));
  const named = new Map(records.map(({ id, title }) => [id, title]));
  const left = again.value.plan.records.filter(({ id }) => !told.has(id));
  return succeeded([
    ...refused,
    ...left.map(({ id, fields = [] }) => ({
      what: "record",
      id,
      code: "NOT_EQUAL",
      sentence: `${named.get(id) ?? id} is not as it was to be afterwards (${fields.join(", ")}).`,
    })),
  ]);
}

async function targetOf(
  project: Project,
  host: RestoreHost,
  { into, onProgress }: RestoreRequest,
  { listed, primary }: Opened,
): Promise<Result<Environment, RestoreFailure>> {
  if (into.kind === "existing") return readyEnvironment(listed, into.id);
  return forkAndWait(project, host, { source: primary.id, id: into.id }, (done) =>
    onProgress({ what: "fork", done, total: 100 }),
  );
}

/** Goes on with an open run of the same command, or begins one. */
async function beginRun(
  store: Store,
  host: RestoreHost,
  { source, into, wishes, planHash }: RestoreRequest,
  { from }: Opened,
): Promise<Result<{ readonly run: KeptRun; readonly isResumed: boolean }, RestoreFailure>> {
  const runs = restoreRunsIn(store);
  const { mode, isDraft, relinks, withShell } = wishes;
  const command = {
    source: { kind: source.kind, name: from.name },
    into: into.id,
    makesTarget: into.kind === "new",
    mode,
    only: wishes.only.map(scopeText),
    flags: { draft: isDraft, relink: relinks, shell: withShell },
  };
  const key = keyOfRun(command);
  const listed = await runs.list();
  if (!listed.ok) return listed;
  const same = listed.value.find((run) => run.key === key && run.endedAt === null);
  if (same !== undefined) {
    const run = await runs.open(same.id);
    return run.ok ? succeeded({ run: run.value, isResumed: true }) : run;
  }
  const now = host.clock.now();
  const begun = await runs.begin({
    format: 1,
    id: `restore_${now.toString(36)}${crypto.randomUUID().slice(0, 8)}`,
    key,
    ...command,
    planHash: planHash ?? null,
    startedAt: new Date(now).toISOString(),
    endedAt: null,
    undoneAt: null,
    loosened: [],
    left: {},
    applied: { records: 0, uploads: 0, schema: 0 },
    refused: [],
  });
  return begun.ok ? succeeded({ run: begun.value, isResumed: false }) : begun;
}

async function diff(
  project: Project,
  host: RestoreHost,
  one: SourceName,
  other: SourceName | undefined,
  callsPerSecond: number,
): Promise<Result<Preview, RestoreFailure>> {
  const opened = await open(project, host, { source: one, callsPerSecond });
  if (!opened.ok) return opened;
  const { sides, listed, primary, from } = opened.value;
  const second = await sideOf(sides, listed, other ?? { kind: "environment", id: primary.id });
  if (!second.ok) return second;
  const wishes: Wishes = { mode: "mirror", only: [], isDraft: false, relinks: false, withShell: false };
  // What the other one has and this one has not was added since: as if this one were to become the other.
  const planned = await planWide(second.value, from, wishes, {
    source: second.value.identity,
    target: from.identity,
  });
  return planned.ok ? previewOf(planned.value, second.value.name, from, second.value) : planned;
}

function allowedInto(
  into: TargetName,
  { mode, only }: Wishes,
  primary: Environment,
): Result<undefined, RestoreFailure> {
  if (into.kind === "new" || into.id !== primary.id) return succeeded(undefined);
  if (mode === "mirror") return failed(PRIMARY_MIRROR);
  return only.length === 0 ? failed(PRIMARY_NEEDS_SCOPE) : succeeded(undefined);
}

/** Where a role hides something, it would look as if it were missing, and be created again. */
async function seesEverything({ reader, name }: EnvironmentSide): Promise<Result<undefined, RestoreFailure>> {
  const sight = await reader.sight();
  if (!sight.ok) return sight;
  return sight.value.kind === "everything" ? succeeded(undefined) : failed(sightRestricted(name));
}

const NO_PRIMARY = failure(
  "PRIMARY_NOT_FOUND",
  "DatoCMS lists no primary environment.",
  "Let the token's role enter all environments.",
);

const PRIMARY_NEEDS_SCOPE = failure(
  "PRIMARY_NEEDS_SCOPE",
  "Everything is never restored into the primary environment.",
  "Restore into a new sandbox (--into new:NAME) and promote that, or name what is to come back: --only record=ID.",
);

const PRIMARY_MIRROR = failure(
  "PRIMARY_MIRROR",
  "Nothing is deleted in the primary environment, so it cannot become a mirror.",
  "Restore into a new sandbox (--into new:NAME) and promote that.",
);

function sightRestricted(id: string) {
  return failure(
    "INSUFFICIENT_PERMISSIONS",
    `The API token's role does not see everything in ${id}, so what it does not see would seem to be missing.`,
    "In DatoCMS, give the token a role that sees all records and uploads of this environment.",
    { environmentId: id },
  );
}

function environmentExists(id: string) {
  return failure(
    "ENVIRONMENT_EXISTS",
    `There is an environment ${id} already, and no unfinished restore made it.`,
    `Name another one, or restore into that one: --into ${id}.`,
    { environmentId: id },
  );
}

function targetReplaced(id: string) {
  return failure(
    "ENVIRONMENT_REPLACED",
    `${id} is not the environment any more that this restore began with.`,
    "Preview anew, and restore into another environment or with another scope.",
    { environmentId: id },
  );
}

function destinationChanged(hash: string) {
  return failure(
    "DESTINATION_CHANGED",
    "The target, or the source, is no longer what it was when the plan was made. Nothing was changed.",
    "Preview again, and apply that plan.",
    { hash },
  );
}
