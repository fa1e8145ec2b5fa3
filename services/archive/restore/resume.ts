import { type Result, succeeded } from "../../../utils/failures.ts";
import { canonicalJson, isJsonObject, type Json } from "../../../utils/json.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
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
}

/**
 * Takes out of the plan of a run that is gone on with what somebody has changed since it was cut off: that stays, and is
 * told. A record is the run's own where it has the version that the run left, or is what it was before, or one of the
 * bodies that the run writes.
 */
export async function withoutOthersChanges(
  planned: PlannedRestore,
  noted: Noted,
): Promise<Result<PlannedRestore, RestoreFailure>> {
  const { plan, comparing } = planned;
  const hasNoted = noted.made.size + noted.before.size > 0;
  if (!hasNoted) return succeeded(planned);
  const changed = plan.records.filter((each) => each.do === "change").map(({ id }) => id);
  const own = new Set<string>();
  for (const portion of portionsOf(changed, MOST_AT_ONCE)) {
    const [wanted, seen] = [await planned.wanted(portion), await planned.seen(portion)];
    if (!wanted.ok) return wanted;
    if (!seen.ok) return seen;
    for (const id of portion)
      if (isOwn(wanted.value.get(id), seen.value.get(id), noted, comparing)) own.add(id);
  }
  const others = plan.records.filter(({ id, do: what }) =>
    what === "delete" ? !noted.deletes.has(id) : what === "change" && !own.has(id),
  );
  const left = new Set(others);
  const records = plan.records.filter((each) => !left.has(each));
  const refused = others.map(({ id }): Refused => ({ what: "record", id, ...CHANGED_SINCE }));
  return succeeded({ ...planned, plan: { ...plan, records }, refused: [...planned.refused, ...refused] });
}

function isOwn(
  line: RecordLine | undefined,
  now: RecordLine | undefined,
  noted: Noted,
  comparing: Comparing,
): boolean {
  if (line === undefined || now === undefined) return true;
  const { id } = line;
  const before = noted.before.get(id);
  if (before === undefined && !noted.made.has(id)) return false;
  if (noted.left[id] !== undefined && noted.left[id] === versionOf(now)) return true;
  return [...bodiesOf(line), ...(before ? [before.current] : [])].some((body) =>
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
