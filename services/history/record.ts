import type { Cadence, Config } from "../../utils/config.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { Judged } from "../recovery/timeliness.ts";
import type { Due, DueQuery, NotDue } from "../schedule/due.ts";
import type { Scheduler } from "../schedule/scheduler.ts";

/** One cadence in a scheduled run: the query, the state before, and the outcome. */
export interface CadenceRecord {
  readonly query: DueQuery;
  readonly scheduler: Scheduler;
  /** `catalog`: before the run changed anything. */
  readonly judged: Judged;
  readonly keep: Config["keep"];
  /** Ids of backups that the shrink guard keeps: they stand for reasons of their own. */
  readonly kept: ReadonlySet<string>;
  readonly verdict: Due | NotDue;
  /** Of a cadence that was due. */
  readonly outcome: Outcome | undefined;
}

/** A cadence whose backup a run sets out to make; `isNew`: DatoCMS is not at work on it yet. */
export interface DueCadence {
  readonly cadence: Cadence;
  readonly isNew: boolean;
}

/** The end of a scheduled run, however it ended: all that is said of the run is made from it. */
export interface RunRecord {
  /** The job's own cadence, the moment and the mode in which it was asked. */
  readonly query: DueQuery;
  /** Undefined where the run ended before it knew what is due. */
  readonly due: readonly DueCadence[] | undefined;
  /** Every cadence that was looked at; none where the run broke. */
  readonly cadences: readonly CadenceRecord[];
  /** Why the run broke. */
  readonly failure: { readonly cause: string; readonly sentence: string } | undefined;
  readonly durationMs: number;
  /** DatoCMS calls. */
  readonly calls: number;
}

/** Follows a scheduled run. A run that joins another one is not heard: that one is. */
export interface RunObserver {
  /** The run sets out to make these. */
  began(query: DueQuery, due: readonly DueCadence[]): void;
  /** The run is over: by an end of its own, a failure or a bug. */
  ended(record: RunRecord): void;
}
