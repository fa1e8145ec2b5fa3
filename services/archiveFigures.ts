import { CADENCES } from "../utils/config.ts";
import { type ArchiveFacts, lastComplete } from "./archive/watch/facts.ts";
import { type ArchiveWishes, lateSince, provenAt } from "./archive/watch/lateness.ts";
import { type Family, gauge, seconds } from "./metrics.ts";

/** What the metrics say of archives, besides what lies in the store. */
export interface ArchiveFigures {
  /** Undefined where the store did not answer. */
  readonly facts: ArchiveFacts | undefined;
  readonly wishes: ArchiveWishes;
  /** When the oldest open job made progress last, ms since the epoch; undefined where none is open. */
  readonly jobProgressAt: number | undefined;
}

const LEVELS = ["quick", "full", "deep", "share", "sample"] as const;

/** Archives in figures, in seconds and bytes. What is not known has no sample. Pure. */
export function archiveFamilies({ facts, wishes, jobProgressAt }: ArchiveFigures, now: number): Family[] {
  const last = facts && lastComplete(facts);
  const createdAt = last && Date.parse(last.createdAt);
  const [newest] = facts?.newest ?? [];
  const one = (name: string, help: string, value: number | undefined) => gauge(name, help, [[{}, value]]);
  const verified = (name: string, help: string, value: "at" | "problems" | "bytes", isTime = false) =>
    gauge(
      name,
      help,
      LEVELS.map((level) => {
        const figure = facts?.verify.last[level]?.[value];
        return [{ level }, isTime ? seconds(figure) : figure];
      }),
    );
  return [
    one(
      "backup_archive_age_seconds",
      "Age of what the newest complete archive holds.",
      ageOf(createdAt, now),
    ),
    one("backup_archive_archives", "Archives in the store.", facts?.count),
    one(
      "backup_archive_job_progress_timestamp_seconds",
      "When the oldest open job made progress last.",
      seconds(jobProgressAt),
    ),
    one(
      "backup_archive_last_success_timestamp_seconds",
      "The moment that the newest complete archive holds.",
      seconds(createdAt),
    ),
    one(
      "backup_archive_late",
      "Whether a complete archive that was due is missing.",
      facts && Number(lateSince(facts, wishes, now) !== undefined),
    ),
    gauge(
      "backup_archive_made_timestamp_seconds",
      "When the newest complete archive for a kind of backup was begun.",
      CADENCES.map((cadence) => [{ cadence }, seconds(facts?.madeFor[cadence])]),
    ),
    one(
      "backup_archive_partial",
      "Whether the newest archive is not complete.",
      newest?.manifest && Number(newest.manifest.partial),
    ),
    one(
      "backup_archive_proof_timestamp_seconds",
      "Up to when all that is stored was read again, or an archive was.",
      seconds(facts && provenAt(facts)),
    ),
    one("backup_archive_spoilt_objects", "Stored objects that are not as written.", facts?.spoilt),
    one("backup_archive_store_up", "Whether the store answers.", Number(facts !== undefined)),
    one(
      "backup_archive_stored_bytes",
      "Stored bytes of all archives, by the last daily sample.",
      facts?.verify.sample?.bytes,
    ),
    one(
      "backup_archive_stored_objects",
      "Stored objects of all archives, by the last daily sample.",
      facts?.verify.sample?.objects,
    ),
    verified("backup_archive_verified_bytes", "Bytes of the last verification.", "bytes"),
    verified("backup_archive_verified_problems", "Problems that the last verification found.", "problems"),
    verified("backup_archive_verified_timestamp_seconds", "When the last verification ended.", "at", true),
  ];
}

function ageOf(createdAt: number | undefined, now: number): number | undefined {
  return createdAt === undefined ? undefined : seconds(Math.max(0, now - createdAt));
}
