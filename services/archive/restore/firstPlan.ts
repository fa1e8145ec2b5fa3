import * as z from "zod";
import type { Result } from "../../../utils/failures.ts";
import { isArray, isJsonObject, type Json } from "../../../utils/json.ts";
import { portionsOf } from "../../../utils/portions.ts";
import { metaOf } from "../../sources/datocms/resource.ts";
import type { Store } from "../../stores/store.ts";
import { canonicalHash } from "../canonicalHash.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { keepJson, keptJson } from "./keptJson.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { MOST_AT_ONCE } from "./records/portions.ts";
import type { RestoreFailure } from "./words.ts";

const FirstPlanDocument = z.object({
  format: z.literal(1),
  records: z.record(z.string(), z.string()),
  uploads: z.record(z.string(), z.string()),
});

/** What a run's plan saw of what it changes and deletes, before the run changed anything. */
export interface FirstPlan {
  /** By id, as `contentHashOf` tells it. */
  readonly records: ReadonlyMap<string, string>;
  /** By id, as `fingerprintOf` tells it. */
  readonly uploads: ReadonlyMap<string, string>;
}

/**
 * The hash of what people have written in a record. It stays the same where the schema gets new fields, which are empty
 * at first, and where others are put before the record in a list.
 */
export function contentHashOf({ current, published, publishedIsCurrent }: RecordLine): string {
  return canonicalHash({
    stage: metaOf(current, "stage") ?? null,
    current: withoutPlace(current.attributes),
    published: published && withoutPlace(published.attributes),
    publishedIsCurrent,
  });
}

function withoutPlace({ position: _, ...attributes }: RecordLine["current"]["attributes"]): Json {
  return withoutEmpties(attributes);
}

function withoutEmpties(value: Json): Json {
  if (isArray(value)) return value.map(withoutEmpties);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, each]): [string, Json] => [name, withoutEmpties(each)]);
  return Object.fromEntries(members.filter(([, each]) => !isEmpty(each)));
}

function isEmpty(value: Json): boolean {
  if (isArray(value)) return value.length === 0;
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** Keeps what a plan has seen. Must be called before its run changes anything. */
export async function keepFirstPlan(
  store: Store,
  runId: string,
  { plan, seen, uploadsSeen }: PlannedRestore,
): Promise<Result<void, RestoreFailure>> {
  const ids = plan.records.filter((each) => each.do !== "create").map(({ id }) => id);
  const records: [string, string][] = [];
  for (const portion of portionsOf(ids, MOST_AT_ONCE)) {
    const lines = await seen(portion);
    if (!lines.ok) return lines;
    for (const line of lines.value.values()) records.push([line.id, contentHashOf(line)]);
  }
  return keepJson(store, runId, "plan", {
    format: 1,
    records: Object.fromEntries(records),
    uploads: Object.fromEntries(uploadsSeen),
  });
}

/** What the first plan of a run saw; undefined where the run has kept none. */
export function firstPlanIn(
  store: Store,
  runId: string,
): Promise<Result<FirstPlan | undefined, RestoreFailure>> {
  return keptJson(store, runId, "plan", (document) => {
    const { data } = FirstPlanDocument.safeParse(document);
    return (
      data && {
        records: new Map(Object.entries(data.records)),
        uploads: new Map(Object.entries(data.uploads)),
      }
    );
  });
}
