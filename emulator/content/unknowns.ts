/** What nobody outside DatoCMS knows for sure about content. `UNKNOWN.md` tells why the defaults are what they are. */
export type ContentUnknowns = {
  /** What `version` is taken for where a call does not say it; by site: by `improved_items_listing`. */
  itemsVersion: "by-site" | "current" | "published";
  /** Whether a list without `filter[type]` holds blocks too. */
  blocksInList: "included" | "left-out";
  /** How `id_ASC` sorts. */
  idOrder: "bytes" | "letters";
  /** Order of the members of structured text nodes in answers. */
  dastKeyOrder: "alphabetical" | "kept";
  /** Ids made of digits, on create. */
  integerIds: "refuse" | "accept";
  /** Whether the id of a record that was deleted can be given again. */
  deletedIds: "free" | "taken";
  /** The same of anything else that is created under an id of the client's. */
  otherDeletedIds: "free" | "taken";
  /** Where a call that is answered by a job is refused. */
  jobRefusals: "at-once" | "in-job";
  /** What a refusal calls a field inside a block. */
  blockErrorField: "outer" | "path";
  /** Whether versions of a fork have the numbers that they have in the source. */
  forkVersionIds: "kept" | "new";
  selectivePublishMovesPublishedAt: boolean;
  /** Whether a record gets a version when its position, its parent or its stage changes. */
  movesMakeVersions: boolean;
  /** Whether records get versions when the schema rewrites their values. */
  schemaChangesMakeVersions: boolean;
  /** Whether the schema rewrites what is published as well, of a record that is published as it is edited. */
  schemaChangesReachPublished: boolean;
  /** A block model that is deleted while there are blocks of it. */
  blockModelInUse: "strip" | "refuse";
  /** A bulk publication of drafts that link to each other. */
  bulkPublishLinks: "one-by-one" | "together";
  /** Whether schedules take effect in sandboxes too. */
  schedulesFireInSandboxes: boolean;
  /** Whether a change of `created_at` and `first_published_at` in an update is honoured. */
  updateHonoursDates: boolean;
  /** An upload that is deleted while a record has it. */
  uploadInUse: "refuse" | "strip";
  /** The letters of a base name that an update sends. */
  basenameLetters: "normalised" | "kept";
  /** The address of an upload whose bytes were replaced under a new one, while a fork still has the old. */
  oldAddress: "served" | "gone";
};

export const contentUnknownDefaults: ContentUnknowns = {
  itemsVersion: "by-site",
  blocksInList: "included",
  idOrder: "bytes",
  dastKeyOrder: "alphabetical",
  integerIds: "refuse",
  deletedIds: "free",
  otherDeletedIds: "free",
  jobRefusals: "at-once",
  blockErrorField: "outer",
  forkVersionIds: "kept",
  selectivePublishMovesPublishedAt: true,
  movesMakeVersions: false,
  schemaChangesMakeVersions: false,
  schemaChangesReachPublished: true,
  blockModelInUse: "strip",
  bulkPublishLinks: "one-by-one",
  schedulesFireInSandboxes: true,
  updateHonoursDates: true,
  uploadInUse: "refuse",
  basenameLetters: "normalised",
  oldAddress: "served",
};
