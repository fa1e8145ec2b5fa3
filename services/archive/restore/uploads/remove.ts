import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import type { Refused, RestoreFailure } from "../words.ts";
import { fingerprintOf } from "./compare.ts";
import { AT_ONCE, LOOK_AGAIN_MS, MOST_IDS, type Reason, type UploadsContext } from "./context.ts";
import type { UploadLine } from "./line.ts";
import { readUploads } from "./read.ts";
import { CHANGED_SINCE, refusalOf } from "./reasons.ts";

export interface DeletedUploads {
  /** Ids; each of them was seen to be gone. */
  readonly deleted: readonly string[];
  readonly refused: readonly Refused[];
}

const LEFT: Reason = {
  code: "NOT_EQUAL",
  sentence: "The upload was deleted, and was still there afterwards.",
};

/**
 * Deletes uploads. Those that are not there count as done and are not told.
 *
 * @param ids any number
 * @param planned what they were, by id: one that is something else by now is left alone; undefined: all go
 * @returns a failure where nothing more can be written
 */
export async function deleteUploads(
  context: UploadsContext,
  ids: readonly string[],
  planned?: ReadonlyMap<string, string>,
): Promise<Result<DeletedUploads, RestoreFailure>> {
  const deleted: string[] = [];
  const refused: Refused[] = [];
  for (let first = 0; first < ids.length; first += MOST_IDS) {
    const part = await deletePart(context, ids.slice(first, first + MOST_IDS), planned);
    if (!part.ok) return part;
    deleted.push(...part.value.deleted);
    refused.push(...part.value.refused);
  }
  return succeeded({ deleted, refused });
}

/** @param ids so many as one call reads; DatoCMS deletes twice as many at once */
async function deletePart(
  context: UploadsContext,
  ids: readonly string[],
  planned: ReadonlyMap<string, string> | undefined,
): Promise<Result<DeletedUploads, RestoreFailure>> {
  const { reader, writes, journal, clock } = context;
  const there = await readUploads(reader, ids);
  if (!there.ok) return there;
  const isAsPlanned = (line: UploadLine) =>
    planned === undefined || planned.get(line.id) === fingerprintOf(line);
  const all = [...there.value.values()];
  const before = all.filter(isAsPlanned);
  const moved = all
    .filter((line) => !isAsPlanned(line))
    .map(({ id }): Refused => ({ what: "upload", id, ...CHANGED_SINCE }));
  if (before.length === 0) return succeeded({ deleted: [], refused: moved });
  const noted = await journal.note(before.map(({ id, upload }) => ({ what: "upload", id, before: upload })));
  if (!noted.ok) return noted;
  const uploads = { data: before.map(({ id }) => ({ type: "upload", id })) };
  const document = { data: { type: "upload_bulk_destroy_operation", relationships: { uploads } } };
  const written = await writes.send("POST", "/uploads/bulk/destroy", document);
  if (written.kind === "stopped") return failed(written.failure);
  if (written.kind === "unclear") await clock.sleep(LOOK_AGAIN_MS);
  const left = await leftOf(
    context,
    before.map(({ id }) => id),
  );
  if (!left.ok) return left;
  const deleted = before.map(({ id }) => id).filter((id) => !left.value.some((each) => each.id === id));
  return succeeded({ deleted, refused: [...left.value, ...moved] });
}

/** Deletes one by one what is left, to learn why. */
async function leftOf(
  { reader, writes }: UploadsContext,
  ids: readonly string[],
): Promise<Result<Refused[], RestoreFailure>> {
  const there = await readUploads(reader, ids);
  if (!there.ok || there.value.size === 0) return there.ok ? succeeded([]) : there;
  const reasons = await sideBySide([...there.value.keys()], AT_ONCE, async (id) => {
    const written = await writes.send("DELETE", `/uploads/${encodeURIComponent(id)}`);
    if (written.kind === "stopped") return failed(written.failure);
    return succeeded([id, written.kind === "refused" ? refusalOf(written.errors) : LEFT] as const);
  });
  if (!reasons.ok) return reasons;
  const still = await readUploads(reader, [...there.value.keys()]);
  if (!still.ok) return still;
  const left = reasons.value.filter(([id]) => still.value.has(id));
  return succeeded(left.map(([id, reason]) => ({ what: "upload", id, ...reason })));
}
