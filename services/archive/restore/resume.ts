import { type Result, succeeded } from "../../../utils/failures.ts";
import { canonicalJson, isJsonObject, type Json } from "../../../utils/json.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { contentHashOf, type FirstPlan } from "./firstPlan.ts";
import type { PlannedRecord } from "./plan.ts";
import type { Begun, PlannedRestore } from "./planRestore.ts";
import { type Comparing, fieldsThatDiffer } from "./records/canonical.ts";
import { bodiesOf, versionOf } from "./records/line.ts";
import { trimmed } from "./records/links.ts";
import { MOST_AT_ONCE } from "./records/portions.ts";
import type { Refused, RestoreFailure } from "./words.ts";

/** What an earlier attempt has noted of its plan and of what it wrote. */
export interface Noted extends Begun {
  /** The version that it left each record with, as far as it came to note it. */
  readonly left: Readonly<Record<string, string | null>>;
  /** Ids of the records that its plan deletes. */
  readonly deletes: ReadonlySet<string>;
  /** Undefined where the run was begun by a version that kept none. */
  readonly first: FirstPlan | undefined;
}

/**
 * Takes out of the plan of a run that is gone on with what somebody has changed since it was cut off: that stays, and is
 * told. A record is the run's own where it has the version that the run left, or is what it was before, or one of the
 * bodies that the run writes; one that the run did not come to, where it is what the first plan saw.
 */
export async function withoutOthersChanges(
  planned: PlannedRestore,
  noted: Noted,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const { plan, comparing } = planned;
  const { first } = noted;
  const hasNoted = noted.made.size + noted.before.size > 0;
  if (first === undefined && !hasNoted) return succeeded(planned);
  const left = new Set<PlannedRecord>();
  const existing = plan.records.filter((each) => each.do !== "create");
  for (const portion of portionsOf(existing, MOST_AT_ONCE)) {
    const changed = portion.filter((each) => each.do === "change");
    const wanted = await planned.wanted(changed.map(({ id }) => id));
    if (!wanted.ok) return wanted;
    const seen = await planned.seen(portion.map(({ id }) => id));
    if (!seen.ok) return seen;
    for (const each of portion)
      if (!isOwn(each, wanted.value.get(each.id), seen.value.get(each.id), noted, comparing)) left.add(each);
  }
  const records = plan.records.filter((each) => !left.has(each));
  const refused = [...left].map(({ id }): Refused => ({ what: "record", id, ...CHANGED_SINCE }));
  return succeeded({
    ...planned,
    plan: { ...plan, records },
    uploadsSeen: first?.uploads ?? planned.uploadsSeen,
    refused: [...planned.refused, ...refused],
  });
}

function isOwn(
  { id, do: what, fields = [] }: PlannedRecord,
  line: RecordLine | undefined,
  now: RecordLine | undefined,
  noted: Noted,
  comparing: Comparing,
): boolean {
  const { first } = noted;
  if (what === "delete" && (!noted.deletes.has(id) || first === undefined)) return noted.deletes.has(id);
  if (now === undefined || (what === "change" && line === undefined)) return true;
  const before = noted.before.get(id);
  if (before === undefined && !noted.made.has(id)) {
    // What the run creates and deletes moves others in their list.
    const isOnlyMoved = fields.length > 0 && fields.every((field) => field === "position");
    return first !== undefined && (isOnlyMoved || first.records.get(id) === contentHashOf(now));
  }
  const version = versionOf(now);
  if (version !== undefined && noted.left[id] === version) return true;
  // A schema that changes gives values another form, and makes no other version of them.
  if (version !== undefined && before !== undefined && versionOf(before) === version) return true;
  if (before !== undefined && contentHashOf(before) === contentHashOf(now)) return true;
  // Of a model that goes nothing is compared here.
  if (!comparing.schema.models.has(now.model)) return false;
  return [...(line ? bodiesOf(line) : []), ...(before ? [before.current] : [])].some((body) =>
    isAlike(now.current, body, comparing),
  );
}

const CHANGED_SINCE = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has changed the record since this restore was interrupted, so it was left alone.",
};

/** Whether two bodies are the same but for links, which come later, and for what DatoCMS fills in where it is empty. */
export function isAlike(now: Resource, body: Resource, comparing: Comparing): boolean {
  const bare = (record: Resource) =>
    trimmed(record, comparing.schema, { record: () => false, upload: () => true }).record;
  const fields = fieldsThatDiffer(bare(body), bare(now), comparing);
  return fields.every((field) => isEmpty(body.attributes[field] ?? null));
}

function isEmpty(value: Json): boolean {
  if (isJsonObject(value)) return Object.values(value).every((each) => each === null);
  return value === null || canonicalJson(value) === "[]";
}
