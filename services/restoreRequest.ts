import type { ApplyProgress } from "./archive/restore/apply.ts";
import type { RestoreRun } from "./archive/restore/runFile.ts";
import type { Wishes } from "./archive/restore/scope.ts";
import type { Refused, Warning } from "./archive/restore/words.ts";
import type { SourceName } from "./restoreSides.ts";
import type { TargetName } from "./restoreTarget.ts";

/** What is to be restored, whence and whither. */
export interface RestoreRequest {
  readonly source: SourceName;
  readonly into: TargetName;
  readonly wishes: Wishes;
  /** DatoCMS calls; 8 leave editors and builds their share of the 20 that DatoCMS allows. */
  readonly callsPerSecond: number;
  /** The hash of the plan that was looked at; undefined: whatever the plan is. */
  readonly planHash?: string | undefined;
  /** Much of the primary may be changed without a copy of it; default: not. */
  readonly withoutSafety?: boolean | undefined;
  /** Webhooks may hear of more than a hundred events in the primary; default: not. */
  readonly withHooks?: boolean | undefined;
  readonly onProgress: (progress: RestoreProgress) => void;
}

export type RestoreProgress =
  | ApplyProgress
  | { readonly what: "fork"; readonly done: number; readonly total: 100 };

/** How a restore ended. `refused`: what was to be restored and was not. */
export interface RestoreOutcome {
  readonly id: string;
  readonly into: string;
  readonly applied: RestoreRun["applied"];
  readonly refused: readonly Refused[];
  readonly warnings: readonly Warning[];
  readonly calls: number;
}
