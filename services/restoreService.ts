import { failed, mapped, type Result, succeeded } from "../utils/failures.ts";
import type { FiredEvents } from "./archive/restore/events.ts";
import type { RestorePlan } from "./archive/restore/plan.ts";
import { type PlannedRestore, planRestore, planWide } from "./archive/restore/planRestore.ts";
import { type RestoreRun, restoreRunsIn } from "./archive/restore/runFile.ts";
import type { Wishes } from "./archive/restore/scope.ts";
import type { SearchResult } from "./archive/restore/search.ts";
import type { Side } from "./archive/restore/side.ts";
import { KEPT_MS } from "./archive/restore/sweep.ts";
import type { Refused, RestoreFailure } from "./archive/restore/words.ts";
import type { Project } from "./project.ts";
import { restoreAlone } from "./restoreAlone.ts";
import { applyRestore } from "./restoreApplying.ts";
import { takenName } from "./restoreBeginning.ts";
import { eventsOf } from "./restoreGates.ts";
import { recorded } from "./restoreHistory.ts";
import { identityOf, openSource, seesEverything, sideOf } from "./restoreOpening.ts";
import type { RestoreOutcome, RestoreRequest } from "./restoreRequest.ts";
import { findRecords, type SearchRequest } from "./restoreSearch.ts";
import { openRunsStore, type RestoreHost, readyEnvironment, type SourceName } from "./restoreSides.ts";
import { type Undone, undoRestore } from "./restoreUndo.ts";

export { isEmpty as isEmptyPlan, type RestorePlan } from "./archive/restore/plan.ts";
export type { RestoreRun } from "./archive/restore/runFile.ts";
export { SCOPES, type Scope, scopeFrom, type Wishes } from "./archive/restore/scope.ts";
export { searchQueryFrom } from "./archive/restore/searchQuery.ts";
export type { ValueChange } from "./archive/restore/valueChanges.ts";
export type { Refused, RestoreFailure, Warning } from "./archive/restore/words.ts";
export { MODES, type Mode } from "./archive/restore/words.ts";
export type { RestoreOutcome, RestoreProgress, RestoreRequest } from "./restoreRequest.ts";
export type { RestoreHost, SourceName } from "./restoreSides.ts";
export { type TargetName, targetFrom } from "./restoreTarget.ts";

/** Until when a restore can be taken back, ms since the epoch; undefined where it cannot be now. Pure. */
export function undoUntil({ endedAt, undoneAt, target }: RestoreRun): number | undefined {
  return endedAt === null || undoneAt !== null || target === undefined
    ? undefined
    : Date.parse(endedAt) + KEPT_MS;
}

/** A plan, and what names its models. */
export interface Preview {
  readonly plan: RestorePlan;
  /** API keys by model id. */
  readonly models: ReadonlyMap<string, string>;
  readonly refused: readonly Refused[];
  /** What webhooks would hear of; undefined where that is not asked, or not to be seen. */
  readonly events?: FiredEvents | undefined;
}

/** The verbs of restores. None throws because of DatoCMS or a store: a failure is a value. */
export interface RestoreService {
  /** What would change. Writes nothing. */
  preview(request: RestoreRequest): Promise<Result<Preview, RestoreFailure>>;
  /** Restores; the same request goes on with what was begun. */
  apply(request: RestoreRequest): Promise<Result<RestoreOutcome, RestoreFailure>>;
  /** Takes a restore back. */
  undo(id: string, callsPerSecond: number): Promise<Result<Undone, RestoreFailure>>;
  /** The newest first. */
  runs(): Promise<Result<readonly RestoreRun[], RestoreFailure>>;
  /** Finds records in an archive or an environment. Writes nothing. */
  find(request: SearchRequest): Promise<Result<SearchResult, RestoreFailure>>;
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
    apply: (request) =>
      restoreAlone(project, host, { verb: "apply", into: request.into.id, run: null }, (held) =>
        recorded(held.host, request, () => applyRestore(project, held, request)),
      ),
    undo: (id, callsPerSecond) => undoRestore(project, host, id, callsPerSecond),
    async runs() {
      const store = await openRunsStore(host);
      return store.ok ? restoreRunsIn(store.value).list() : store;
    },
    find: (request) => findRecords(project, host, request),
    diff: (one, other, callsPerSecond) => diff(project, host, one, other, callsPerSecond),
  };
}

async function preview(
  project: Project,
  host: RestoreHost,
  request: RestoreRequest,
): Promise<Result<Preview, RestoreFailure>> {
  const { into, wishes } = request;
  const opened = await openSource(project, host, request);
  if (!opened.ok) return opened;
  const { sides, from, listed, primary } = opened.value;
  if (into.kind === "new" && listed.some(({ id }) => id === into.id)) {
    const store = await openRunsStore(host);
    return store.ok ? failed(await takenName(store.value, into.id)) : store;
  }
  const target = into.kind === "new" ? succeeded(primary) : readyEnvironment(listed, into.id);
  if (!target.ok) return target;
  const side = await sides.environment(target.value);
  if (!side.ok) return side;
  const seen = await seesEverything(side.value);
  if (!seen.ok) return seen;
  const planned = await planRestore(from, side.value, wishes, identityOf(from, into, target.value));
  if (!planned.ok) return planned;
  const written = { id: into.id, isPrimary: into.kind === "existing" && target.value.primary };
  const events = await eventsOf(planned.value, side.value, written);
  if (!events.ok) return events;
  const shown = await previewOf(planned.value, into.id, from, side.value);
  return mapped(shown, (preview) => ({ ...preview, events: events.value }));
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

async function diff(
  project: Project,
  host: RestoreHost,
  one: SourceName,
  other: SourceName | undefined,
  callsPerSecond: number,
): Promise<Result<Preview, RestoreFailure>> {
  const opened = await openSource(project, host, { source: one, callsPerSecond });
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
