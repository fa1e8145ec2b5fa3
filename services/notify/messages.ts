import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import { DELETE_HANGING, hangingSentence } from "../recovery/hangingWords.ts";
import type { Copy, UtcDate } from "../rotation/names.ts";
import type { Outcome } from "../rotation/outcome.ts";
import type { Notice, NoticeKind, Reason, Sent } from "./notification.ts";
import type { Turn } from "./slotWindow.ts";

/** What a notice is made of. */
export interface About {
  readonly cadence: Cadence;
  readonly turn: Pick<Turn, "date">;
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
const BY_HAND = "To have a copy now, make one by hand (POST /api/datocms/backup-now).";
const SEE_CHECK = "GET /api/check says whether anything is in the way.";

/** Puts what there is to tell in words. */
export function noticeOf(kind: keyof typeof TITLE_ENDS, about: About): Notice {
  const { cadence, turn, lastCopyAt, failure, outcome } = about;
  return {
    kind,
    cadence,
    date: turn.date,
    title: `The ${cadence} backup ${TITLE_ENDS[kind]}`,
    sentence: sentenceOf(kind, about),
    advice: kind === "failed" ? SEE_CHECK : kind === "late" ? `${SEE_CHECK} ${BY_HAND}` : null,
    cause: failure?.cause ?? null,
    environmentId: outcome?.environmentId ?? null,
    lastCopyAt,
  };
}

/**
 * Says that DatoCMS does not finish a fork.
 *
 * @param hung of one cadence, the newest first
 */
export function hangingNotice(newest: Copy, hung: readonly Copy[], lastCopyAt: number | null): Notice {
  const { cadence, date } = newest;
  const { cause, sentence } = hangingReason(hung);
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

/** Why there is no copy where forks hang. */
export function hangingReason(hung: readonly Copy[]): Reason {
  return { cause: "FORK_HANGS", sentence: hangingSentence(hung) };
}

/** A sample that says that it is one. */
export function testNotice(date: string): Notice {
  return {
    kind: "test",
    cadence: null,
    date,
    title: "Test of the backup alerts",
    sentence: "Alerts about this project's backups will arrive here. Nothing has happened to any backup.",
    advice: null,
    cause: null,
    environmentId: null,
    lastCopyAt: null,
  };
}

/** Tells that a run could not find out what is due. */
export function unknownNotice(date: UtcDate, { cause, sentence }: Reason): Notice {
  return {
    kind: "failed",
    cadence: null,
    date,
    title: "The backup run failed",
    sentence: `On ${date} the service could not find out which backups are due. ${sentence}`,
    advice: SEE_CHECK,
    cause,
    environmentId: null,
    lastCopyAt: null,
  };
}

/** One title of several notices: the project's name stands there once. */
export function titleOf([first, ...others]: readonly [TitledNotice, ...TitledNotice[]]): string {
  const bare = ({ title, project }: TitledNotice) =>
    project === undefined ? title : title.slice(prefixOf(project).length);
  return [first.title, ...others.map(bare)].join("; ");
}

type TitledNotice = Pick<Sent, "title" | "project">;

/** What a title begins with where projects share a channel. */
export function prefixOf(project: string): string {
  return `${project}: `;
}

/** What stands below the title. */
export function textOf({ sentence, advice }: Notice): string {
  return advice === null ? sentence : `${sentence}\n${advice}`;
}

function sentenceOf(kind: NoticeKind, { cadence, turn, lastCopyAt, failure, outcome }: About): string {
  if (outcome !== undefined) {
    const late = kind === "recovered" ? ", after one that was missed or late" : "";
    const ready = `The copy ${outcome.environmentId} is ready${late}.`;
    return [ready, ...outcome.problems.map(({ sentence }) => sentence)].join(" ");
  }
  const since = lastCopyAt === null ? "" : ` since ${utcMinute(lastCopyAt)}`;
  if (kind === "late") {
    const why = failure?.sentence ?? "The runs that were to make it have failed or did not take place.";
    return `There is no ${cadence} copy${since === "" ? " yet" : since}. ${why}`;
  }
  return `No ${cadence} copy could be made on ${turn.date}. ${failure?.sentence ?? ""}`;
}
