import { failed, mapped, type Result, succeeded } from "../utils/failures.ts";
import { formatJson, isJsonObject, parsedJson } from "../utils/json.ts";
import type { RecordLine } from "./archive/capture/recordIndex.ts";
import { type Applied, applyPlan } from "./archive/restore/apply.ts";
import { journalIn } from "./archive/restore/journal.ts";
import { isEmpty } from "./archive/restore/plan.ts";
import {
  type Begun,
  NOT_BEGUN,
  type PlannedRestore,
  planRestore,
  planWide,
} from "./archive/restore/planRestore.ts";
import { recordLineFrom } from "./archive/restore/records/line.ts";
import type { KeptRun, RestoreRun } from "./archive/restore/runFile.ts";
import type { SchemaEffects } from "./archive/restore/schema/converge.ts";
import {
  loosenValidators,
  type OriginalValidators,
  tightenValidators,
} from "./archive/restore/schema/loosen.ts";
import { isNarrow, type Wishes } from "./archive/restore/scope.ts";
import type { EnvironmentSide, Side } from "./archive/restore/side.ts";
import type { JournalEntry, Refused, RestoreFailure } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import { beginRun, unfinishedRun } from "./restoreBeginning.ts";
import {
  destinationChanged,
  environmentExists,
  PRIMARY_MIRROR,
  PRIMARY_NEEDS_SCOPE,
  targetReplaced,
} from "./restoreFailures.ts";
import { identityOf, type Opened, openSource, seesEverything } from "./restoreOpening.ts";
import type { RestoreOutcome, RestoreRequest } from "./restoreRequest.ts";
import { safetyCopy } from "./restoreSafety.ts";
import { openRunsStore, type RestoreHost, readyEnvironment } from "./restoreSides.ts";
import { forkAndWait, type TargetName } from "./restoreTarget.ts";
import type { Store } from "./stores/store.ts";

const DAY_MS = 24 * 60 * 60_000;

/** Restores; the same request goes on with what was begun. */
export async function applyRestore(
  project: Project,
  host: RestoreHost,
  request: RestoreRequest,
): Promise<Result<RestoreOutcome, RestoreFailure>> {
  const { into, wishes, planHash } = request;
  const opened = await openSource(project, host, request, "full");
  if (!opened.ok) return opened;
  const { primary, listed } = opened.value;
  const allowed = allowedInto(into, wishes, primary);
  if (!allowed.ok) return allowed;
  const store = await openRunsStore(host);
  if (!store.ok) return store;
  const unfinished = await unfinishedRun(store.value, request, opened.value);
  if (!unfinished.ok) return unfinished;
  if (into.kind === "new" && unfinished.value === undefined && listed.some(({ id }) => id === into.id))
    return failed(environmentExists(into.id));
  // Before the fork: whoever goes on must know that it is this run's.
  const first =
    into.kind === "new" && unfinished.value === undefined
      ? await beginRun(store.value, host, request, opened.value)
      : unfinished;
  if (!first.ok) return first;
  const target = await targetOf(project, host, request, opened.value);
  if (!target.ok) return target;
  const known = first.value?.current();
  if (known?.target !== undefined && Date.parse(known.target.createdAt) !== target.value.createdAt)
    return failed(targetReplaced(into.id));
  const side = await opened.value.sides.environment(target.value);
  if (!side.ok) return side;
  const seen = await seesEverything(side.value);
  if (!seen.ok) return seen;
  const earlier = known === undefined ? succeeded([]) : await journalIn(store.value, known.id).entries();
  if (!earlier.ok) return earlier;
  const isResumed = (known?.schemaPlan ?? null) !== null;
  const identity = identityOf(opened.value.from, into, into.kind === "new" ? primary : target.value);
  const begun = { ...begunIn(earlier.value), isFull: isResumed };
  const planned = await planRestore(opened.value.from, side.value, wishes, identity, begun);
  if (!planned.ok) return planned;
  const { hash } = planned.value.plan;
  // What a run has written itself is no change; after a day somebody is to look again.
  const isFresh = isResumed && host.clock.now() - Date.parse(known?.startedAt ?? "") < DAY_MS;
  if (!isFresh && planHash !== undefined && hash !== planHash) return failed(destinationChanged(hash));
  const run = first.value ? succeeded(first.value) : await beginRun(store.value, host, request, opened.value);
  if (!run.ok) return run;
  if (!isResumed && needsSafety(request, target.value)) {
    const safe = await safetyCopy(project, host, primary, run.value.current().id);
    if (!safe.ok) return safe;
  }
  const prepared = await prepare(run.value, target.value, planned.value);
  if (!prepared.ok) return prepared;
  return carryOut(
    { host, request, opened: opened.value, store: store.value, run: run.value, side: side.value },
    prepared.value,
  );
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

/** Notes the target and what the run creates and deletes of the schema: a run that is gone on with keeps to that. */
async function prepare(
  run: KeptRun,
  { id, createdAt }: Environment,
  planned: PlannedRestore,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const { schema } = planned;
  const known = run.current().schemaPlan;
  const schemaPlan = known ?? {
    create: [...(schema?.plan.create ?? [])],
    delete: [...(schema?.plan.delete ?? [])],
  };
  const target = { id, createdAt: new Date(createdAt).toISOString() };
  const noted = await run.change({ target, schemaPlan });
  if (!noted.ok) return noted;
  if (schema === undefined) return succeeded(planned);
  return succeeded({ ...planned, schema: { ...schema, plan: { ...schema.plan, ...schemaPlan } } });
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
  const effects = { reader: side.reader, writes, journal, clock: host.clock };
  const isPrimary = side.name === opened.primary.id;
  const applied = await applyPlan(
    {
      from,
      into: side,
      writes,
      journal,
      earlier: earlier.value,
      clock: host.clock,
      fetch: host.fetch,
      loosen: isPrimary ? undefined : (models) => loosen(effects, run, models),
      tighten: () => tightenValidators(effects, originalsIn(run.current())),
      onProgress: request.onProgress,
    },
    planned,
  );
  if (!applied.ok) {
    // Whoever goes on may never come.
    if (!host.signal?.aborted) await tightenValidators(effects, originalsIn(run.current()));
    return applied;
  }
  const proof = await prove(from, side, request.wishes, planned, applied.value);
  if (!proof.ok) return proof;
  const refused = proof.value;
  const { records, uploads, schema, warnings, left } = applied.value;
  const counts = { records: records.length, uploads: uploads.length, schema: schema.length };
  const now = await side.reader.environment();
  if (!now.ok) return now;
  const { lastChangeAt = now.value.createdAt } = now.value;
  const ended = await run.change({
    endedAt: new Date(host.clock.now()).toISOString(),
    leftAt: new Date(lastChangeAt).toISOString(),
    applied: counts,
    refused: [...refused],
    left: { ...run.current().left, ...left },
  });
  if (!ended.ok) return ended;
  const { id, into } = run.current();
  const calls = writes.calls() + side.reader.calls();
  return succeeded({ id, into, applied: counts, refused, warnings, calls });
}

/** The originals are in the run's file before the first validator is taken off. */
async function loosen(
  effects: SchemaEffects,
  run: KeptRun,
  models: ReadonlySet<string>,
): Promise<Result<boolean, RestoreFailure>> {
  const loosened = await loosenValidators(effects, models, (originals) => {
    const { loosened: known } = run.current();
    const fresh = originals.filter(({ id }) => !known.some((each) => each.id === id));
    const noted = fresh.map(({ id, validators }) => ({ id, validators: formatJson(validators) }));
    return run.change({ loosened: [...known, ...noted] });
  });
  return mapped(loosened, (originals) => originals.length > 0);
}

function originalsIn({ loosened }: RestoreRun): OriginalValidators[] {
  return loosened.flatMap(({ id, validators }) => {
    const parsed = parsedJson(validators);
    return isJsonObject(parsed) ? [{ id, validators: parsed }] : [];
  });
}

/** Compares once more where more than single records were restored: what differs yet is told. */
async function prove(
  from: Side,
  side: EnvironmentSide,
  wishes: Wishes,
  { plan: { records }, made }: PlannedRestore,
  { refused, schema }: Applied,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  if (isNarrow(wishes)) return succeeded(refused);
  const again = await planWide(
    from,
    side,
    wishes,
    { source: null, target: null },
    // A schema that was changed rewrites values that no row shows.
    {
      ...NOT_BEGUN,
      made: new Set([...made, ...records.flatMap(({ id, do: what }) => (what === "create" ? id : []))]),
      isFull: schema.length > 0,
    },
  );
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
