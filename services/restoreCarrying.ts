import { failed, mapped, type Result, succeeded, valueIn } from "../utils/failures.ts";
import { formatJson, isJsonObject, parsedJson } from "../utils/json.ts";
import { type Applied, applyPlan } from "./archive/restore/apply.ts";
import { journalIn, type KeptJournal } from "./archive/restore/journal.ts";
import { othersIn, stillAsLeft, versionsLeft } from "./archive/restore/left.ts";
import { isEmpty } from "./archive/restore/plan.ts";
import { NOT_BEGUN, type PlannedRestore, planWide } from "./archive/restore/planRestore.ts";
import { isTargetOf, type KeptRun, type RestoreRun } from "./archive/restore/runFile.ts";
import type { SchemaEffects } from "./archive/restore/schema/converge.ts";
import {
  loosenValidators,
  type OriginalValidators,
  tightenValidators,
} from "./archive/restore/schema/loosen.ts";
import { loosenLocales, tightenLocales } from "./archive/restore/schema/loosenLocales.ts";
import { isNarrow, type Wishes } from "./archive/restore/scope.ts";
import type { EnvironmentSide, Side } from "./archive/restore/side.ts";
import type { Refused, RestoreFailure } from "./archive/restore/words.ts";
import { leftLoose, targetReplaced } from "./restoreFailures.ts";
import type { Opened } from "./restoreOpening.ts";
import type { RestoreOutcome, RestoreRequest } from "./restoreRequest.ts";
import type { RestoreHost } from "./restoreSides.ts";
import type { ContentReader } from "./sources/datocms/contentReader.ts";
import type { Store } from "./stores/store.ts";

/** A restore whose plan is made, and what it is carried out with. */
export interface CarryingOut {
  readonly host: RestoreHost;
  readonly request: RestoreRequest;
  readonly opened: Opened;
  readonly store: Store;
  readonly run: KeptRun;
  readonly side: EnvironmentSide;
  /** For what has to be put back although somebody has interrupted the rest. */
  readonly closing: () => Promise<Result<ClosingEffects, RestoreFailure>>;
}

export type ClosingEffects = Pick<SchemaEffects, "reader" | "writes">;

/** Carries a plan out, looks once more, and notes how it ended. */
export async function carryOut(
  { host, request, opened, store, run, side, closing }: CarryingOut,
  planned: PlannedRestore,
): Promise<Result<RestoreOutcome, RestoreFailure>> {
  const { from, sides } = opened;
  const journal = journalIn(store, run.current().id);
  const earlier = await journal.entries(({ what }) => what !== "record");
  if (!earlier.ok) return earlier;
  const writes = sides.writes(side.name);
  const effects = { reader: side.reader, writes, journal, clock: host.clock };
  const isPrimary = side.name === opened.primary.id;
  const isSame = () => isSameTarget(side, run.current());
  let asLeft: ReadonlySet<string> = new Set();
  const applied = await applyPlan(
    {
      from,
      into: side,
      writes,
      journal,
      earlier: earlier.value,
      clock: host.clock,
      fetch: host.fetch,
      loosen: isPrimary
        ? undefined
        : async (models) => {
            const same = await isSame();
            return same.ok ? loosen(effects, run, models) : same;
          },
      tighten: () => tighten(effects, run.current()),
      onRead: run.noteLeft,
      versionLeft: (id) => run.current().left.records[id],
      onMove: (ids) => run.change({ moved: [...new Set([...run.current().moved, ...ids])] }),
      onSchemaAfter: async () => {
        const looked = await asLeftOf(run.current(), journal, side.reader, planned);
        if (looked.ok) asLeft = looked.value;
        return looked.ok ? succeeded(undefined) : looked;
      },
      isSame,
      onProgress: request.onProgress,
      recordsAtOnce: host.recordsAtOnce,
    },
    planned,
  );
  if (!applied.ok) {
    // Whoever goes on may never come.
    if (!isLoose(run.current())) return applied;
    const last = await closing();
    const tightened = last.ok ? await tighten({ ...effects, ...last.value }, run.current()) : last;
    const isTight = tightened.ok && tightened.value.length === 0;
    return isTight ? applied : failed(leftLoose(applied.failure, valueIn(tightened) ?? []));
  }
  const proof = await prove(from, side, request.wishes, planned, applied.value);
  if (!proof.ok) return proof;
  const refused = proof.value;
  const { records, uploads, schema, warnings } = applied.value;
  const isRefused = new Set(refused.map(({ id }) => id));
  const equal = (ids: readonly string[]) => ids.filter((id) => !isRefused.has(id)).length;
  const counts = { records: equal(records), uploads: equal(uploads), schema: schema.length };
  const left = await leftBy(applied.value, run.current(), journal, side.reader, asLeft);
  if (!left.ok) return left;
  const now = await side.reader.environment();
  if (!now.ok) return now;
  const { lastChangeAt = now.value.createdAt } = now.value;
  const ended = await run.change({
    endedAt: new Date(host.clock.now()).toISOString(),
    leftAt: new Date(lastChangeAt).toISOString(),
    applied: counts,
    refused: [...refused],
    left: left.value,
  });
  if (!ended.ok) return ended;
  const { id, into } = run.current();
  const calls = writes.calls() + side.reader.calls();
  return succeeded({ id, into, applied: counts, refused, warnings, calls });
}

/** What the restore has left, with what changed though nobody wrote it. */
async function leftBy(
  { left, refused }: Applied,
  run: RestoreRun,
  journal: KeptJournal,
  reader: ContentReader,
  asLeft: ReadonlySet<string>,
): Promise<Result<RestoreRun["left"], RestoreFailure>> {
  const known = { ...run.left.records, ...left.records };
  const ids = await journal.ids("record");
  if (!ids.ok) return ids;
  const isOthers = othersIn(refused);
  const noted = ids.value.filter((id) => !isOthers.has(id));
  const versions = await versionsLeft(reader, noted, known, asLeft);
  return mapped(versions, (records) => ({
    records: { ...known, ...records },
    uploads: { ...run.left.uploads, ...left.uploads },
  }));
}

/** Records that are as the run left them before the schema rewrites them once more: what makes versions then is it. */
async function asLeftOf(
  { left }: RestoreRun,
  journal: KeptJournal,
  reader: ContentReader,
  { schema }: PlannedRestore,
): Promise<Result<ReadonlySet<string>, RestoreFailure>> {
  const noted = await journal.ids("record");
  if (!noted.ok) return noted;
  return stillAsLeft(reader, noted.value, left.records, new Set(schema?.plan.touches));
}

/** Somebody may have promoted or replaced an environment meanwhile. */
async function isSameTarget(
  { reader, name }: EnvironmentSide,
  run: RestoreRun,
): Promise<Result<void, RestoreFailure>> {
  const now = await reader.environment();
  if (!now.ok) return now;
  const { createdAt, primary } = now.value;
  return isTargetOf(run, { createdAt: Date.parse(createdAt), primary })
    ? succeeded(undefined)
    : failed(targetReplaced(name));
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
  if (!loosened.ok) return loosened;
  const free = await loosenLocales(effects, models, (ids) => {
    const { loosenedModels: known } = run.current();
    return run.change({ loosenedModels: [...new Set([...known, ...ids])] });
  });
  return mapped(free, (ids) => ids.length + loosened.value.length > 0);
}

async function tighten(
  effects: SchemaEffects,
  run: RestoreRun,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  const fields = await tightenValidators(effects, originalsIn(run));
  if (!fields.ok) return fields;
  const models = await tightenLocales(effects, run.loosenedModels);
  return mapped(models, (refused) => [...fields.value, ...refused]);
}

function isLoose({ loosened, loosenedModels }: RestoreRun): boolean {
  return loosened.length + loosenedModels.length > 0;
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
  const titles = new Map(records.map(({ id, title }) => [id, title]));
  const { schema: entities, uploads, records: left } = again.value.plan;
  const isLeft = (what: string, name: string, id: string, why: string): Refused => ({
    what,
    id,
    code: "NOT_EQUAL",
    sentence: `${name} is not as it was to be afterwards${why}.`,
  });
  const found = [
    ...left.map(({ id, fields = [] }) =>
      isLeft("record", titles.get(id) ?? id, id, ` (${fields.join(", ")})`),
    ),
    ...[...entities.create, ...entities.change, ...entities.delete].map(({ kind, id, name }) =>
      isLeft(kind, name, id, ""),
    ),
    ...[...uploads.create, ...uploads.change, ...uploads.delete].map((id) =>
      isLeft("upload", "The upload", id, ""),
    ),
  ];
  return succeeded([...refused, ...found.filter(({ id }) => !told.has(id))]);
}
