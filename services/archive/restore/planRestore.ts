import { failed, failure, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { canonicalJson, type Json } from "../../../utils/json.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { canonicalHash } from "../canonicalHash.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { leftOut, shown } from "./forgotten.ts";
import { callsOf, type RestorePlan, sealedPlan } from "./plan.ts";
import type { Comparing } from "./records/canonical.ts";
import { referencesIn } from "./records/line.ts";
import { planSingleRecords } from "./records/narrowPlan.ts";
import { planSchema, type SchemaPlan } from "./schema/plan.ts";
import type { SchemaWishes } from "./schema/wishes.ts";
import { idsOf, isNarrow, type Wishes } from "./scope.ts";
import { type EnvironmentSide, type Side, snapshotsOf } from "./side.ts";
import type { UploadLine } from "./uploads/line.ts";
import { planAllUploads, planNeededUploads, planUploads, uploadsOf } from "./uploadsPlan.ts";
import { comparingFor, draftsOf, linkedFirst, planModels } from "./widePlan.ts";
import { schemaWishesFor, wideScopeOf } from "./wideScope.ts";
import type { Documents, Refused, RestoreFailure, Warning } from "./words.ts";

/** A plan, and what it takes to carry it out. */
export interface PlannedRestore {
  readonly plan: RestorePlan;
  readonly comparing: Comparing;
  /** What records are to be, by id. */
  wanted(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** What they were when the plan was made. */
  seen(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** Records in an order in which what they link to comes before them. */
  ordered(ids: readonly string[]): Promise<Result<readonly string[], RestoreFailure>>;
  /** As they are to be: those that the plan creates or changes. */
  readonly uploads: readonly UploadLine[];
  /** What those are, by id, that the plan changes or deletes, as `fingerprintOf` tells it. */
  readonly uploadsSeen: ReadonlyMap<string, string>;
  /** Whether all of the source was seen. */
  readonly isWhole: boolean;
  /** Records that an earlier attempt of the same run has made. */
  readonly made: ReadonlySet<string>;
  /** Undefined where no schema is restored. */
  readonly schema: PlannedSchema | undefined;
  /** What cannot be restored, as is known before anything is tried. */
  readonly refused: readonly Refused[];
}

export interface PlannedSchema {
  readonly desired: Documents;
  readonly wishes: SchemaWishes;
  readonly plan: SchemaPlan;
}

/** What a plan's hash names as source and target, instead of the sides themselves. */
export interface PlanIdentity {
  readonly source: Json;
  readonly target: Json;
}

/** What an earlier attempt of the same run has left behind. */
export interface Begun {
  /** Ids of records that it made: they are finished in every mode. */
  readonly made: ReadonlySet<string>;
  /** What the records were that it has changed. */
  readonly before: ReadonlyMap<string, RecordLine>;
  /** Whether it may have changed the schema: then no row tells whether a record is still as it was. */
  readonly isFull: boolean;
}

export const NOT_BEGUN: Begun = { made: new Set(), before: new Map(), isFull: false };

/** Compares source and target and plans what is to be done. Writes nothing. */
export async function planRestore(
  from: Side,
  into: EnvironmentSide,
  wishes: Wishes,
  identity: PlanIdentity,
  begun = NOT_BEGUN,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const allowed = await mayBeRestored(from, into, wishes);
  if (!allowed.ok) return allowed;
  if (isNarrow(wishes)) return planNarrow(from, into, wishes, identity, begun);
  const planned = await planWide(from, into, wishes, identity, begun);
  return planned.ok && wishes.mode === "mirror" && !planned.value.isWhole ? failed(notWhole(from)) : planned;
}

/** What a schema is, without what changes by itself. */
function stateOf(documents: Documents): string {
  const lists = [...documents].filter(([path]) => path.startsWith("schema/"));
  const states = lists.map(([path, resources]): [string, Json] => {
    const inOrder = resources
      .map(({ id, attributes, relationships = null }) => {
        const { last_data_change_at: _, ...rest } = attributes;
        const state = { id, attributes: rest, relationships };
        return { state, text: canonicalJson(state) };
      })
      .toSorted((one, other) => (one.text < other.text ? -1 : 1));
    return [path, inOrder.map(({ state }) => state)];
  });
  return canonicalHash(Object.fromEntries(states));
}

/** Refuses what would do harm, or cannot be done. */
async function mayBeRestored(
  from: Side,
  into: Side,
  { mode, withShell }: Wishes,
): Promise<Result<undefined, RestoreFailure>> {
  const [source, target] = [await from.schema(), await into.schema()];
  if (!source.ok) return source;
  if (!target.ok) return target;
  if (source.value.site.id !== target.value.site.id) return failed(ANOTHER_PROJECT);
  if (withShell && from.isForeign) return failed(FOREIGN);
  if (mode === "mirror" && from.gaps.length > 0) return failed(incomplete(from));
  return succeeded(undefined);
}

const ANOTHER_PROJECT = failure(
  "ANOTHER_PROJECT",
  "The source is of another DatoCMS project than the target.",
  "A restore goes into the project that the source is of.",
);

const FOREIGN = failure(
  "FOREIGN_ARCHIVE",
  "The archive came as a file and is not signed with this store's key, so no webhooks or build triggers are taken from it.",
  "Leave out --shell, and make them by hand where they are yours.",
);

function incomplete({ name, gaps }: Side) {
  return failure(
    "SOURCE_INCOMPLETE",
    `${name} does not hold all that there was (${gaps.join(", ")}), so a mirror would delete what it only did not see.`,
    "Use --mode overwrite, or another archive.",
    { gaps },
  );
}

function notWhole({ name }: Side) {
  return failure(
    "SOURCE_INCOMPLETE",
    `Somebody changed ${name} while it was read, or DatoCMS did not send all of it, so a mirror might delete too much.`,
    "Run this again, use --mode overwrite, or take an archive.",
  );
}

const NO_SCHEMA = { create: [], change: [], delete: [] };

async function planNarrow(
  from: Side,
  into: EnvironmentSide,
  wishes: Wishes,
  identity: PlanIdentity,
  begun: Begun,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const schema = await into.schema();
  if (!schema.ok) return schema;
  const asked = shown("record", idsOf(wishes, "record"), from.hidden.records);
  const planned = await planSingleRecords(from, into, asked.ids, wishes, begun);
  if (!planned.ok) return planned;
  const { records, wanted, seen, warnings } = planned.value;
  const { ids: named, refused } = shown("upload", idsOf(wishes, "upload"), from.hidden.uploads);
  const needed = uploadsOf([...wanted.values()], schema.value).filter((id) => !named.includes(id));
  const uploads = await planUploads(from, into, wishes.mode, { named, needed }, schema.value);
  if (!uploads.ok) return uploads;
  const missing = await missingLinks(from, into, [...wanted.values()], schema.value);
  if (!missing.ok) return missing;
  const plan = sealedPlan(
    {
      from: from.name,
      into: into.name,
      wishes,
      schema: NO_SCHEMA,
      records,
      unchanged: new Map(),
      uploads: uploads.value.planned,
      warnings: [...warnings, ...missing.value],
      calls: callsOf(records.length, uploads.value.planned, 0),
    },
    { ...identity, rests: { uploads: uploads.value.hash } },
  );
  return succeeded({
    plan,
    comparing: planned.value.comparing,
    wanted: async () => succeeded(wanted),
    seen: async () => succeeded(seen),
    ordered: async (ids) => succeeded(ids),
    uploads: uploads.value.lines,
    uploadsSeen: uploads.value.seen,
    isWhole: true,
    made: begun.made,
    schema: undefined,
    refused: [...asked.refused, ...refused],
  });
}

/** What the records link to that is nowhere: it does not come back unasked. */
async function missingLinks(
  from: Side,
  into: EnvironmentSide,
  lines: readonly RecordLine[],
  schema: Schema,
): Promise<Result<Warning[], RestoreFailure>> {
  const own = new Set(lines.map(({ id }) => id));
  const linked = [...new Set(lines.flatMap((line) => referencesIn(line, schema).records))];
  const others = linked.filter((id) => !own.has(id));
  const there = await into.reader.recordsById(others, "current", false);
  if (!there.ok) return there;
  const found = new Set(there.value.map(({ id }) => id));
  const missing = others.filter((id) => !found.has(id));
  if (missing.length === 0) return succeeded([]);
  const held = await from.lines(missing);
  return mapped(held, (lines) => {
    const ids = missing.filter((id) => lines.has(id));
    if (ids.length === 0) return [];
    const sentence = `It links to records that are not there either; name them to bring them back as well: ${ids.map((id) => `--only record=${id}`).join(" ")}.`;
    return [{ code: "LINKS_MISSING", sentence, ids }];
  });
}

/** Compares all of two sides, or large parts. */
export async function planWide(
  from: Side,
  into: Side,
  wishes: Wishes,
  identity: PlanIdentity,
  { made, isFull } = NOT_BEGUN,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const schema = await from.schema();
  if (!schema.ok) return schema;
  const scope = wideScopeOf(wishes, schema.value);
  if (!scope.ok) return scope;
  const { models, withRecords, withUploads } = scope.value;
  const readModels = withRecords ? models : new Set<string>();
  const sides = await snapshotsOf(from, into, readModels, isFull);
  if (!sides.ok) return sides;
  const { source, target } = sides.value;
  const { mode, isDraft } = wishes;
  const schemaWishes = schemaWishesFor(wishes, scope.value);
  const schemaPlan = planSchema(source.documents, target.documents, schemaWishes);
  const records = withRecords
    ? await planModels(source, target, { mode, models, made, isDraft })
    : succeeded({ records: [], unchanged: new Map<string, number>(), warnings: [] });
  if (!records.ok) return records;
  const uploads = withUploads
    ? await planAllUploads(source, target, mode)
    : await planNeededUploads(
        source,
        target,
        records.value.records.filter((each) => each.do !== "delete").map(({ id }) => id),
      );
  if (!uploads.ok) return uploads;
  const { create, change } = schemaPlan;
  const comparing = comparingFor(source, mode);
  const plan = sealedPlan(
    {
      from: from.name,
      into: into.name,
      wishes,
      schema: { create, change, delete: schemaPlan.delete },
      records: records.value.records,
      unchanged: records.value.unchanged,
      uploads: uploads.value.planned,
      warnings: [...schemaPlan.warnings, ...records.value.warnings, ...leftOut(from.hidden)],
      calls: callsOf(
        records.value.records.length,
        uploads.value.planned,
        create.length + change.length + schemaPlan.delete.length,
      ),
    },
    {
      ...identity,
      rests: {
        uploads: uploads.value.hash,
        schema: [stateOf(source.documents), stateOf(target.documents)],
      },
    },
  );
  return succeeded({
    plan,
    comparing,
    wanted: isDraft ? draftsOf(source, target, comparing) : source.lines,
    seen: target.lines,
    ordered: (ids) => linkedFirst(source, ids),
    uploads: uploads.value.lines,
    uploadsSeen: uploads.value.seen,
    isWhole: source.isWhole,
    made,
    schema: { desired: source.documents, wishes: schemaWishes, plan: schemaPlan },
    refused: schemaPlan.refused,
  });
}
