import type { Status } from "../services/backupService.ts";
import { CADENCES } from "../utils/config.ts";
import { moment } from "../utils/moments.ts";
import { spanOf } from "../utils/spans.ts";
import { adjective, counted, KIND, listed } from "../utils/words.ts";

/** A project in one sentence, which is about the worst that there is. */
export interface Headline {
  readonly state: "failed" | "paused" | "late" | "running" | "empty" | "warnings" | "ok";
  /** Begins with a small letter where a name may stand before it; without a full stop. */
  readonly sentence: string;
}

/** The states in which somebody has to do something: a script is told by the exit status. */
export const UNWELL: readonly Headline["state"][] = ["failed", "paused", "late"];

/** Finds the sentence. Pure. */
export function headlineOf({ scheduler, slots, coverage, problems, checkedAt: now }: Status): Headline {
  const hanging = CADENCES.flatMap((cadence) => slots[cadence].hanging);
  if (hanging.length > 0) return { state: "failed", sentence: `DatoCMS does not finish ${listed(hanging)}` };

  const late = lateness({ slots, checkedAt: now });
  if (!scheduler.enabled) {
    const why =
      "pausedBy" in scheduler
        ? `paused by ${scheduler.pausedBy}`
        : `disconnected since ${moment(Date.parse(scheduler.disconnectedAt), now)}`;
    const and = late === undefined ? "" : `, and ${late}`;
    return { state: "paused", sentence: `${why}: nothing is backed up by schedule${and}` };
  }
  if (late !== undefined) return { state: "late", sentence: late };

  const making = CADENCES.filter((cadence) => slots[cadence].state === "creating");
  if (making.length > 0)
    return { state: "running", sentence: `backing up now: ${listed(making.map((each) => KIND[each]))}` };
  if (coverage.points === 0) return { state: "empty", sentence: "no backup yet" };
  if (problems.length > 0)
    return { state: "warnings", sentence: `backed up, with ${counted(problems.length, "thing")} to look at` };
  return { state: "ok", sentence: "everything is backed up" };
}

function lateness({ slots, checkedAt: now }: Pick<Status, "slots" | "checkedAt">): string | undefined {
  const late = CADENCES.flatMap((cadence) => {
    const { timeliness } = slots[cadence];
    return timeliness?.kind === "late" ? [{ cadence, since: timeliness.since }] : [];
  });
  const [first, ...others] = late;
  if (first === undefined) return undefined;
  if (others.length === 0)
    return `the ${adjective(first.cadence)} backup is ${spanOf(now - first.since)} late`;
  return `the ${listed(late.map(({ cadence }) => adjective(cadence)))} backups are late`;
}
