import { type Result, succeeded } from "../../../../utils/failures.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { RestoreFailure } from "../words.ts";
import type { RecordRestore, RestoredRecords } from "./context.ts";
import { entryOf } from "./line.ts";
import { createRun } from "./run.ts";

/** After an unclear answer DatoCMS is left alone for so long, times the number of such rounds, ms. */
const PAUSE_MS = 1_000;

/**
 * Brings records to what they are to be: takes the next step of each, reads all of them again, and goes on until
 * nothing differs or nothing moves any more. What was sent before a process died needs no memory: it shows in the
 * first reading.
 *
 * @param wanted what they are to be, by id
 * @param found what they were when the plan was made
 * @returns a failure where nothing more can be read or written
 */
export async function restoreRecords(
  restore: RecordRestore,
  wanted: ReadonlyMap<string, RecordLine>,
  found: ReadonlyMap<string, RecordLine>,
): Promise<Result<RestoredRecords, RestoreFailure>> {
  const run = createRun(restore, wanted, found);
  // What differs in nothing but a link to what is not there yet will be changed later, so all are noted.
  const noted = await restore.journal.note(
    [...wanted.keys()].map((id) => {
      const before = found.get(id);
      return before === undefined ? { what: "record", id, before: null } : entryOf(before);
    }),
  );
  if (!noted.ok) return noted;
  const loosenedBefore = new Set<string>();
  for (let unclear = 0; ; ) {
    const round = await run.round();
    if (!round.ok) return round;
    restore.onProgress(wanted.size - run.openIds().length, wanted.size);
    if (run.openIds().length === 0) break;
    if (round.value.isUnclear) {
      unclear += 1;
      await restore.clock.sleep(PAUSE_MS * unclear);
    }
    if (round.value.hasMoved) continue;
    const strict = [...run.modelsInTheWay()].filter((model) => !loosenedBefore.has(model));
    for (const model of strict) loosenedBefore.add(model);
    const loosened =
      (strict.length > 0 ? await restore.loosen?.(new Set(strict)) : undefined) ?? succeeded(false);
    if (!loosened.ok) return loosened;
    if (!loosened.value && !run.fillLocales() && !run.giveUpPublishing()) break;
    run.tryAgain();
  }
  return succeeded(run.outcome());
}
