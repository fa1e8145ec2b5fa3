import type { RecordLine } from "../../capture/recordIndex.ts";
import { type Comparing, isSameBody } from "./canonical.ts";
import { publishedBody } from "./line.ts";

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
