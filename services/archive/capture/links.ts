import type { IndexLine } from "./recordIndex.ts";

/** Finds links to what an archive does not hold. */
export interface LinkCheck {
  /** Takes the records of one model. */
  records(index: Iterable<IndexLine>): void;
  /** Takes the uploads. */
  uploads(ids: ReadonlySet<string>): void;
  /** How many records and uploads are linked to and not there. Asked when everything was taken. */
  dangling(): number;
}

export function createLinkCheck(): LinkCheck {
  const there = new Set<string>();
  const records = new Set<string>();
  const uploads = new Set<string>();
  let uploadsThere: ReadonlySet<string> = new Set();
  return {
    records(index) {
      for (const line of index) {
        there.add(line.id);
        for (const id of line.records) records.add(id);
        for (const id of line.uploads) uploads.add(id);
      }
    },
    uploads(ids) {
      uploadsThere = ids;
    },
    dangling: () => without(records, there) + without(uploads, uploadsThere),
  };
}

/** How many of these are not there. */
export function without(wanted: ReadonlySet<string>, there: ReadonlySet<string>): number {
  let missing = 0;
  for (const id of wanted) if (!there.has(id)) missing += 1;
  return missing;
}
