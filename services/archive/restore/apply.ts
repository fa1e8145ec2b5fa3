import type { Clock } from "../../../utils/clock.ts";
import { type Result, succeeded } from "../../../utils/failures.ts";
import type { ContentWrites } from "../../sources/datocms/contentWrites.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { noteReferrers } from "./affected.ts";
import { schemaAfter, schemaBefore } from "./applySchema.ts";
import type { Left } from "./left.ts";
import { linkableFrom } from "./linkable.ts";
import { hashOfRecord } from "./plan.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { arrangeRecords, isArranged } from "./records/arrange.ts";
import type { RecordRestore } from "./records/context.ts";
import { documentOf, versionOf } from "./records/line.ts";
import { removeRecords } from "./records/remove.ts";
import { restoreRecords } from "./records/restore.ts";
import { isNarrow } from "./scope.ts";
import type { EnvironmentSide, Side } from "./side.ts";
import type { UploadsContext } from "./uploads/context.ts";
import { uploadTargetOf } from "./uploads/line.ts";
import { deleteUploads } from "./uploads/remove.ts";
import { restoreUploads } from "./uploads/restore.ts";
import type { Journal, JournalEntry, Refused, RestoreFailure, Warning } from "./words.ts";

/** What a plan is carried out with. */
export interface ApplyContext {
  readonly from: Side;
  readonly into: EnvironmentSide;
  readonly writes: ContentWrites;
  readonly journal: Journal;
  /** What earlier attempts of the same run have noted. */
  readonly earlier: readonly JournalEntry[];
  readonly clock: Clock;
  /** Speaks with the storage that takes files. */
  readonly fetch: typeof fetch;
  /** See `RecordRestore`. */
  readonly loosen: RecordRestore["loosen"];
  /** Puts loosened validators back. */
  readonly tighten: () => Promise<Result<readonly Refused[], RestoreFailure>>;
  /** See `RecordRestore`. */
  readonly onRead: RecordRestore["onRead"];
  /** Fails where the target is no longer the environment that the restore began with. */
  readonly isSame: () => Promise<Result<void, RestoreFailure>>;
  readonly onProgress: (progress: ApplyProgress) => void;
}

/** How far a restore is. */
export interface ApplyProgress {
  readonly what: "schema" | "uploads" | "records";
  readonly done: number;
  readonly total: number;
}

/** What was restored: all of it was read again and seen to be as it was to be. */
export interface Applied {
  readonly records: readonly string[];
  readonly uploads: readonly string[];
  /** Things of the schema. */
  readonly schema: readonly string[];
  readonly refused: readonly Refused[];
  readonly warnings: readonly Warning[];
  readonly left: Left;
}

/**
 * Carries a plan out: what of the schema content needs, then uploads, records and deletions, then the rest of the
 * schema. Does nothing that is done already, so it may be called again after whatever happened.
 *
 * @returns a failure where nothing more can be read or written; what cannot be restored alone is in `refused`
 */
export async function applyPlan(
  context: ApplyContext,
  planned: PlannedRestore,
): Promise<Result<Applied, RestoreFailure>> {
  const { plan } = planned;
  const before = await schemaBefore(context, planned);
  if (!before.ok) return before;
  const schema = await context.into.reader.schema();
  if (!schema.ok) return schema;
  const same = await context.isSame();
  if (!same.ok) return same;
  const uploads = await uploadsPhase(context, planned, schema.value);
  if (!uploads.ok) return uploads;
  const records = await recordsPhase(context, planned, schema.value, before.value.written.length > 0);
  if (!records.ok) return records;
  const deleted = await deleteUploads(uploads.value.context, plan.uploads.delete);
  if (!deleted.ok) return deleted;
  const tightened = await context.tighten();
  if (!tightened.ok) return tightened;
  const unchanged = await context.isSame();
  if (!unchanged.ok) return unchanged;
  const after = await schemaAfter(context, planned);
  if (!after.ok) return after;
  return succeeded({
    records: records.value.restored,
    uploads: [...uploads.value.restored, ...deleted.value.deleted],
    schema: [...new Set([...before.value.written, ...after.value.written])],
    refused: [
      ...planned.refused,
      ...after.value.refused,
      ...tightened.value,
      ...uploads.value.refused,
      ...deleted.value.refused,
      ...records.value.refused,
    ],
    warnings: after.value.warnings,
    left: { records: records.value.left, uploads: uploads.value.left },
  });
}

interface UploadsDone {
  readonly context: UploadsContext;
  readonly restored: readonly string[];
  readonly refused: readonly Refused[];
  readonly left: Left["uploads"];
}

async function uploadsPhase(
  { from, into, writes, journal, earlier, clock, fetch }: ApplyContext,
  { plan, uploads }: PlannedRestore,
  schema: Schema,
): Promise<Result<UploadsDone, RestoreFailure>> {
  const context: UploadsContext = {
    reader: into.reader,
    writes,
    journal,
    clock,
    fetch,
    files: [from.files],
    target: uploadTargetOf(schema.site),
    withCreators: true,
  };
  const restored = await restoreUploads(context, { wanted: uploads, mode: plan.wishes.mode, earlier });
  if (!restored.ok) return restored;
  const { created, changed, refused, left } = restored.value;
  return succeeded({ context, restored: [...created, ...changed], refused, left: Object.fromEntries(left) });
}

interface RecordsDone {
  readonly restored: readonly string[];
  readonly refused: readonly Refused[];
  readonly left: Left["records"];
}

async function recordsPhase(
  context: ApplyContext,
  planned: PlannedRestore,
  schema: Schema,
  schemaChanged: boolean,
): Promise<Result<RecordsDone, RestoreFailure>> {
  const { into, writes, journal, clock, loosen, onProgress } = context;
  const { plan } = planned;
  const idsThat = (what: string) => plan.records.filter((each) => each.do === what).map(({ id }) => id);
  const [created, changed, deleted] = [idsThat("create"), idsThat("change"), idsThat("delete")];
  const wanted = await planned.wanted([...created, ...changed]);
  if (!wanted.ok) return wanted;
  // A schema that changes rewrites records.
  const seen = await (schemaChanged ? into.lines(changed) : planned.seen(changed));
  if (!seen.ok) return seen;
  const linkable = await linkableFrom(into, [...wanted.value.values()], schema);
  if (!linkable.ok) return linkable;
  const restore: RecordRestore = {
    reader: into.reader,
    writes,
    journal,
    clock,
    schema,
    comparing: planned.comparing,
    ...linkable.value,
    loosen,
    ...(context.onRead && { onRead: context.onRead }),
    onProgress: (done, total) => onProgress({ what: "records", done, total }),
  };
  const first = await restoreRecords(restore, wanted.value, seen.value);
  if (!first.ok) return first;
  const doomed = await into.lines(deleted);
  if (!doomed.ok) return doomed;
  const still = deleted.length > 0 ? await context.isSame() : succeeded(undefined);
  if (!still.ok) return still;
  // What somebody has edited since the plan was made stays.
  const plannedHash = new Map(plan.records.map(({ id, hash }) => [id, hash]));
  const [asPlanned, others] = parted([...doomed.value.values()], (line) =>
    isDeletable(line, plannedHash, schemaChanged),
  );
  // A plan of everything has all that link to what goes.
  const isPart = plan.wishes.only.length > 0;
  const linking = await noteReferrers({ into, journal, schema }, isPart ? asPlanned : []);
  if (!linking.ok) return linking;
  const removed = await removeRecords({ reader: into.reader, writes, journal }, asPlanned);
  if (!removed.ok) return removed;
  // What went may have stood in the way.
  const isFreer = removed.value.removed.length > 0 && first.value.refused.length > 0;
  const restored = isFreer ? await restoreRecords(restore, wanted.value, first.value.seen) : first;
  if (!restored.ok) return restored;
  const placed = await placesPhase(
    context,
    planned,
    schema,
    new Set([...created.filter((id) => !seen.value.has(id)), ...planned.made]),
  );
  if (!placed.ok) return placed;
  // Moves may make versions.
  const arranged = plan.records.filter(
    ({ model, do: what }) => what !== "delete" && isArranged(schema, model),
  );
  const after = await into.lines(arranged.map(({ id }) => id));
  if (!after.ok) return after;
  return succeeded({
    restored: [...restored.value.equal, ...removed.value.removed],
    refused: [
      ...restored.value.refused,
      ...removed.value.refused,
      ...placed.value,
      ...others.map(({ id }): Refused => ({ what: "record", id, ...EDITED_SINCE })),
    ],
    left: leftOf([...restored.value.seen.values(), ...after.value.values()], removed.value.removed),
  });
}

const EDITED_SINCE = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has edited the record since the plan was made, so it was not deleted.",
};

/** A schema that was changed on the way has rewritten values, so there the plan's hash says nothing. */
function isDeletable(
  line: RecordLine,
  planned: ReadonlyMap<string, string>,
  schemaChanged: boolean,
): boolean {
  return schemaChanged || planned.get(line.id) === hashOfRecord(undefined, line);
}

function parted<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

/** Brings back the order of lists and trees: in a plan that changes what is there of all, else of what was created. */
async function placesPhase(
  { from, into, writes, journal }: ApplyContext,
  { plan }: PlannedRestore,
  schema: Schema,
  created: ReadonlySet<string>,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  const isFree = plan.wishes.mode !== "add" && !isNarrow(plan.wishes);
  const refused: Refused[] = [];
  const noted = async (ids: readonly string[]) => {
    const lines = await into.lines(ids);
    if (!lines.ok) return lines;
    const entries = [...lines.value.values()].map((line) => ({
      what: "record",
      id: line.id,
      before: documentOf(line),
    }));
    return journal.note(entries);
  };
  for (const model of new Set(plan.records.map((each) => each.model))) {
    if (!isArranged(schema, model)) continue;
    const wanted = await from.places(model);
    if (!wanted.ok) return wanted;
    const movable = isFree ? undefined : created;
    const arranged = await arrangeRecords(
      { reader: into.reader, writes, noted },
      model,
      wanted.value,
      movable,
    );
    if (!arranged.ok) return arranged;
    refused.push(...arranged.value);
  }
  return succeeded(refused);
}

/** @param lines later ones count */
function leftOf(lines: readonly RecordLine[], removed: readonly string[]): Record<string, string | null> {
  return {
    ...Object.fromEntries(lines.map((line) => [line.id, versionOf(line) ?? null])),
    ...Object.fromEntries(removed.map((id) => [id, null])),
  };
}
