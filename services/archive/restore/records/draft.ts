import { failure } from "../../../../utils/failures.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { Warning } from "../words.ts";
import { type Comparing, isSameBody } from "./canonical.ts";
import { publishedBody } from "./line.ts";

/** Tells the models whose records have drafts. Without them every write publishes. */
export function draftsIn({ itemTypes }: Pick<Schema, "itemTypes">): (modelId: string) => boolean {
  const withDrafts = new Set(
    itemTypes.filter(({ attributes }) => attributes.draft_mode_active === true).map(({ id }) => id),
  );
  return (modelId) => withDrafts.has(modelId);
}

/**
 * A record as it is to be looked at first, before it is published: what the public sees stays as it is.
 *
 * @param seen the record as it is; undefined where it is not there
 */
export function asDraft(line: RecordLine, seen: RecordLine | undefined, comparing: Comparing): RecordLine {
  // What is there already needs no draft.
  if (seen !== undefined && isSameBody(line.current, seen.current, comparing))
    return { ...line, published: seen.published, publishedIsCurrent: seen.publishedIsCurrent };
  const published = seen && publishedBody(seen);
  return { ...line, published: published ?? null, publishedIsCurrent: false };
}

/** @param id of a record that was named, and is to come back as a draft */
export function noDrafts(id: string) {
  return failure(
    "NO_DRAFTS",
    `The model of the record ${id} has no drafts: what is written to it is public at once.`,
    "Leave out --draft where that is right.",
    { id },
  );
}

/** @param ids of the records that come back though their models have no drafts */
export function draftless(ids: readonly string[]): Warning[] {
  if (ids.length === 0) return [];
  const sentence = `Models without drafts publish whatever is written, so --draft does not hold for their records (${ids.length}).`;
  return [{ code: "NO_DRAFTS", sentence, ids }];
}
