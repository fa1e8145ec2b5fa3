import type { Json } from "../../../utils/json.ts";
import { metaOf } from "../../sources/datocms/resource.ts";
import { canonicalHash } from "../canonicalHash.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import type { Scope, Wishes } from "./scope.ts";
import type { ValueChange } from "./valueChanges.ts";
import type { Entity, Warning } from "./words.ts";

/** What a restore would do, before it does it. */
export interface RestorePlan {
  /** Over everything that it rests on: as long as it stays the same, the restore does just this. */
  readonly hash: string;
  readonly from: string;
  readonly into: string;
  readonly wishes: Wishes;
  readonly schema: {
    readonly create: readonly Entity[];
    readonly change: readonly Entity[];
    readonly delete: readonly Entity[];
  };
  readonly records: readonly PlannedRecord[];
  /** How many records of each model, by model id, are as they are to be. */
  readonly unchanged: ReadonlyMap<string, number>;
  readonly uploads: PlannedUploads;
  readonly warnings: readonly Warning[];
  /** DatoCMS calls that the writing takes, about. */
  readonly calls: number;
}

export interface PlannedRecord {
  readonly id: string;
  /** The model's id. */
  readonly model: string;
  readonly do: "create" | "change" | "delete";
  readonly title: string;
  /** What differs, by API key. */
  readonly fields?: readonly string[];
  /** The same value by value, of a record that was named: from what it is to what it becomes. */
  readonly changes?: readonly ValueChange[];
  readonly status?: { readonly from: string; readonly to: string } | undefined;
  /** It changes only because DatoCMS took the links to these records out of it when they were deleted. */
  readonly because?: readonly string[];
  /** Of what it is and what it is to be. */
  readonly hash: string;
}

export interface PlannedUploads {
  readonly create: readonly string[];
  readonly change: readonly string[];
  readonly delete: readonly string[];
}

/** Whether nothing is left to do. */
export function isEmpty({
  schema,
  records,
  uploads,
}: Pick<RestorePlan, "schema" | "records" | "uploads">): boolean {
  const lists = [
    schema.create,
    schema.change,
    schema.delete,
    records,
    uploads.create,
    uploads.change,
    uploads.delete,
  ];
  return lists.every(({ length }) => length === 0);
}

/**
 * The hash of a record's place in a plan. Neither version ids nor dates count: a fork has others.
 *
 * @param wanted undefined where it is deleted
 * @param seen undefined where it is not there
 */
export function hashOfRecord(wanted: RecordLine | undefined, seen: RecordLine | undefined): string {
  return canonicalHash({ wanted: stateOf(wanted), seen: stateOf(seen) });
}

function stateOf(line: RecordLine | undefined): Json {
  if (line === undefined) return null;
  const { current, published, publishedIsCurrent } = line;
  return {
    stage: metaOf(current, "stage") ?? null,
    current: current.attributes,
    published: published?.attributes ?? null,
    publishedIsCurrent,
  };
}

/**
 * Seals a plan with the hash of all that it rests on.
 *
 * @param source and target: what tells them from others; `rests`: what else it rests on: schemas, and uploads as they are
 *   and as they are to be
 */
export function sealedPlan(
  plan: Omit<RestorePlan, "hash">,
  { source, target, rests }: { readonly source: Json; readonly target: Json; readonly rests: Json },
): RestorePlan {
  const { wishes, schema, records, uploads } = plan;
  const entity = ({ kind, id, name }: Entity): Json => ({ kind, id, name });
  const hash = canonicalHash({
    source,
    target,
    rests,
    wishes: { ...wishes, only: wishes.only.map((scope: Scope): Json => ({ ...scope })) },
    schema: {
      create: schema.create.map(entity),
      change: schema.change.map(entity),
      delete: schema.delete.map(entity),
    },
    records: records.map(({ id, do: what, hash }) => ({ id, do: what, hash })).toSorted(byId),
    uploads: {
      create: uploads.create.toSorted(),
      change: uploads.change.toSorted(),
      delete: uploads.delete.toSorted(),
    },
  });
  return { ...plan, hash };
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}

/** About: a create, the reading of it, and a correction now and then; a job for each thing of the schema. */
export function callsOf(records: number, uploads: PlannedUploads, schema: number): number {
  const ofRecords = records * 1.3 + Math.ceil(records / 30) * 2;
  const ofUploads = uploads.create.length * 5 + uploads.change.length * 3 + uploads.delete.length / 100;
  return Math.ceil(ofRecords + ofUploads + schema * 3);
}
