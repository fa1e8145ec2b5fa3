import type { Failure } from "../../../../utils/failures.ts";
import { failed, failure, type Result, succeeded } from "../../../../utils/failures.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import { hashOfRecord, type PlannedRecord } from "../plan.ts";
import type { Wishes } from "../scope.ts";
import type { Side } from "../side.ts";
import { titleOf } from "../title.ts";
import { valueChanges } from "../valueChanges.ts";
import type { RestoreFailure, Warning } from "../words.ts";
import { type Comparing, fieldsThatDiffer } from "./canonical.ts";
import { asDraft, draftsIn, noDrafts } from "./draft.ts";
import { emptiedFor, fieldsLost, knownSchema } from "./grown.ts";
import { referencesIn } from "./line.ts";
import { type Relink, relink } from "./relink.ts";
import { differenceOf } from "./step.ts";

/** What is to be done with records, and what they are to be. */
export interface RecordsPlan {
  readonly records: readonly PlannedRecord[];
  readonly wanted: ReadonlyMap<string, RecordLine>;
  /** What they are, as far as they are there. */
  readonly seen: ReadonlyMap<string, RecordLine>;
  readonly warnings: readonly Warning[];
  readonly comparing: Comparing;
}

/**
 * Plans to bring back single records. What they link to is not brought back unasked; what linked to them is told.
 *
 * @param from the source
 * @param into the target
 * @param ids of the records
 * @param begun what an earlier attempt of the same run has made and changed: that is finished in every mode
 */
export async function planSingleRecords(
  from: Side,
  into: Side,
  ids: readonly string[],
  wishes: Wishes,
  { made, before }: BegunRecords = { made: new Set(), before: new Map() },
): Promise<Result<RecordsPlan, RestoreFailure>> {
  const lines = await from.lines(ids);
  if (!lines.ok) return lines;
  const absent = ids.find((id) => !lines.value.has(id));
  if (absent !== undefined) return failed(recordNotFound(absent, from.name));
  const [schema, source, seen] = [await into.schema(), await from.schema(), await into.lines(ids)];
  if (!schema.ok) return schema;
  if (!source.ok) return source;
  if (!seen.ok) return seen;
  const homeless = [...lines.value.values()].find(({ model }) => !schema.value.models.has(model));
  if (homeless !== undefined) return failed(modelMissing(homeless, into.name));
  const hasDrafts = draftsIn(schema.value);
  const draftless = [...lines.value.values()].find(({ model }) => wishes.isDraft && !hasDrafts(model));
  if (draftless !== undefined) return failed(noDrafts(draftless.id));
  const isMirror = wishes.mode === "mirror";
  const known = knownSchema(schema.value, source.value, isMirror);
  const comparing: Comparing = { schema: known, locales: undefined };
  const plan = emptyPlan(comparing);
  for (const id of ids) {
    const line = lines.value.get(id);
    if (line === undefined) continue;
    const mode = made.has(id) ? "overwrite" : wishes.mode;
    const wanted = isMirror ? emptiedFor(line, schema.value) : line;
    planOne(plan, wanted, seen.value.get(id), { ...wishes, mode }, comparing);
    const lost = fieldsLost(line, schema.value, source.value);
    const isWritten = plan.wanted.has(id) && lost.length > 0;
    if (isWritten) plan.warnings.push({ code: "FIELDS_MISSING", sentence: lostText(lost), id });
  }
  const back = new Set(ids.filter((id) => made.has(id) || !seen.value.has(id)));
  const stripped = await planReferrers(plan, { from, into, created: back, before }, wishes, comparing);
  return stripped.ok ? succeeded(plan) : stripped;
}

interface BegunRecords {
  readonly made: ReadonlySet<string>;
  /** What the records were that it has changed. */
  readonly before: ReadonlyMap<string, RecordLine>;
}

interface OpenPlan extends RecordsPlan {
  readonly records: PlannedRecord[];
  readonly wanted: Map<string, RecordLine>;
  readonly seen: Map<string, RecordLine>;
  readonly warnings: Warning[];
}

function emptyPlan(comparing: Comparing): OpenPlan {
  return { records: [], wanted: new Map(), seen: new Map(), warnings: [], comparing };
}

function planOne(
  plan: OpenPlan,
  line: RecordLine,
  seen: RecordLine | undefined,
  { mode, isDraft }: Wishes,
  comparing: Comparing,
): void {
  const { id, model } = line;
  const wanted = isDraft ? asDraft(line, seen, comparing) : line;
  const title = titleOf(line, comparing.schema) ?? id;
  if (line.schedules !== null && seen === undefined)
    plan.warnings.push({ code: "SCHEDULE_NOT_RESTORED", sentence: SCHEDULE, id });
  if (seen === undefined) {
    plan.records.push({ id, model, do: "create", title, hash: hashOfRecord(wanted, undefined) });
    plan.wanted.set(id, wanted);
    return;
  }
  const difference = differenceOf(wanted, seen, comparing);
  if (difference === undefined) return;
  const { fields, status } = difference;
  if (mode === "add") {
    const sentence = `The record is there and differs (${[...fields, ...(status ? ["status"] : [])].join(", ")}). --mode overwrite puts it back.`;
    plan.warnings.push({ code: "RECORD_DIFFERS", sentence, id });
    return;
  }
  const changes = valueChanges(seen.current, wanted.current, comparing);
  plan.records.push({
    id,
    model,
    do: "change",
    title,
    fields,
    changes,
    status,
    hash: hashOfRecord(wanted, seen),
  });
  plan.wanted.set(id, wanted);
  plan.seen.set(id, seen);
}

function lostText(fields: readonly string[]): string {
  const which = fields.length === 1 ? `the field ${fields[0]}` : `the fields ${fields.join(", ")}`;
  return `Its model no longer has ${which}: what the record had there does not come back. Restore the model first where it is to.`;
}

const SCHEDULE = "When it was to be published or unpublished does not come back: set its schedule by hand.";

interface Referrers {
  readonly from: Side;
  readonly into: Side;
  /** Records that come back. */
  readonly created: ReadonlySet<string>;
  readonly before: ReadonlyMap<string, RecordLine>;
}

/** Looks after the records that once linked to what comes back: `created`. */
async function planReferrers(
  plan: OpenPlan,
  { from, into, created, before: changed }: Referrers,
  { relinks }: Wishes,
  comparing: Comparing,
): Promise<Result<undefined, RestoreFailure>> {
  if (created.size === 0) return succeeded(undefined);
  const ids = await from.referrers([...created]);
  if (!ids.ok) return ids;
  const others = ids.value.filter((id) => !plan.wanted.has(id));
  const [before, now] = [await from.lines(others), await into.lines(others)];
  if (!before.ok) return before;
  if (!now.ok) return now;
  const stripped: string[] = [];
  for (const [id, line] of before.value) {
    const seen = now.value.get(id);
    if (seen === undefined) continue;
    // What this run has written already is held against what the record was before.
    const found = relinkFrom(line, changed.get(id), seen, created, comparing);
    if (found.kind === "edited") {
      const sentence = `Somebody has edited ${found.fields.join(", ")} of this record since it lost its link, so the link is not put back: do it by hand.`;
      plan.warnings.push({ code: "REFERRER_EDITED", sentence, id });
    }
    if (found.kind !== "stripped" || differenceOf(found.line, seen, comparing) === undefined) continue;
    stripped.push(id);
    if (!relinks) continue;
    plan.records.push({
      id,
      model: line.model,
      do: "change",
      title: titleOf(line, comparing.schema) ?? id,
      fields: found.fields,
      changes: valueChanges(seen.current, found.line.current, comparing),
      because: linkedBy(line, created, comparing),
      hash: hashOfRecord(found.line, seen),
    });
    plan.wanted.set(id, found.line);
    plan.seen.set(id, seen);
  }
  if (stripped.length > 0 && !relinks)
    plan.warnings.push({
      code: "REFERRERS_STRIPPED",
      sentence: strippedText(stripped.length),
      ids: stripped,
    });
  return succeeded(undefined);
}

/** What this run has written already is held against what the record was before, unless somebody has edited it since. */
function relinkFrom(
  line: RecordLine,
  before: RecordLine | undefined,
  seen: RecordLine,
  created: ReadonlySet<string>,
  comparing: Comparing,
): Relink {
  const found = before && relink(line, before, created, comparing);
  if (before === undefined || found?.kind !== "stripped") return relink(line, seen, created, comparing);
  const edited = fieldsThatDiffer(before.current, seen.current, comparing);
  const isOurs = edited.every((field) => found.fields.includes(field));
  return isOurs ? found : relink(line, seen, created, comparing);
}

function strippedText(count: number): string {
  const records = count === 1 ? "One record" : `${count} records`;
  return `${records} linked to what was deleted, and DatoCMS took the links out. --relink puts them back at their old places.`;
}

function linkedBy(line: RecordLine, ids: ReadonlySet<string>, { schema }: Comparing): string[] {
  const linked = new Set(referencesIn(line, schema).records);
  return [...linked].filter((id) => ids.has(id));
}

function recordNotFound(id: string, where: string): Failure<string> {
  return failure(
    "RECORD_NOT_FOUND",
    `${where} holds no record ${id}.`,
    "`restore find` finds records by title, model or an editor's address.",
    { id },
  );
}

function modelMissing({ id, model }: RecordLine, where: string): Failure<string> {
  return failure(
    "MODEL_NOT_FOUND",
    `${where} has no model ${model}, which the record ${id} needs.`,
    "Restore the model first: --only model=API_KEY.",
    { id, model },
  );
}
