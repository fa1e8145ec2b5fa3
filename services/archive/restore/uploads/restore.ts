import { type Result, succeeded } from "../../../../utils/failures.ts";
import type { JournalEntry, Mode, Refused, RestoreFailure } from "../words.ts";
import { MOST_IDS, type UploadsContext } from "./context.ts";
import type { UploadLine } from "./line.ts";
import { restoreSome } from "./rounds.ts";
import { createUploadWriter } from "./write.ts";

export interface RestoredUploads {
  /** Ids; each of them was seen to be equal afterwards. */
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly refused: readonly Refused[];
  /**
   * What the restore has left, by id, as `fingerprintOf` tells it: of what was written now or by an earlier attempt.
   * For undo, which tells by it what somebody changed since.
   */
  readonly left: ReadonlyMap<string, string>;
}

export interface UploadsToRestore {
  /** As they are to be; any number, read as they are worked on. */
  readonly wanted: Iterable<UploadLine> | AsyncIterable<UploadLine>;
  readonly mode: Mode;
  /** What the journal of the same restore holds from earlier attempts: what those made is finished in every mode. */
  readonly earlier: readonly JournalEntry[];
  /**
   * What they were when the plan was made, by id, as `fingerprintOf` tells it: one that is something else by now is left
   * alone. Undefined: they are written whatever they are.
   */
  readonly planned?: ReadonlyMap<string, string> | undefined;
}

/**
 * Makes uploads of an environment what they are to be. Does nothing that is done already, so it may be called again
 * after whatever happened. Deletes nothing.
 *
 * @returns a failure where nothing more can be written
 */
export async function restoreUploads(
  context: UploadsContext,
  { wanted, mode, earlier, planned }: UploadsToRestore,
): Promise<Result<RestoredUploads, RestoreFailure>> {
  const created: string[] = [];
  const changed: string[] = [];
  const refused: Refused[] = [];
  const left = new Map<string, string>();
  const writer = createUploadWriter(context);
  const noted = earlier.filter(({ what }) => what === "upload");
  const journalled = new Map(noted.map(({ id, before }) => [id, before]));
  for await (const lines of inParts(wanted)) {
    const restored = await restoreSome({ context, writer, mode, journalled, planned }, lines);
    if (!restored.ok) return restored;
    created.push(...restored.value.created);
    changed.push(...restored.value.changed);
    refused.push(...restored.value.refused);
    for (const [id, state] of restored.value.left) left.set(id, state);
  }
  return succeeded({ created, changed, refused, left });
}

/** So many at a time as one call reads. */
async function* inParts(all: UploadsToRestore["wanted"]): AsyncGenerator<UploadLine[], void> {
  let part: UploadLine[] = [];
  for await (const line of all) {
    part.push(line);
    if (part.length < MOST_IDS) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
