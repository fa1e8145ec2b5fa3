import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { Backup } from "../catalog/backup.ts";
import type { UtcDate } from "../catalog/names.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import type { SlotWindow } from "../schedule/slotWindow.ts";
import type { Notification, NotificationKind, OutgoingNotification, Reason } from "./notification.ts";

/** The facts that a notification about one cadence is made of. */
export interface CadenceFacts {
  readonly cadence: Cadence;
  readonly window: Pick<SlotWindow, "date">;
  readonly lastCopyAt: number | null;
  readonly failure?: Reason;
  readonly outcome?: Pick<Outcome, "environmentId" | "problems">;
}

const TITLE_ENDS = {
  failed: "failed",
  late: "is late",
  recovered: "has recovered",
  success: "is ready",
} as const;
const BY_HAND = "To have a backup now, make one by hand (POST /api/datocms/backup-now).";
const SEE_CHECK = "GET /api/check says whether anything is in the way.";

export function cadenceNotification(kind: keyof typeof TITLE_ENDS, facts: CadenceFacts): Notification {
  const { cadence, window, lastCopyAt, failure, outcome } = facts;
  return {
    kind,
    cadence,
    date: window.date,
    title: `The ${cadence} backup ${TITLE_ENDS[kind]}`,
    sentence: sentenceOf(kind, facts),
    advice: kind === "failed" ? SEE_CHECK : kind === "late" ? `${SEE_CHECK} ${BY_HAND}` : null,
    cause: failure?.cause ?? null,
    environmentId: outcome?.environmentId ?? null,
    lastCopyAt,
  };
}

/**
 * Says that DatoCMS does not finish a fork.
 *
 * @param hanging of one cadence, the newest first
 */
export function hangingNotification(
  newest: Backup,
  hanging: readonly Backup[],
  lastCopyAt: number | null,
): Notification {
  const { cadence, date } = newest;
  const { cause, sentence } = hangingReason(hanging);
  return {
    kind: "late",
    cadence,
    date,
    title: `The ${cadence} backup of ${date} is late`,
    sentence,
    advice: DELETE_HANGING,
    cause,
    environmentId: null,
    lastCopyAt,
  };
}

/** Why there is no backup where forks hang. */
export function hangingReason(hanging: readonly Backup[]): Reason {
  return { cause: "FORK_HANGS", sentence: hangingSentence(hanging) };
}

/** A sample that says that it is one. */
export function testNotification(date: UtcDate): Notification {
  return projectNotification("test", date, {
    title: "Test of the backup alerts",
    sentence: "Alerts about this project's backups will arrive here. Nothing has happened to any backup.",
  });
}

/** Says that a run could not find out what is due. */
export function unreadRunNotification(date: UtcDate, { cause, sentence }: Reason): Notification {
  return projectNotification("failed", date, {
    title: "The backup run failed",
    sentence: `On ${date} the service could not find out which backups are due. ${sentence}`,
    advice: SEE_CHECK,
    cause,
  });
}

/** Says that somebody has stopped the schedule. */
export function disconnectedNotification(date: UtcDate, at: number): Notification {
  return projectNotification("disconnected", date, {
    title: "Scheduled backups were stopped",
    sentence: `A call of scheduler-disconnect stopped all scheduled backups at ${utcMinute(at)}. Until they go on, no backup is made by schedule, and no other alert is sent.`,
    advice:
      "To let them go on, test the connection in the plugin's settings. If nobody of yours stopped them, set a new shared secret.",
  });
}

/** A notification about no cadence in particular. */
function projectNotification(
  kind: NotificationKind,
  date: UtcDate,
  {
    title,
    sentence,
    advice = null,
    cause = null,
  }: Pick<Notification, "title" | "sentence"> & Partial<Pick<Notification, "advice" | "cause">>,
): Notification {
  return {
    kind,
    cadence: null,
    date,
    title,
    sentence,
    advice,
    cause,
    environmentId: null,
    lastCopyAt: null,
  };
}

/** One title for several notifications: the project's name stands there once. */
export function titleOf([first, ...others]: readonly [Titled, ...Titled[]]): string {
  const bare = ({ title, project }: Titled) =>
    project === undefined ? title : title.slice(prefixOf(project).length);
  return [first.title, ...others.map(bare)].join("; ");
}

type Titled = Pick<OutgoingNotification, "title" | "project">;

/** The beginning of a title where projects share a channel. */
export function prefixOf(project: string): string {
  return `${project}: `;
}

/** The text below the title. */
export function bodyOf({ sentence, advice }: Notification): string {
  return advice === null ? sentence : `${sentence}\n${advice}`;
}

function sentenceOf(
  kind: NotificationKind,
  { cadence, window, lastCopyAt, failure, outcome }: CadenceFacts,
): string {
  if (outcome !== undefined) {
    const late = kind === "recovered" ? ", after one that was missed or late" : "";
    const ready = `The backup ${outcome.environmentId} is ready${late}.`;
    return [ready, ...outcome.problems.map(({ sentence }) => sentence)].join(" ");
  }
  const since = lastCopyAt === null ? "" : ` since ${utcMinute(lastCopyAt)}`;
  if (kind === "late") {
    const why = failure?.sentence ?? "The runs that were to make it have failed or did not take place.";
    return `There is no ${cadence} backup${since === "" ? " yet" : since}. ${why}`;
  }
  return `No ${cadence} backup could be made on ${window.date}. ${failure?.sentence ?? ""}`;
}
