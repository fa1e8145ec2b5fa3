import type { Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/errors.ts";
import { utcMinute } from "../../utils/instants.ts";
import type { Outcome } from "../rotation/outcome.ts";
import type { Notice, NoticeKind } from "./notice.ts";
import type { Turn } from "./turn.ts";

/** What a notice is made of. */
export interface About {
  readonly cadence: Cadence;
  readonly turn: Pick<Turn, "date">;
  readonly lastCopyAt: number | null;
  readonly failure?: Failure;
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
