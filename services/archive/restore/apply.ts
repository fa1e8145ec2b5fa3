import type { Clock } from "../../../utils/clock.ts";
import { type Result, succeeded } from "../../../utils/failures.ts";
import type { ContentWrites } from "../../sources/datocms/contentWrites.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { applyRecords } from "./applyRecords.ts";
import { schemaAfter, schemaBefore } from "./applySchema.ts";
import type { Left } from "./left.ts";
import type { PlannedRestore } from "./planRestore.ts";
import type { RecordRestore } from "./records/context.ts";
import type { EnvironmentSide, Side } from "./side.ts";
import type { UploadsContext } from "./uploads/context.ts";
import { uploadTargetOf } from "./uploads/line.ts";
import { deleteUploads } from "./uploads/remove.ts";
import { restoreUploads } from "./uploads/restore.ts";
import type { Journal, JournalEntry, Refused, RestoreFailure, Warning } from "./words.ts";

/** What a plan is carried out with. */
export interface ApplyContext {
  readonly from: Side;
  readonly into: EnvironmentSide;
  readonly writes: ContentWrites;
  readonly journal: Journal;
  /** What earlier attempts of the same run have noted. */
  readonly earlier: readonly JournalEntry[];
  readonly clock: Clock;
  /** Speaks with the storage that takes files. */
  readonly fetch: typeof fetch;
  /** See `RecordRestore`. */
  readonly loosen: RecordRestore["loosen"];
  /** Puts loosened validators back. */
  readonly tighten: () => Promise<Result<readonly Refused[], RestoreFailure>>;
  /** See `RecordRestore`. */
  readonly onRead: RecordRestore["onRead"];
  /** The version that the run, in whatever attempt, has left a record with; undefined: it has written none. */
  readonly versionLeft: (id: string) => string | null | undefined;
  /** Told which records are about to be moved. Resolves once that is kept. */
  readonly onMove: (ids: readonly string[]) => Promise<Result<void, RestoreFailure>>;
  /** Called before the schema's last phase, which may make versions of records. */
  readonly onSchemaAfter: () => Promise<Result<void, RestoreFailure>>;
  /** Fails where the target is no longer the environment that the restore began with, or was promoted. */
  readonly isSame: () => Promise<Result<void, RestoreFailure>>;
  readonly onProgress: (progress: ApplyProgress) => void;
  /** So many records are in memory at most; default `MOST_AT_ONCE`. */
  readonly recordsAtOnce?: number | undefined;
}

/** How far a restore is. */
export interface ApplyProgress {
  readonly what: "schema" | "uploads" | "records";
  readonly done: number;
  readonly total: number;
}

/** What was restored: all of it was read again and seen to be as it was to be. */
export interface Applied {
  readonly records: readonly string[];
  readonly uploads: readonly string[];
  /** Things of the schema. */
  readonly schema: readonly string[];
  readonly refused: readonly Refused[];
  readonly warnings: readonly Warning[];
  readonly left: Left;
}

/**
 * Carries a plan out: what of the schema content needs, then uploads, records and deletions, then the rest of the
 * schema. Does nothing that is done already, so it may be called again after whatever happened.
 *
 * @returns a failure where nothing more can be read or written; what cannot be restored alone is in `refused`
 */
export async function applyPlan(
  context: ApplyContext,
  planned: PlannedRestore,
): Promise<Result<Applied, RestoreFailure>> {
  const { plan } = planned;
  const begun = await context.isSame();
  if (!begun.ok) return begun;
  const before = await schemaBefore(context, planned);
  if (!before.ok) return before;
  const schema = await context.into.reader.schema();
  if (!schema.ok) return schema;
  const same = await context.isSame();
  if (!same.ok) return same;
  const uploads = await uploadsPhase(context, planned, schema.value);
  if (!uploads.ok) return uploads;
  const records = await applyRecords(context, planned, schema.value, before.value.written.length > 0);
  if (!records.ok) return records;
  const still = plan.uploads.delete.length === 0 ? succeeded(undefined) : await context.isSame();
  if (!still.ok) return still;
  const deleted = await deleteUploads(uploads.value.context, plan.uploads.delete, planned.uploadsSeen);
  if (!deleted.ok) return deleted;
  const tightened = await context.tighten();
  if (!tightened.ok) return tightened;
  const unchanged = await context.isSame();
  if (!unchanged.ok) return unchanged;
  const known = await context.onSchemaAfter();
  if (!known.ok) return known;
  const after = await schemaAfter(context, planned);
  if (!after.ok) return after;
  return succeeded({
    records: records.value.restored,
    uploads: [...uploads.value.restored, ...deleted.value.deleted],
    schema: [...new Set([...before.value.written, ...after.value.written])],
    refused: [
      ...planned.refused,
      ...after.value.refused,
      ...tightened.value,
      ...uploads.value.refused,
      ...deleted.value.refused,
      ...records.value.refused,
    ],
    warnings: after.value.warnings,
    left: { records: records.value.left, uploads: uploads.value.left },
  });
}

interface UploadsDone {
  readonly context: UploadsContext;
  readonly restored: readonly string[];
  readonly refused: readonly Refused[];
  readonly left: Left["uploads"];
}

async function uploadsPhase(
  { from, into, writes, journal, earlier, clock, fetch }: ApplyContext,
  { plan, uploads, uploadsSeen }: PlannedRestore,
  schema: Schema,
): Promise<Result<UploadsDone, RestoreFailure>> {
  const context: UploadsContext = {
    reader: into.reader,
    writes,
    journal,
    clock,
    fetch,
    files: [from.files],
    target: uploadTargetOf(schema.site),
    withCreators: true,
  };
  const restored = await restoreUploads(context, {
    wanted: uploads,
    mode: plan.wishes.mode,
    earlier,
    planned: uploadsSeen,
  });
  if (!restored.ok) return restored;
  const { created, changed, refused, left } = restored.value;
  return succeeded({ context, restored: [...created, ...changed], refused, left: Object.fromEntries(left) });
}
