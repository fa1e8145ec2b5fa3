import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { HeldRecords } from "../capture/previous.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { archiveDamaged } from "../failures.ts";
import type { Comparing } from "./records/canonical.ts";
import { asDraft } from "./records/draft.ts";
import { recordLineFrom } from "./records/line.ts";
import { differenceOf, type RecordDifference } from "./records/step.ts";
import { idsIn } from "./side.ts";
import type { RestoreFailure } from "./words.ts";

/** How the records of one model differ between two snapshots. */
export interface ModelComparison<Different> {
  /** Ids of records that only the first one has. */
  readonly onlyInFirst: readonly string[];
  /** Ids of records that only the second one has. */
  readonly onlyInSecond: readonly string[];
  readonly different: readonly Different[];
  /** How many records are equal. */
  readonly equal: number;
}

/** A record that both have. */
export interface DifferentRecord {
  readonly first: RecordLine;
  readonly second: RecordLine;
  readonly difference: RecordDifference;
}

const EMPTY: HeldRecords = {
  fileOf: () => undefined,
  file: () => undefined,
  idsIn: () => [],
  lines: async () => new Map(),
};

/**
 * Compares the records of a model. Files that both have are equal without being read, so what has not changed costs
 * nothing.
 *
 * @param first undefined where the snapshot has no such model
 * @param told what is kept of records that differ: their bodies would fill the memory
 * @param isDraft whether records of the first one come back as drafts: then it does not count what they had published
 */
export async function compareModel<Different>(
  first: HeldRecords = EMPTY,
  second: HeldRecords = EMPTY,
  comparing: Comparing,
  told: (record: DifferentRecord) => Different,
  isDraft = false,
): Promise<Result<ModelComparison<Different>, RestoreFailure>> {
  const onlyInFirst = [...idsIn(first)].filter((id) => second.fileOf(id) === undefined);
  const onlyInSecond: string[] = [];
  const different: Different[] = [];
  let equal = 0;
  for (let number = 1; ; number += 1) {
    const file = second.file(number);
    if (file === undefined) break;
    const ids = second.idsIn(number);
    const lines = await second.lines(number);
    if (lines === undefined) return failed(archiveDamaged("", file.path));
    for (const id of ids) {
      const place = first.fileOf(id);
      if (place === undefined) {
        onlyInSecond.push(id);
        continue;
      }
      const firstFile = first.file(place);
      if (firstFile?.sha256Plain === file.sha256Plain) {
        equal += 1;
        continue;
      }
      const one = (await first.lines(place))?.get(id);
      const other = lines.get(id);
      if (one !== undefined && one === other) {
        equal += 1;
        continue;
      }
      const [given, secondLine] = [recordLineFrom(one ?? ""), recordLineFrom(other ?? "")];
      if (given === undefined || secondLine === undefined)
        return failed(archiveDamaged("", firstFile?.path ?? file.path));
      const firstLine = isDraft ? asDraft(given, secondLine, comparing) : given;
      const difference = differenceOf(firstLine, secondLine, comparing);
      if (difference === undefined) equal += 1;
      else different.push(told({ first: firstLine, second: secondLine, difference }));
    }
  }
  return succeeded({ onlyInFirst, onlyInSecond, different, equal });
}
