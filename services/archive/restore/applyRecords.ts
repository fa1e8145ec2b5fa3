import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { noteReferrers } from "./affected.ts";
import type { ApplyContext } from "./apply.ts";
import { type Left, versionsOf } from "./left.ts";
import { linkableFrom } from "./linkable.ts";
import { hashOfRecord, type PlannedRecord } from "./plan.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { arrangeRecords, isArranged } from "./records/arrange.ts";
import { documentOf } from "./records/line.ts";
import { MOST_AT_ONCE, type PortionsDone, restorePortions, retriable } from "./records/portions.ts";
import { removeRecords } from "./records/remove.ts";
import { isNarrow } from "./scope.ts";
import type { JournalEntry, Refused, RestoreFailure } from "./words.ts";

/** What was done to records. */
export interface RecordsDone {
  readonly restored: readonly string[];
  readonly refused: readonly Refused[];
  readonly left: Left["records"];
}

/**
 * Restores the records of a plan, deletes those that it deletes, and puts them into their order. A portion of them is in
 * memory at a time.
 *
 * @param schemaChanged whether the schema was changed on the way here, which rewrites records
 */
export async function applyRecords(
  context: ApplyContext,
  planned: PlannedRestore,
  schema: Schema,
  schemaChanged: boolean,
): Promise<Result<RecordsDone, RestoreFailure>> {
  const { into, writes, journal, clock, loosen, onProgress } = context;
  const mostAtOnce = context.recordsAtOnce ?? MOST_AT_ONCE;
  const { records } = planned.plan;
  const idsThat = (what: PlannedRecord["do"]) =>
    records.filter((each) => each.do === what).map(({ id }) => id);
  const [created, changed] = [idsThat("create"), new Set(idsThat("change"))];
  const ids = await planned.ordered([...created, ...changed]);
  if (!ids.ok) return ids;
  const portioned = {
    restore: {
      reader: into.reader,
      writes,
      journal,
      clock,
      schema,
      comparing: planned.comparing,
      loosen,
      ...(context.onRead && { onRead: context.onRead }),
      onProgress: (done: number, total: number) => onProgress({ what: "records", done, total }),
    },
    linkable: (lines: Parameters<typeof linkableFrom>[1]) => linkableFrom(into, lines, schema),
    wanted: planned.wanted,
    seen: (some: readonly string[]) => {
      const known = some.filter((id) => changed.has(id));
      return schemaChanged ? into.lines(known) : planned.seen(known);
    },
    now: into.lines,
    mostAtOnce,
  };
  const first = await restorePortions(portioned, ids.value);
  if (!first.ok) return first;
  const removed = await removePlanned(context, planned, schema, schemaChanged, mostAtOnce);
  if (!removed.ok) return removed;
  // What went may have stood in the way.
  const open = retriable(first.value.refused);
  const isFreer = removed.value.removed.length > 0 && open.length > 0;
  const restored = isFreer ? await restorePortions(portioned, open, first.value) : first;
  if (!restored.ok) return restored;
  const movable = new Set([...created, ...planned.made]);
  const placed = await placesPhase(context, planned, schema, movable, mostAtOnce);
  if (!placed.ok) return placed;
  const left = await leftBy(context, planned, schema, restored.value, removed.value.removed);
  if (!left.ok) return left;
  return succeeded({
    restored: [...restored.value.equal, ...removed.value.removed],
    refused: [...restored.value.refused.values(), ...removed.value.refused, ...placed.value],
    left: left.value,
  });
}

/** Deletes what the plan deletes, unless somebody has edited it since: that stays. */
async function removePlanned(
  { into, writes, journal, isSame }: ApplyContext,
  { plan }: PlannedRestore,
  schema: Schema,
  schemaChanged: boolean,
  mostAtOnce: number,
): Promise<
  Result<{ readonly removed: readonly string[]; readonly refused: readonly Refused[] }, RestoreFailure>
> {
  const doomed = plan.records.filter((each) => each.do === "delete");
  if (doomed.length === 0) return succeeded({ removed: [], refused: [] });
  const plannedHash = new Map(doomed.map(({ id, hash }) => [id, hash]));
  const asPlanned: string[] = [];
  const edited: Refused[] = [];
  // All are looked at before the first one goes: with it go the links of others.
  for (const portion of portionsOf([...plannedHash.keys()], mostAtOnce)) {
    const lines = await into.lines(portion);
    if (!lines.ok) return lines;
    // A schema that was changed on the way has rewritten values, so there the plan's hash says nothing.
    const unchanged = [...lines.value.values()].filter(
      (line) => schemaChanged || plannedHash.get(line.id) === hashOfRecord(undefined, line),
    );
    const noted = await journal.note(unchanged.map(entryOf));
    if (!noted.ok) return noted;
    const known = new Set(unchanged.map(({ id }) => id));
    asPlanned.push(...known);
    for (const id of lines.value.keys())
      if (!known.has(id)) edited.push({ what: "record", id, ...EDITED_SINCE });
  }
  const same = await isSame();
  if (!same.ok) return same;
  // A plan of everything has all that link to what goes.
  const isPart = plan.wishes.only.length > 0;
  const goes = new Set(asPlanned);
  const linking = await noteReferrers(
    { into, journal, schema },
    isPart ? doomed.filter(({ id }) => goes.has(id)) : [],
  );
  if (!linking.ok) return linking;
  const gone = await removeRecords({ reader: into.reader, writes }, asPlanned);
  return mapped(gone, ({ removed, refused }) => ({ removed, refused: [...refused, ...edited] }));
}

const EDITED_SINCE = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has edited the record since the plan was made, so it was not deleted.",
};

/** Brings back the order of lists and trees: in a plan that changes what is there of all, else of what was created. */
async function placesPhase(
  { from, into, writes, journal }: ApplyContext,
  { plan }: PlannedRestore,
  schema: Schema,
  created: ReadonlySet<string>,
  mostAtOnce: number,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  const isFree = plan.wishes.mode !== "add" && !isNarrow(plan.wishes);
  const refused: Refused[] = [];
  const noted = async (ids: readonly string[]) => {
    for (const portion of portionsOf(ids, mostAtOnce)) {
      const lines = await into.lines(portion);
      if (!lines.ok) return lines;
      const kept = await journal.note([...lines.value.values()].map(entryOf));
      if (!kept.ok) return kept;
    }
    return succeeded(undefined);
  };
  for (const model of new Set(plan.records.map((each) => each.model))) {
    if (!isArranged(schema, model)) continue;
    const wanted = await from.places(model);
    if (!wanted.ok) return wanted;
    const movable = isFree ? undefined : created;
    const arranging = { reader: into.reader, writes, noted };
    const arranged = await arrangeRecords(arranging, model, wanted.value, movable);
    if (!arranged.ok) return arranged;
    refused.push(...arranged.value);
  }
  return succeeded(refused);
}

function entryOf(line: RecordLine): JournalEntry {
  return { what: "record", id: line.id, before: documentOf(line) };
}

/** The versions that the run leaves. Those that were moved are read again, as moves may make versions. */
async function leftBy(
  { into }: ApplyContext,
  { plan }: PlannedRestore,
  schema: Schema,
  { left, refused }: PortionsDone,
  removed: readonly string[],
): Promise<Result<Left["records"], RestoreFailure>> {
  const isOthers = (id: string) => refused.get(id)?.code === EDITED_SINCE.code;
  const arranged = plan.records.filter(
    ({ id, model, do: what }) => what !== "delete" && isArranged(schema, model) && !isOthers(id),
  );
  const read = await versionsOf(
    into.reader,
    arranged.map(({ id }) => id),
  );
  if (!read.ok) return read;
  const versions = new Map([...left, ...read.value]);
  for (const id of removed) versions.set(id, null);
  return succeeded(Object.fromEntries(versions));
}
