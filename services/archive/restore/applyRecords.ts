import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { noteReferrers } from "./affected.ts";
import type { ApplyContext } from "./apply.ts";
import { applyPlaces } from "./applyPlaces.ts";
import { contentHashOf } from "./firstPlan.ts";
import { type Left, othersIn } from "./left.ts";
import { linkableFrom } from "./linkable.ts";
import type { PlannedRecord } from "./plan.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { entryOf } from "./records/line.ts";
import { MOST_AT_ONCE, restorePortions, retriable } from "./records/portions.ts";
import { removeRecords } from "./records/remove.ts";
import type { EnvironmentSide } from "./side.ts";
import type { Refused, RestoreFailure } from "./words.ts";

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
  const rewritten = new Set(schemaChanged ? planned.schema?.plan.touches : []);
  const modelOf = new Map(records.map(({ id, model }) => [id, model]));
  const isRewritten = (id: string) => rewritten.has(modelOf.get(id) ?? "");
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
      return schemaChanged ? seenSince(into, planned, known, isRewritten) : planned.seen(known);
    },
    now: into.lines,
    mostAtOnce,
  };
  const first = await restorePortions(portioned, ids.value);
  if (!first.ok) return first;
  const removed = await removePlanned(context, planned, schema, isRewritten, mostAtOnce);
  if (!removed.ok) return removed;
  // What went may have stood in the way.
  const open = retriable(first.value.refused);
  const isFreer = removed.value.removed.length > 0 && open.length > 0;
  const restored = isFreer ? await restorePortions(portioned, open, first.value) : first;
  if (!restored.ok) return restored;
  const refused = [...restored.value.refused.values(), ...removed.value.refused];
  const movable = new Set([...created, ...planned.made]);
  const places = { planned, schema, movable, others: othersIn([...planned.refused, ...refused]), mostAtOnce };
  const placed = await applyPlaces(context, places);
  if (!placed.ok) return placed;
  const left = new Map([...restored.value.left, ...placed.value.left]);
  for (const id of removed.value.removed) left.set(id, null);
  return succeeded({
    restored: [...restored.value.equal, ...removed.value.removed],
    refused: [...refused, ...placed.value.refused],
    left: Object.fromEntries(left),
  });
}

/**
 * Records as the plan saw them, after a change of the schema. It may have made versions of all of them: one that holds
 * the same is told as it is now. What it has rewritten cannot be compared any more.
 */
async function seenSince(
  into: EnvironmentSide,
  planned: PlannedRestore,
  ids: readonly string[],
  isRewritten: (id: string) => boolean,
): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>> {
  const now = await into.lines(ids);
  if (!now.ok) return now;
  const before = await planned.seen(ids.filter((id) => !isRewritten(id)));
  return mapped(before, (lines) => {
    const edited = [...lines].filter(([id, line]) => {
      const found = now.value.get(id);
      return found === undefined || !isAsSeen(found, line);
    });
    return new Map([...now.value, ...edited]);
  });
}

/** Deletes what the plan deletes, unless somebody has edited it since: that stays. */
async function removePlanned(
  { into, writes, journal, isSame }: ApplyContext,
  planned: PlannedRestore,
  schema: Schema,
  isRewritten: (id: string) => boolean,
  mostAtOnce: number,
): Promise<
  Result<{ readonly removed: readonly string[]; readonly refused: readonly Refused[] }, RestoreFailure>
> {
  const { plan } = planned;
  const doomed = plan.records.filter((each) => each.do === "delete");
  if (doomed.length === 0) return succeeded({ removed: [], refused: [] });
  const ids = doomed.map(({ id }) => id);
  const asPlanned: string[] = [];
  const edited: Refused[] = [];
  // All are looked at before the first one goes: with it go the links of others.
  for (const portion of portionsOf(ids, mostAtOnce)) {
    const lines = await into.lines(portion);
    if (!lines.ok) return lines;
    const seen = await planned.seen(portion);
    if (!seen.ok) return seen;
    // Where a schema that was changed on the way has rewritten values, what the plan saw says nothing.
    const unchanged = [...lines.value.values()].filter(
      (line) => isRewritten(line.id) || isAsSeen(line, seen.value.get(line.id)),
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

function isAsSeen(line: RecordLine, seen: RecordLine | undefined): boolean {
  return seen !== undefined && contentHashOf(line) === contentHashOf(seen);
}

const EDITED_SINCE = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has edited the record since the plan was made, so it was not deleted.",
};
