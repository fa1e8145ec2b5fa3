import { isSameJson, type Json } from "../../../../utils/json.ts";
import { type Resource, relatedId } from "../../../sources/datocms/resource.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import { type Comparing, fieldsThatDiffer, isSameBody } from "./canonical.ts";
import { withAllLocales } from "./fill.ts";
import { parentOf, publishedBody, stageOf, statusOf } from "./line.ts";

/** What is to be done next with a record, so that it becomes what it is to be. */
export type RecordStep =
  | { readonly kind: "none" }
  | { readonly kind: "create"; readonly body: Resource }
  /** `fields`: those that differ, by API key; all of a body where only its being written matters. */
  | { readonly kind: "write"; readonly body: Resource; readonly fields: readonly string[] }
  | { readonly kind: "publish" }
  | { readonly kind: "unpublish" }
  | { readonly kind: "stage"; readonly stage: Json }
  | { readonly kind: "parent"; readonly parentId: Json };

/** What the step of a record depends on, beside the record. */
export interface StepRules {
  readonly comparing: Comparing;
  /** A body without the links that cannot be written yet. */
  reachable(body: Resource): Resource;
  /** Whether the model's records have drafts; without them every write publishes. */
  hasDrafts(modelId: string): boolean;
  /** Whether a record can be named as a parent by now. */
  isThere(id: string): boolean;
}

/**
 * Chooses the next step of a record. Pure. Applied and asked again until it is `none`, it brings back both bodies and the
 * status: what was published is written and published first, then what was edited since.
 *
 * @param wanted what the record is to be
 * @param seen what it is; undefined where it is not there
 */
export function nextStep(wanted: RecordLine, seen: RecordLine | undefined, rules: StepRules): RecordStep {
  const { comparing, reachable } = rules;
  const published = publishedBody(wanted);
  const current = reachable(wanted.current);
  const first = published === undefined ? current : reachable(published);
  if (seen === undefined) return { kind: "create", body: first };
  // What is as it was needs no writing, though it could not be written like that today.
  const isIn = (now: Resource, ...bodies: readonly Resource[]) =>
    bodies.some((body) => isSameBody(body, now, comparing));
  const isCurrently = (body: Resource) =>
    isIn(seen.current, body, body === current ? wanted.current : (published ?? body));
  const write = (body: Resource): RecordStep => {
    const fields = fieldsThatDiffer(body, seen.current, comparing);
    return { kind: "write", body, fields: fields.length > 0 ? fields : fieldsOf(body, comparing) };
  };
  const seenPublished = publishedBody(seen);

  if (published !== undefined) {
    if (seenPublished === undefined || !isIn(seenPublished, first, published))
      return isCurrently(first) && statusOf(seen) !== "published" ? { kind: "publish" } : write(first);
    if (statusOf(wanted) === "published" && statusOf(seen) === "updated")
      return isCurrently(first) ? { kind: "publish" } : write(first);
    if (statusOf(wanted) === "updated" && (statusOf(seen) === "published" || !isCurrently(current)))
      return write(current);
  } else {
    if (seenPublished !== undefined && rules.hasDrafts(wanted.model)) return { kind: "unpublish" };
    if (!isCurrently(current)) return write(current);
  }
  return placeStep(wanted, seen, rules);
}

function placeStep(wanted: RecordLine, seen: RecordLine, { isThere }: StepRules): RecordStep {
  const parentId = parentOf(wanted);
  const isReachable = parentId === null || (typeof parentId === "string" && isThere(parentId));
  if (isReachable && parentId !== parentOf(seen)) return { kind: "parent", parentId };
  const stage = stageOf(wanted);
  if (stage !== null && !isSameJson(stage, stageOf(seen))) return { kind: "stage", stage };
  return { kind: "none" };
}

function fieldsOf(body: Resource, { schema }: Comparing): string[] {
  const model = schema.models.get(relatedId(body, "item_type") ?? "");
  return (model?.fields ?? []).map(({ apiKey }) => apiKey).filter((apiKey) => apiKey in body.attributes);
}

/** How a record differs from what it is to be, for people; undefined where it does not. */
export interface RecordDifference {
  /** Fields by API key, of either body. */
  readonly fields: readonly string[];
  readonly status: Readonly<{ from: string; to: string }> | undefined;
  readonly isMoved: boolean;
}

/** Compares what a record is with what it is to be. Pure. */
export function differenceOf(
  wanted: RecordLine,
  seen: RecordLine,
  comparing: Comparing,
): RecordDifference | undefined {
  // What a model demands and the record never had is written empty, and is no difference.
  const differing = (body: Resource, now: Resource) =>
    fieldsThatDiffer(
      withAllLocales(body, comparing.schema),
      withAllLocales(now, comparing.schema),
      comparing,
    );
  const fields = new Set(differing(wanted.current, seen.current));
  const [published, seenPublished] = [publishedBody(wanted), publishedBody(seen)];
  if (published !== undefined && seenPublished !== undefined)
    for (const field of differing(published, seenPublished)) fields.add(field);
  const [to, from] = [statusOf(wanted), statusOf(seen)];
  const stage = stageOf(wanted);
  const isMoved =
    parentOf(wanted) !== parentOf(seen) || (stage !== null && !isSameJson(stage, stageOf(seen)));
  if (fields.size === 0 && to === from && !isMoved) return undefined;
  return { fields: [...fields], status: to === from ? undefined : { from, to }, isMoved };
}
