import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { noteReferrers } from "./affected.ts";
import type { ApplyContext } from "./apply.ts";
import { type Left, versionsOf } from "./left.ts";
import { linkableFrom } from "./linkable.ts";
import { hashOfRecord } from "./plan.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { arrangeRecords, isArranged } from "./records/arrange.ts";
import type { RecordRestore, RestoredRecords } from "./records/context.ts";
import { documentOf } from "./records/line.ts";
import { removeRecords } from "./records/remove.ts";
import { restoreRecords } from "./records/restore.ts";
import { isNarrow } from "./scope.ts";
import type { Refused, RestoreFailure } from "./words.ts";

/** What was done to records. */
export interface RecordsDone {
  readonly restored: readonly string[];
  readonly refused: readonly Refused[];
  readonly left: Left["records"];
}

/**
 * Brings records to what they are to be, deletes those that are to go, and puts them in their order.
 *
 * @param schema the target's, by now
 * @param schemaChanged whether this restore has changed it
 */
export async function applyRecords(
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
  const isFreer = removed.value.removed.length > 0;
  const restored = isFreer ? await restoreRefused(restore, wanted.value, first.value) : first;
  if (!restored.ok) return restored;
  const placed = await placesPhase(
    context,
    planned,
    schema,
    new Set([...created.filter((id) => !seen.value.has(id)), ...planned.made]),
  );
  if (!placed.ok) return placed;
  // Moves may make versions.
  const isOthers = new Set(restored.value.refused.filter(isChangedSince).map(({ id }) => id));
  const arranged = plan.records.filter(
    ({ id, model, do: what }) => what !== "delete" && isArranged(schema, model) && !isOthers.has(id),
  );
  const after = await versionsOf(
    into.reader,
    arranged.map(({ id }) => id),
  );
  if (!after.ok) return after;
  return succeeded({
    restored: [...restored.value.equal, ...removed.value.removed],
    refused: [
      ...restored.value.refused,
      ...removed.value.refused,
      ...placed.value,
      ...others.map(({ id }): Refused => ({ what: "record", id, ...EDITED_SINCE })),
    ],
    left: {
      ...Object.fromEntries(restored.value.left),
      ...Object.fromEntries(after.value),
      ...Object.fromEntries(removed.value.removed.map((id) => [id, null])),
    },
  });
}

/** Tries once more what was refused, as what stood in the way may be gone by now. */
async function restoreRefused(
  restore: RecordRestore,
  wanted: ReadonlyMap<string, RecordLine>,
  first: RestoredRecords,
): Promise<Result<RestoredRecords, RestoreFailure>> {
  const [others, stuck] = parted(first.refused, isChangedSince);
  if (stuck.length === 0) return succeeded(first);
  const ids = new Set(stuck.map(({ id }) => id));
  const lines = new Map([...wanted].filter(([id]) => ids.has(id)));
  const second = await restoreRecords(restore, lines, first.seen);
  return mapped(second, ({ equal, refused, seen, left }) => ({
    equal: [...first.equal, ...equal],
    refused: [...others, ...refused],
    seen: new Map([...first.seen, ...seen]),
    left: new Map([...first.left, ...left]),
  }));
}

function isChangedSince({ code }: Refused): boolean {
  return code === EDITED_SINCE.code;
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
