import { type Result, succeeded } from "../../../../utils/failures.ts";
import { isResource } from "../../../sources/datocms/resource.ts";
import { SILENT } from "../journal.ts";
import type { JournalEntry, Refused, RestoreFailure, Warning } from "../words.ts";
import { differencesOf, fingerprintOf } from "./compare.ts";
import type { UploadsContext } from "./context.ts";
import { type UploadLine, type UploadTarget, uploadLineOf } from "./line.ts";
import { readUploads } from "./read.ts";
import { deleteUploads } from "./remove.ts";
import { restoreUploads } from "./restore.ts";

export interface UndoneUploads {
  /** Ids; each of them was seen to be as it was. */
  readonly undone: readonly string[];
  readonly refused: readonly Refused[];
  /** What cannot come back: bytes that nobody has any more. */
  readonly irreversible: readonly Warning[];
}

/** An upload that a restore changed. */
interface Changed {
  readonly id: string;
  /** Undefined where it was not there. */
  readonly before: UploadLine | undefined;
  readonly now: UploadLine | undefined;
}

/**
 * Puts uploads back as they were before a restore: what it changed or deleted gets its former state, what it made is
 * deleted unless a record has it. What somebody changed since is refused and left as it is.
 *
 * @param entries of the restore's journal; those that are of no upload are left out
 * @param left what the restore left, by id, as `restoreUploads` told it; none of what it deleted. Of an entry that
 *   was not told, because the restore was killed, nobody can say that somebody changed it.
 */
export async function undoUploads(
  context: UploadsContext,
  entries: readonly JournalEntry[],
  left: ReadonlyMap<string, string>,
): Promise<Result<UndoneUploads, RestoreFailure>> {
  const undo: UploadsContext = { ...context, journal: SILENT };
  const ids = entries.filter(({ what }) => what === "upload").map(({ id }) => id);
  const present = await readUploads(context.reader, ids);
  if (!present.ok) return present;
  const all = entries.flatMap(({ what, id, before }): Changed[] => {
    if (what !== "upload") return [];
    return [
      { id, before: isResource(before) ? uploadLineOf(before) : undefined, now: present.value.get(id) },
    ];
  });
  const untouched = all.filter((each) => isAsLeft(each, left.get(each.id), context.target));
  const refused = all
    .filter((each) => !untouched.includes(each))
    .map(({ id }) => refusal(id, "CHANGED_SINCE", "Somebody changed this upload after the restore."));

  const made = await unusedOf(
    context,
    untouched.filter(({ before, now }) => before === undefined && now),
  );
  if (!made.ok) return made;
  const deleted = await deleteUploads(undo, made.value.unused);
  if (!deleted.ok) return deleted;

  const wanted = untouched.flatMap(({ before }) => before ?? []);
  const back = await restoreUploads(undo, { wanted, mode: "overwrite", earlier: [] });
  if (!back.ok) return back;
  const lost = back.value.refused.filter(({ code }) => ["ASSET_MISSING", "ASSET_DIFFERS"].includes(code));
  const others = [...refused, ...made.value.used, ...deleted.value.refused];
  const isOpen = new Set([...others, ...back.value.refused].map(({ id }) => id));
  return succeeded({
    undone: all.map(({ id }) => id).filter((id) => !isOpen.has(id)),
    refused: [...others, ...back.value.refused.filter((each) => !lost.includes(each))],
    irreversible: lost.map(({ id }) => ({ id, code: "BYTES_LOST", sentence: BYTES_LOST })),
  });
}

const BYTES_LOST =
  "The bytes that this upload had before the restore are neither in the store nor at DatoCMS any more.";

/** Whether an upload is what the restore left, or what it was before: nobody else has changed it. */
function isAsLeft({ before, now }: Changed, left: string | undefined, target: UploadTarget): boolean {
  if (now === undefined) return before === undefined || left === undefined;
  if (left === undefined || fingerprintOf(now) === left) return true;
  return before !== undefined && differencesOf(before, now, target).length === 0;
}

/** Which of the uploads no record has. */
async function unusedOf(
  { reader }: UploadsContext,
  made: readonly Changed[],
): Promise<Result<{ readonly unused: string[]; readonly used: Refused[] }, RestoreFailure>> {
  const unused: string[] = [];
  const used: Refused[] = [];
  for (const { id } of made) {
    const records = await reader.recordsWithUpload(id);
    if (!records.ok) return records;
    if (records.value.length === 0) unused.push(id);
    else
      used.push(refusal(id, "IN_USE", `Records have this upload: ${records.value.slice(0, 5).join(", ")}.`));
  }
  return succeeded({ unused, used });
}

function refusal(id: string, code: string, sentence: string): Refused {
  return { what: "upload", id, code, sentence };
}
