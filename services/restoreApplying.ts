import { failed, mapped, type Result, succeeded } from "../utils/failures.ts";
import { formatJson } from "../utils/json.ts";
import type { RecordLine } from "./archive/capture/recordIndex.ts";
import { firstPlanIn, keepFirstPlan } from "./archive/restore/firstPlan.ts";
import { journalIn } from "./archive/restore/journal.ts";
import { isEmpty } from "./archive/restore/plan.ts";
import { type Begun, type PlannedRestore, planRestore } from "./archive/restore/planRestore.ts";
import { recordLineFrom } from "./archive/restore/records/line.ts";
import { type Noted, withoutOthersChanges } from "./archive/restore/resume.ts";
import { isTargetOf, type KeptRun, type RestoreRun } from "./archive/restore/runFile.ts";
import { isNarrow } from "./archive/restore/scope.ts";
import { keepWantedSchema } from "./archive/restore/wantedSchema.ts";
import type { JournalEntry, RestoreFailure, Warning } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import type { Held } from "./restoreAlone.ts";
import { beginRun, DAY_MS, endUnwritten, takenName, unfinishedRun } from "./restoreBeginning.ts";
import { type ClosingEffects, carryOut } from "./restoreCarrying.ts";
import {
  destinationChanged,
  PRIMARY_MIRROR,
  PRIMARY_NEEDS_PLAN,
  PRIMARY_NEEDS_SCOPE,
  targetReplaced,
} from "./restoreFailures.ts";
import { eventsAllowed, proveRoom } from "./restoreGates.ts";
import { identityOf, type Opened, openSource, seesEverything } from "./restoreOpening.ts";
import type { RestoreOutcome, RestoreRequest } from "./restoreRequest.ts";
import { safetyCopy, safetyName } from "./restoreSafety.ts";
import { createSides, type RestoreHost, readyEnvironment } from "./restoreSides.ts";
import { forkAndWait } from "./restoreTarget.ts";
import type { Store } from "./stores/store.ts";

/** Restores; the same request goes on with what was begun. */
export async function applyRestore(
  project: Project,
  held: Held,
  request: RestoreRequest,
): Promise<Result<RestoreOutcome, RestoreFailure>> {
  const { host, store } = held;
  const { into, wishes, planHash } = request;
  const opened = await openSource(project, host, request, "full");
  if (!opened.ok) return opened;
  const { primary, from } = opened.value;
  const allowed = allowedInto(request, primary);
  if (!allowed.ok) return allowed;
  const isPrimary = into.id === primary.id;
  const told = await held.tell({ isPrimary, source: { kind: request.source.kind, name: from.name } });
  if (!told.ok) return told;
  const unfinished = await unfinishedRun(store, host, request, opened.value);
  if (!unfinished.ok) return unfinished;
  const first =
    into.kind === "new" ? await beginNew(held, request, opened.value, unfinished.value) : unfinished;
  if (!first.ok) return first;
  const known = first.value?.current();
  const target = await targetOf(project, host, request, opened.value, known?.startedAt);
  if (!target.ok) return first.value === undefined ? target : endedWithout(held, first.value, target);
  if (known?.target !== undefined && !isTargetOf(known, target.value)) return failed(targetReplaced(into.id));
  const side = await opened.value.sides.environment(target.value);
  if (!side.ok) return side;
  const seen = await seesEverything(side.value);
  if (!seen.ok) return seen;
  const noted = await notedBy(store, known);
  if (!noted.ok) return noted;
  const identity = identityOf(opened.value.from, into, into.kind === "new" ? primary : target.value);
  const plan = () => planRestore(opened.value.from, side.value, wishes, identity, noted.value);
  const planned = await plan();
  if (!planned.ok) return planned;
  const { hash } = planned.value.plan;
  const isBegun = noted.value.isFull;
  // What a run has written itself is no change; after a day, or with another plan, somebody has looked again.
  const age = host.clock.now() - Date.parse(known?.startedAt ?? "");
  const isFresh = isBegun && age < DAY_MS && (known?.planHash ?? undefined) === planHash;
  if (!isFresh && planHash !== undefined && hash !== planHash) {
    const copy = known && opened.value.listed.find((each) => each.id === safetyName(known.id));
    return failed(destinationChanged(hash, isBegun ? undefined : copy?.id));
  }
  if (!isBegun) {
    const hooks = await eventsAllowed(planned.value, side.value, { id: into.id, isPrimary }, request);
    if (!hooks.ok) return hooks;
  }
  const run = first.value ? succeeded(first.value) : await beginRun(store, host, request, opened.value);
  if (!run.ok) return run;
  const { id } = run.value.current();
  const named = await held.tell({ run: id });
  if (!named.ok) return named;
  const room = await proveRoom(store, id, planned.value);
  if (!room.ok) return room;
  // Nobody may have looked at the plan.
  const warnings: Warning[] = planned.value.plan.warnings.filter(({ code }) => code === "NO_DRAFTS");
  if (!isBegun && needsSafety(request, target.value) && !isEmpty(planned.value.plan)) {
    const safe = await safetyCopy(project, host, request, primary, run.value.current());
    if (!safe.ok) return safe;
    warnings.push(safe.value);
    // The fork may have taken hours.
    const again = await plan();
    if (!again.ok) return again;
    if (again.value.plan.hash !== hash) {
      const ended = await endUnwritten(run.value, host.clock);
      return ended.ok ? failed(destinationChanged(again.value.plan.hash, safe.value.ids?.[0])) : ended;
    }
  }
  const own = isBegun ? await withoutOthersChanges(planned.value, noted.value) : planned;
  if (!own.ok) return own;
  const begun = await held.tell({ unfinished: id });
  if (!begun.ok) return begun;
  const prepared = await prepare(store, run.value, target.value, own.value);
  if (!prepared.ok) return prepared;
  const carried = await carryOut(
    {
      ...{ host, request, opened: opened.value, store, run: run.value, side: side.value },
      closing: () => closingEffects(project, held, request, target.value),
    },
    prepared.value,
  );
  return mapped(carried, (outcome) => ({ ...outcome, warnings: [...warnings, ...outcome.warnings] }));
}

function allowedInto(
  { into, wishes, planHash }: RestoreRequest,
  primary: Environment,
): Result<undefined, RestoreFailure> {
  const { mode, only } = wishes;
  if (into.kind === "new" || into.id !== primary.id) return succeeded(undefined);
  if (mode === "mirror") return failed(PRIMARY_MIRROR);
  if (only.length === 0) return failed(PRIMARY_NEEDS_SCOPE);
  return isNarrow(wishes) || planHash !== undefined ? succeeded(undefined) : failed(PRIMARY_NEEDS_PLAN);
}

/**
 * Begins a run that forks, or goes on with one: before the fork, so that whoever goes on knows whose it is. A plan that
 * was looked at is held against the primary before that.
 */
async function beginNew(
  { host, store, tell }: Held,
  request: RestoreRequest,
  opened: Opened,
  unfinished: KeptRun | undefined,
): Promise<Result<KeptRun, RestoreFailure>> {
  const { into, wishes, planHash } = request;
  const { listed, primary, sides, from } = opened;
  if (unfinished !== undefined) return succeeded(unfinished);
  if (listed.some(({ id }) => id === into.id)) return failed(await takenName(store, into.id));
  if (planHash !== undefined) {
    const side = await sides.environment(primary);
    if (!side.ok) return side;
    const planned = await planRestore(from, side.value, wishes, identityOf(from, into, primary));
    if (!planned.ok) return planned;
    if (planned.value.plan.hash !== planHash) return failed(destinationChanged(planned.value.plan.hash));
  }
  const begun = await beginRun(store, host, request, opened);
  if (!begun.ok) return begun;
  const { id } = begun.value.current();
  const told = await tell({ run: id, unfinished: id });
  return told.ok ? begun : told;
}

/** Ends a run whose sandbox DatoCMS has refused to make, so that nobody is told to go on with it. */
async function endedWithout<T>(
  { host, tell }: Held,
  run: KeptRun,
  target: Extract<Result<T, RestoreFailure>, { ok: false }>,
): Promise<Result<never, RestoreFailure>> {
  if (!run.current().makesTarget || target.failure.cause !== "ENVIRONMENT_LIMIT_REACHED") return target;
  const ended = await endUnwritten(run, host.clock);
  const told = ended.ok ? await tell({ unfinished: null }) : ended;
  return told.ok ? target : told;
}

/** What loosened validators are put back with after whatever has ended the rest. */
async function closingEffects(
  project: Project,
  { closing }: Held,
  { callsPerSecond }: RestoreRequest,
  target: Environment,
): Promise<Result<ClosingEffects, RestoreFailure>> {
  const sides = createSides(project, closing, callsPerSecond);
  if (!sides.ok) return sides;
  const side = await sides.value.environment(target);
  return mapped(side, ({ reader }) => ({ reader, writes: sides.value.writes(target.id) }));
}

/** What an earlier attempt of a run has noted. */
async function notedBy(store: Store, run: RestoreRun | undefined): Promise<Result<Noted, RestoreFailure>> {
  const entries = run === undefined ? succeeded([]) : await journalIn(store, run.id).entries();
  const first = run === undefined ? succeeded(undefined) : await firstPlanIn(store, run.id);
  if (!first.ok) return first;
  return mapped(entries, (all) => ({
    ...begunIn(all),
    isFull: (run?.schemaPlan ?? null) !== null,
    left: run?.left.records ?? {},
    deletes: new Set(run?.deletes ?? []),
    first: first.value,
  }));
}

/** Of single records and uploads the journal holds all that is changed. */
function needsSafety({ wishes, withoutSafety = false }: RestoreRequest, { primary }: Environment): boolean {
  return primary && !isNarrow(wishes) && !withoutSafety;
}

/** What a run has made, and what the records were that it has changed. */
function begunIn(entries: readonly JournalEntry[]): Omit<Begun, "isFull"> {
  const made = new Set<string>();
  const before = new Map<string, RecordLine>();
  for (const entry of entries) {
    if (entry.what !== "record") continue;
    const line = entry.before === null ? undefined : recordLineFrom(formatJson(entry.before));
    if (line === undefined) made.add(entry.id);
    else before.set(entry.id, line);
  }
  return { made, before };
}

/**
 * Notes the target, what the plan saw, and what the run creates and deletes of the schema: a run that is gone on with
 * keeps to that.
 */
async function prepare(
  store: Store,
  run: KeptRun,
  { id, createdAt, primary }: Environment,
  planned: PlannedRestore,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const { schema } = planned;
  const known = run.current().schemaPlan;
  const schemaPlan = known ?? {
    create: [...(schema?.plan.create ?? [])],
    delete: [...(schema?.plan.delete ?? [])],
  };
  const target = { id, createdAt: new Date(createdAt).toISOString(), primary };
  const deletes = planned.plan.records.filter((each) => each.do === "delete").map(({ id: each }) => each);
  // The run's file says that it has begun, so what it is held against is kept before that.
  const kept = known === null ? await keepForLater(store, run.current().id, planned) : succeeded(undefined);
  if (!kept.ok) return kept;
  const noted = await run.change({
    target,
    schemaPlan,
    deletes: known === null ? deletes : run.current().deletes,
  });
  if (!noted.ok) return noted;
  if (schema === undefined) return succeeded(planned);
  return succeeded({ ...planned, schema: { ...schema, plan: { ...schema.plan, ...schemaPlan } } });
}

async function keepForLater(
  store: Store,
  runId: string,
  planned: PlannedRestore,
): Promise<Result<void, RestoreFailure>> {
  const plan = await keepFirstPlan(store, runId, planned);
  if (!plan.ok || planned.schema === undefined) return plan;
  return keepWantedSchema(store, runId, planned.schema.desired);
}

async function targetOf(
  project: Project,
  host: RestoreHost,
  { into, onProgress }: RestoreRequest,
  { listed, primary }: Opened,
  startedAt: string | undefined,
): Promise<Result<Environment, RestoreFailure>> {
  if (into.kind === "existing") return readyEnvironment(listed, into.id);
  const since = Date.parse(startedAt ?? "");
  return forkAndWait(project, host, { source: primary.id, id: into.id, since }, (done) =>
    onProgress({ what: "fork", done, total: 100 }),
  );
}
