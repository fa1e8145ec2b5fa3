import type { Clock } from "../../../../utils/clock.ts";
import type { Result } from "../../../../utils/failures.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { ContentWrites } from "../../../sources/datocms/contentWrites.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { Journal, Refused, RestoreFailure } from "../words.ts";
import type { Comparing } from "./canonical.ts";

/** What records are restored with. */
export interface RecordRestore {
  readonly reader: ContentReader;
  readonly writes: ContentWrites;
  readonly journal: Journal;
  readonly clock: Clock;
  /** The target's, as it is by now. */
  readonly schema: Schema;
  readonly comparing: Comparing;
  /** Records of the target that can be linked to, beside those that are restored. */
  readonly records: ReadonlySet<string>;
  /** Those of them that are not public: a restore publishes none of them. */
  readonly drafts: ReadonlySet<string>;
  readonly uploads: ReadonlySet<string>;
  /**
   * Takes the validators off some models that stand in the way; false where there is nothing more to take off.
   * Undefined where it may not be done.
   */
  readonly loosen: ((modelIds: ReadonlySet<string>) => Promise<Result<boolean, RestoreFailure>>) | undefined;
  /** Told after each reading: the version of what was written. Resolves once it is kept. */
  readonly onRead?: (
    versions: Readonly<Record<string, string | null>>,
  ) => Promise<Result<void, RestoreFailure>>;
  readonly onProgress: (done: number, total: number) => void;
}

export interface RestoredRecords {
  /** Records that are now as they were to be: they were read again. */
  readonly equal: readonly string[];
  readonly refused: readonly Refused[];
  /** The version that each record which was written was left with; null where DatoCMS does not tell. */
  readonly left: ReadonlyMap<string, string | null>;
  /** As they were read last. */
  readonly seen: ReadonlyMap<string, RecordLine>;
}
