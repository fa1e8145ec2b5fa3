import type { Cadence, Config } from "../../utils/config.ts";
import type { Failure, Result } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { Judged } from "../recovery/timeliness.ts";
import type { Due, DueQuery, NotDue } from "../schedule/due.ts";
import type { Scheduler } from "../schedule/scheduler.ts";

/**
 * Who asked for a run, which decides what it may do. Where no secret is configured anybody may ask: such a run makes
 * only what today lacks, and removes nothing but, by a job's route, the predecessor of its own cadence (documented).
 */
export type AskedBy = "schedule" | "holder" | "anybody" | "anybody-by-job";

/** What set a run off. `plugin`: the button in DatoCMS; `hand`: any other call. */
export type RunTrigger = "schedule" | "hand" | "plugin";

/** `creating`: DatoCMS is still at work, and a later run sees it through. `skipped`: there was nothing to do. */
export type RunStatus = "done" | "creating" | "skipped" | "failed";

/** The end of a run, however it ended: log, alert, answer and history are made from it. */
export type RunRecord =
  | BackupRecord
  | ArchiveRecord
  | UploadRecord
  | VerifyRecord
  | PruneRecord
  | RestoreRecord
  | SandboxRecord
  | DeedRecord;

/** What is known of a run of whatever kind. */
export interface Run {
  readonly trigger: RunTrigger;
  readonly by: AskedBy;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** DatoCMS calls. */
  readonly calls: number;
}

/** A run that was to make backups. */
export interface BackupRecord extends Run {
  readonly kind: "backup";
  readonly status: RunStatus;
  /** One for each backup that the run set out to make; or why it broke before it could. */
  readonly result: Result<readonly Outcome[], Failure | Refusal>;
  /** The schedule's part; undefined by hand, and in a run that sees through what another one began. */
  readonly tick?: Tick | undefined;
}

/** Why a run of whatever kind broke. */
export interface RunFailure {
  readonly cause: string;
  readonly sentence: string;
}

/** A run that was to archive an environment. `partial`: something is missing that was to be in the archive. */
export interface ArchiveRecord extends Run {
  readonly kind: "archive";
  readonly status: "done" | "partial" | "failed";
  /** Kinds of backup that the archive stands for; none where it was made by hand. */
  readonly cadences: readonly Cadence[];
  /** Undefined where the run broke before it was known. */
  readonly environmentId: string | undefined;
  readonly result: Result<ArchiveMade, RunFailure>;
}

/**
 * A run that was to take an archive out of a tar. No kind of `archive`: whoever asks when the last one was made must not
 * be told of an old one that came back.
 */
export interface UploadRecord extends Run {
  readonly kind: "upload";
  readonly status: ArchiveRecord["status"];
  /** `storedBytes`: of the tar. */
  readonly result: Result<ArchiveMade & { readonly environmentId: string }, RunFailure>;
}

export interface ArchiveMade {
  readonly archiveId: string;
  readonly storedBytes: number;
  /** Codes of what is missing or uncertain, each once. */
  readonly warnings: readonly string[];
}

/** A run that looked whether what is stored is as it was written. `failed`: something is not, or nobody knows. */
export interface VerifyRecord extends Run {
  readonly kind: "verify";
  readonly status: "done" | "failed";
  /** Undefined where objects of all archives were looked at. */
  readonly archiveId: string | undefined;
  readonly level: string;
  readonly result: Result<Verified, RunFailure>;
}

export interface Verified {
  readonly objects: number;
  readonly bytes: number;
  /** How many. */
  readonly problems: number;
}

/**
 * A run that was to delete archives. `done`: some went, or the run before was refused its sweep and this one was not.
 * `skipped`: none had to go. `partial`: what they needed was not swept.
 */
export interface PruneRecord extends Run {
  readonly kind: "prune";
  readonly status: "done" | "skipped" | "partial" | "failed";
  readonly result: Result<Pruned, RunFailure>;
}

export interface Pruned {
  /** Ids of archives: their own records stay, and this is what tells when they went. */
  readonly deleted: readonly string[];
  /** How many stayed. */
  readonly kept: number;
  /** Why objects were left that may be surplus. */
  readonly refusal?: RunFailure | undefined;
}

/** A run that restored. `partial`: something that was to come back was refused. */
export interface RestoreRecord extends Run {
  readonly kind: "restore";
  readonly status: "done" | "partial" | "failed";
  /** The environment that was written. */
  readonly environmentId: string;
  readonly result: Result<Restored, RunFailure>;
}

export interface Restored {
  readonly restoreId: string;
  /** How many. */
  readonly records: number;
  readonly uploads: number;
  readonly schema: number;
  /** Codes of what was refused, each once. */
  readonly refused: readonly string[];
}

/** Somebody has kept a backup for good, or removed one. What was refused before anything was sent is none. */
export interface SandboxRecord extends Run {
  readonly kind: "keep" | "remove";
  readonly status: "done" | "failed";
  readonly cadence: Cadence;
  /** The backup, as it was called. */
  readonly environmentId: string;
  /** What a kept one is called since. */
  readonly name: string | undefined;
  readonly result: Result<undefined, RunFailure>;
}

/** Somebody has changed how a project is backed up. */
export interface DeedRecord extends Run {
  readonly kind: "pause" | "resume" | "settings";
  readonly status: "done";
  /** In the words of whoever did it. */
  readonly reason: string | undefined;
}

/** What a scheduled run goes by. */
export interface Tick {
  /** The job's own cadence, the moment and the mode in which it was asked. */
  readonly query: DueQuery;
  /** The owner has paused the schedule: nobody misses a run that broke. */
  readonly paused: boolean;
  /** Undefined where the run ended before it knew what is due. */
  readonly verdicts: Verdicts | undefined;
}

/** What a scheduled run found due, and on what. */
export interface Verdicts {
  readonly scheduler: Scheduler;
  /** `catalog`: before the run changed anything. */
  readonly judged: Judged;
  readonly keep: Config["keep"];
  /** Ids of backups that the shrink guard keeps, by the run's end: they stand for reasons of their own. */
  readonly kept: ReadonlySet<string>;
  /** Every cadence that was looked at; the most important first. */
  readonly cadences: readonly CadenceVerdict[];
}

export type CadenceVerdict = { readonly cadence: Cadence } & (DueCadence | NotDue);

/** `isNew`: DatoCMS is not yet at work on the backup that is due. */
export type DueCadence = Due & { readonly cadence: Cadence; readonly isNew: boolean };

/** Follows runs. A run that joins another one is not heard: that one is. */
export interface RunObserver {
  /** A scheduled run sets out to make what is due. */
  began(query: DueQuery, due: readonly DueCadence[]): void;
  /** A run is over: by an end of its own, a failure or a bug. */
  ended(record: BackupRecord): void;
  /** A backup was kept or removed by hand, or could not be. */
  did?(record: SandboxRecord): void;
}

/** The cadences whose backups a scheduled run set out to make. */
export function dueIn({ cadences }: Verdicts): DueCadence[] {
  return cadences.flatMap((each) => (each.due ? [each] : []));
}

/** The status of a run by what came of it. Pure. */
export function statusOf(result: BackupRecord["result"]): RunStatus {
  if (!result.ok) return "failed";
  const has = (kind: Outcome["kind"]) => result.value.some((outcome) => outcome.kind === kind);
  if (has("failed")) return "failed";
  if (has("creating")) return "creating";
  return has("done") ? "done" : "skipped";
}
