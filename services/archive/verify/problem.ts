/** Something in an archive, or in the store, that is not as it was written. */
export interface Problem {
  readonly what: "manifest" | "object" | "asset" | "content";
  /** A stable word for machines. */
  readonly code: "MISSING" | "CHANGED" | "NEWER_FORMAT" | "UNREADABLE" | "COUNT" | "DUPLICATE" | "DANGLING";
  readonly sentence: string;
  /** The file's place in the archive, an upload's id, or a key of the store. */
  readonly name?: string;
}
