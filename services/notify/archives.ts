import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import { spanOf } from "../../utils/spans.ts";
import { utcDate } from "../catalog/names.ts";
import type { ArchiveRecord, PruneRecord, VerifyRecord } from "../history/record.ts";
import type { RunSummary } from "../history/run.ts";
import type { Notification, NotificationKind, Reason } from "./notification.ts";

/** What is decided about archives, from a run's record and from what ran before: nothing else is remembered. Pure. */

const DAY_MS = 24 * 60 * 60_000;
/** How often trouble that goes on is told again. What is missing in an archive is missing for long, mostly. */
const AGAIN_MS = { failed: DAY_MS, partial: 7 * DAY_MS } as const;

/** What came before a run. */
export interface Before {
  /** Scheduled runs of the same kind that began before, the newest first. */
  readonly earlier: readonly RunSummary[];
  /** Of when the last complete archive is, ms since the epoch; null where there is none, or nobody knows. */
  readonly lastCopyAt: number | null;
}

/**
 * Decides what to send about a scheduled archive: the first failure of a row, then one a day; the first archive of a row
 * that is not complete, then one a week; and that all is well again.
 *
 * @param longestGap how old a complete archive may be before it is late, ms
 */
export function decideArchive(
  record: ArchiveRecord,
  { earlier, lastCopyAt }: Before,
  longestGap: number,
): Notification | undefined {
  const { status, startedAt, cadences, environmentId = null, result } = record;
  const about = { at: startedAt, cadence: cadences[0] ?? null, environmentId, lastCopyAt };
  const name = nameOf(about.cadence);
  if (status === "done") {
    const last = earlier.find((each) => each.status === "done");
    const isBack = earlier[0] !== undefined && earlier[0].status !== "done";
    const wasLate = last !== undefined && startedAt - last.startedAt > longestGap;
    const archiveId = result.ok ? result.value.archiveId : undefined;
    if (isBack || wasLate)
      return archiveNotification("recovered", about, {
        title: `${name} has recovered`,
        sentence: `The archive ${archiveId} is complete, after one that failed, was late or was not complete.`,
        archiveId,
      });
    return archiveNotification("success", about, {
      title: `${name} is complete`,
      sentence: `The archive ${archiveId} is complete.`,
      archiveId,
    });
  }
  if (isToldAlready(status, startedAt, earlier)) return undefined;
  if (!result.ok) return failedArchive(about, name, result.failure);
  const { archiveId, warnings } = result.value;
  return archiveNotification("partial", about, {
    title: `${name} is not complete`,
    sentence: `The archive ${archiveId} is kept, and something is missing in it: ${warnings.join(", ")}.`,
    advice: "`archive show latest` names everything that is missing. The next archive tries to fetch it.",
    cause: "ARCHIVE_PARTIAL",
    archiveId,
  });
}

/** Whether a row of equal ends, of which this is the latest, was told of within the time after which it is told again. */
function isToldAlready(status: "failed" | "partial", now: number, earlier: readonly RunSummary[]): boolean {
  const end = earlier.findIndex((each) => each.status !== status);
  const row = end < 0 ? earlier : earlier.slice(0, end);
  const [last, first] = [row[0], row.at(-1)];
  if (last === undefined || first === undefined) return false;
  const turn = (at: number) => Math.floor((at - first.startedAt) / AGAIN_MS[status]);
  return turn(now) === turn(last.startedAt);
}

function failedArchive(about: About, name: string, failure: Reason): Notification {
  const of = about.environmentId === null ? "" : ` of ${about.environmentId}`;
  return archiveNotification("failed", about, {
    title: `${name} failed`,
    sentence: `No archive${of} could be made. ${failure.sentence}${lastText(about)}`,
    advice: "The backups in DatoCMS are not touched by it. The run of the next hour tries again.",
    cause: failure.cause,
  });
}

/**
 * Decides what to send about a scheduled verification: that something is not as written, once, and again where more is;
 * and that all is well again.
 *
 * @param problemsBefore of the verification of this level before; undefined where there was none
 */
export function decideVerification(
  { startedAt, archiveId, level, result }: VerifyRecord,
  problemsBefore: number | undefined,
  { earlier, lastCopyAt }: Before,
): Notification | undefined {
  const about = { at: startedAt, cadence: null, environmentId: null, lastCopyAt };
  const what = archiveId === undefined ? "the store of archives" : `the archive ${archiveId}`;
  if (!result.ok) {
    if (isToldAlready("failed", startedAt, earlier)) return undefined;
    return archiveNotification("failed", about, {
      title: "A verification of archives failed",
      sentence: `Nobody knows whether ${what} is as it was written. ${result.failure.sentence}`,
      advice: "The next run tries again.",
      cause: result.failure.cause,
      archiveId,
    });
  }
  const { problems } = result.value;
  const before = problemsBefore ?? 0;
  if (problems > before)
    return archiveNotification("damaged", about, {
      title: "An archive is damaged",
      sentence: `A verification (${level}) of ${what} found ${problems === 1 ? "one problem" : `${problems} problems`}.`,
      advice:
        "`archive verify latest` names them. The next archive writes anew what it needs. See what else has access to the store, and whether its disk is well.",
      cause: "ARCHIVE_DAMAGED",
      archiveId,
    });
  if (problems > 0 || before === 0) return undefined;
  return archiveNotification("recovered", about, {
    title: "Archives are well again",
    sentence: `A verification (${level}) of ${what} found nothing wrong any more.`,
    archiveId,
  });
}

/** Decides what to send where a scheduled run could not delete what it should: once, then once a day or a week. */
export function decidePrune(
  { status, startedAt, result }: PruneRecord,
  { earlier, lastCopyAt }: Before,
): Notification | undefined {
  const reason = result.ok ? result.value.refusal : result.failure;
  if (reason === undefined || (status !== "failed" && status !== "partial")) return undefined;
  if (isToldAlready(status, startedAt, earlier)) return undefined;
  const about = { at: startedAt, cadence: null, environmentId: null, lastCopyAt };
  return archiveNotification("failed", about, {
    title: "Old archives were not deleted as they should be",
    sentence: reason.sentence,
    advice: "Until then the store grows; nothing is lost by it. `archive prune` says more.",
    cause: reason.cause,
  });
}

/** What an hourly look knows; all in ms since the epoch. */
export interface Look {
  readonly now: number;
  readonly lastCopyAt: number | null;
  /** When this was told last; undefined where it was not. */
  readonly toldAt: number | undefined;
}

/**
 * Decides in an hourly look whether to tell that archives are late: once, then once a day.
 *
 * @param since when they became late, ms since the epoch; undefined where they are not
 */
export function decideLate(
  since: number | undefined,
  cadence: Cadence | null,
  { now, lastCopyAt, toldAt }: Look,
): Notification | undefined {
  if (since === undefined || (toldAt !== undefined && now - toldAt < DAY_MS)) return undefined;
  const about = { at: now, cadence, environmentId: null, lastCopyAt };
  const last =
    lastCopyAt === null
      ? "There is no complete archive yet."
      : `There is no complete archive since ${utcMinute(lastCopyAt)}, ${spanOf(now - lastCopyAt)} ago.`;
  return archiveNotification("late", about, {
    title: `${nameOf(cadence)} is late`,
    sentence: `${last} The runs that were to make it have failed or did not take place.`,
    advice: "GET /api/check says whether anything is in the way. `archive create` makes one now.",
    cause: "ARCHIVE_LATE",
  });
}

/**
 * The same of schedules of archives: once, then once a day.
 *
 * @param late those that are late; `since`: ms since the epoch
 */
export function decideLateSchedules(
  late: readonly { readonly schedule: { readonly name: string }; readonly since: number }[],
  { now, lastCopyAt, toldAt }: Look,
): Notification | undefined {
  if (late.length === 0 || (toldAt !== undefined && now - toldAt < DAY_MS)) return undefined;
  const about = { at: now, cadence: null, environmentId: null, lastCopyAt };
  const named = late
    .slice(0, MOST_NAMED)
    .map(({ schedule, since }) => `"${schedule.name}" since ${utcMinute(since)}`);
  const more = late.length > MOST_NAMED ? [`${late.length - MOST_NAMED} more`] : [];
  return archiveNotification("late", about, {
    title: late.length === 1 ? "A schedule of archives is late" : "Schedules of archives are late",
    sentence: `No archive has come of ${[...named, ...more].join(", ")}.`,
    advice: "GET /api/check says whether anything is in the way. `archive create` makes one now.",
    cause: "SCHEDULE_LATE",
  });
}

const MOST_NAMED = 5;

/** The same where nothing was read again for long: once, then once a week. */
export function decideUnproven(
  since: number | undefined,
  { now, lastCopyAt, toldAt }: Look,
): Notification | undefined {
  if (since === undefined || (toldAt !== undefined && now - toldAt < 7 * DAY_MS)) return undefined;
  const about = { at: now, cadence: null, environmentId: null, lastCopyAt };
  return archiveNotification("late", about, {
    title: "Archives were not read again for long",
    sentence:
      "It is over a month ago that all that is stored was read again, so nobody knows whether it is well.",
    advice: "GET /api/check says why. `archive verify latest` reads the newest archive now.",
    cause: "PROOF_OLD",
  });
}

interface About extends Pick<Notification, "cadence" | "environmentId" | "lastCopyAt"> {
  readonly at: number;
}

function archiveNotification(
  kind: NotificationKind,
  { at, ...about }: About,
  says: Pick<Notification, "title" | "sentence"> &
    Partial<Pick<Notification, "advice" | "cause">> & { readonly archiveId?: string | undefined },
): Notification {
  const { title, sentence, advice = null, cause = null, archiveId } = says;
  const date = utcDate(at);
  const which = archiveId !== undefined && { archiveId };
  return { about: "archive", kind, ...about, date, title, sentence, advice, cause, ...which };
}

function nameOf(cadence: Cadence | null): string {
  return cadence === null ? "The archive" : `The ${cadence} archive`;
}

function lastText({ lastCopyAt }: About): string {
  return lastCopyAt === null ? "" : ` The last complete archive is of ${utcMinute(lastCopyAt)} and is safe.`;
}
