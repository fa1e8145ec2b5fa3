import type { Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { UtcDate } from "../catalog/names.ts";

/** Something that a person should know about a backup that was made all the same. */
export interface Problem {
  readonly code:
    | "COPY_NOT_REMOVED"
    | "OLD_COPY_GAVE_WAY"
    | "OLDER_BACKUP_KEPT"
    | "OVERAGE"
    | "NO_ROOM_FOR_REPLACEMENT"
    | "SHRUNK";
  readonly sentence: string;
}

interface About {
  readonly cadence: Cadence;
  readonly date: UtcDate;
  /** Name of the backup that was asked for. */
  readonly environmentId: string;
  /** Names of the backups that this run destroyed, the newest first. */
  readonly deleted: readonly string[];
  readonly problems: readonly Problem[];
}

/** How the run for one target ended. */
export type End =
  /** The backup is ready; `reused`: it was there before and no new one was made. */
  | { readonly kind: "done"; readonly takenAt: number; readonly reused: boolean }
  /** Time ran out while DatoCMS makes the backup: any later run completes it. */
  | { readonly kind: "creating"; readonly percentage: number | null; readonly replaces: string | null }
  /** Today's backup is the primary now: nothing to make under its name. */
  | { readonly kind: "promoted" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** What became of one target. */
export type Outcome = About & End;
