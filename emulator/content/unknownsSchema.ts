import * as z from "zod";

const flag = z.boolean().exactOptional();

/** The switches as the control interface takes them. */
export const contentUnknowns = z.strictObject({
  itemsVersion: z.enum(["by-site", "current", "published"]).exactOptional(),
  blocksInList: z.enum(["included", "left-out"]).exactOptional(),
  idOrder: z.enum(["bytes", "letters"]).exactOptional(),
  dastKeyOrder: z.enum(["alphabetical", "kept"]).exactOptional(),
  integerIds: z.enum(["refuse", "accept"]).exactOptional(),
  deletedIds: z.enum(["free", "taken"]).exactOptional(),
  otherDeletedIds: z.enum(["free", "taken"]).exactOptional(),
  jobRefusals: z.enum(["at-once", "in-job"]).exactOptional(),
  blockErrorField: z.enum(["outer", "path"]).exactOptional(),
  forkVersionIds: z.enum(["kept", "new"]).exactOptional(),
  selectivePublishMovesPublishedAt: flag,
  movesMakeVersions: flag,
  schemaChangesMakeVersions: flag,
  schemaChangesReachPublished: flag,
  blockModelInUse: z.enum(["strip", "refuse"]).exactOptional(),
  bulkPublishLinks: z.enum(["one-by-one", "together"]).exactOptional(),
  schedulesFireInSandboxes: flag,
  updateHonoursDates: flag,
  uploadInUse: z.enum(["refuse", "strip"]).exactOptional(),
  basenameLetters: z.enum(["normalised", "kept"]).exactOptional(),
  oldAddress: z.enum(["served", "gone"]).exactOptional(),
});
