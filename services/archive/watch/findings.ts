import { utcMinute } from "../../../utils/instants.ts";
import { spanOf } from "../../../utils/spans.ts";
import { type Finding, ok, warn } from "../../findings/finding.ts";
import { CONSISTENCY } from "../consistency.ts";
import type { Manifest } from "../manifest.ts";
import type { Outcome, OutcomeLevel } from "../verify/state.ts";
import { type ArchiveFacts, lastComplete } from "./facts.ts";
import {
  type ArchiveWishes,
  type LateSchedule,
  lateSchedules,
  lateSince,
  provenAt,
  unprovenSince,
} from "./lateness.ts";

const DAY_MS = 24 * 60 * 60_000;
/** S3 refuses requests whose time is a quarter of an hour off. */
const MOST_SKEW_MS = 5 * 60_000;

const LEVELS: Readonly<Record<OutcomeLevel, string>> = {
  quick: "quick",
  full: "full",
  deep: "deep",
  share: "a share",
  sample: "daily sample",
};

/**
 * Judges what a store says of its archives. Pure.
 *
 * @param now ms since the epoch
 */
export function archiveFindings(facts: ArchiveFacts, wishes: ArchiveWishes, now: number): Finding[] {
  return [
    ...newestFindings(facts, wishes, now),
    ...lateSchedules(facts, wishes, now).map(scheduleFinding),
    ...verifiedFindings(facts, now),
    ...proofFindings(facts, wishes, now),
    ...sweepFindings(facts),
    ...clockFindings(facts, now),
  ];
}

function newestFindings(facts: ArchiveFacts, wishes: ArchiveWishes, now: number): Finding[] {
  const { count, newest } = facts;
  if (count === 0)
    return [
      warn(
        "NO_ARCHIVE",
        "The store holds no archive yet. If the project is deleted, its backups are gone.",
        wishes.cadences.length === 0
          ? "Make one with `archive create`; BACKUP_ARCHIVE is off."
          : "The next backup is archived once it is ready; `archive create` makes one now.",
      ),
    ];
  const [first] = newest;
  const partial = first?.manifest?.partial === true ? [partialFinding(first.manifest)] : [];
  const unreadable = newest.filter(({ manifest }) => manifest === undefined);
  return [
    ...lastFindings(facts, wishes, now),
    ...partial,
    ...unreadable.map(({ id }) =>
      warn(
        "ARCHIVE_DAMAGED",
        `The archive ${id} cannot be read.`,
        "`archive verify` says why. See what else has access to the store.",
      ),
    ),
  ];
}

function lastFindings(facts: ArchiveFacts, wishes: ArchiveWishes, now: number): Finding[] {
  const last = lastComplete(facts);
  const late = lateSince(facts, wishes, now);
  if (last === undefined) {
    if (late === undefined) return [];
    return [warn("ARCHIVE_LATE", `No archive is complete; one is late since ${utcMinute(late)}.`, SEE_RUNS)];
  }
  const of = Date.parse(last.createdAt);
  const { environment } = last.source;
  if (late === undefined)
    return [
      ok(
        "OFFSITE_READY",
        `The last complete archive is of ${utcMinute(of)}: ${environment}, ${CONSISTENCY[last.consistency]}.`,
      ),
    ];
  const ago = spanOf(now - of);
  return [
    warn(
      "ARCHIVE_LATE",
      `The last complete archive is of ${utcMinute(of)}, ${ago} ago; the next one is late since ${utcMinute(late)}.`,
      SEE_RUNS,
    ),
  ];
}

const SEE_RUNS = "GET /api/runs?kind=archive says how the last ones ended; `archive create` makes one now.";

function scheduleFinding({ schedule: { name, lastRun }, since }: LateSchedule): Finding {
  const failure = lastRun?.failure;
  const why = failure === undefined ? "" : ` Its last run failed: ${failure.sentence}`;
  return warn(
    "SCHEDULE_LATE",
    `The schedule "${name}" has made no archive since ${utcMinute(since)}.${why}`,
    "See whether the server runs all the time, with its cron; `archive create` makes an archive now.",
  );
}

function partialFinding({ id, warnings }: Manifest): Finding {
  const [first] = warnings;
  const why = first === undefined ? "" : ` ${first.sentence}`;
  return warn(
    "ARCHIVE_PARTIAL",
    `The newest archive ${id} is not complete.${why}`,
    "`archive show latest` names everything that is missing.",
  );
}

function verifiedFindings({ verify: { last }, spoilt }: ArchiveFacts, now: number): Finding[] {
  const outcomes = LEVELS_SHOWN.flatMap((level) => {
    const outcome = last[level];
    return outcome === undefined ? [] : [{ level, outcome }];
  });
  const wrong = outcomes.filter(({ outcome }) => outcome.problems > 0);
  return [
    ...(outcomes.length > 0 && wrong.length === 0
      ? [
          ok(
            "ARCHIVES_VERIFIED",
            `Archives are as they were written: ${outcomes.map(({ level, outcome }) => `${LEVELS[level]} ${agoOf(outcome, now)}`).join(", ")}.`,
          ),
        ]
      : []),
    ...wrong
      .filter(({ level }) => level !== "sample")
      .map(({ level, outcome }) => problemsFinding(level, outcome)),
    ...(spoilt > 0 ? [spoiltFinding(spoilt)] : []),
  ];
}

const LEVELS_SHOWN = ["quick", "full", "deep", "share", "sample"] as const;

function agoOf({ at }: Outcome, now: number): string {
  return `${spanOf(Math.max(0, now - at))} ago`;
}

function problemsFinding(level: OutcomeLevel, { at, archive, problems }: Outcome): Finding {
  const things = problems === 1 ? "one problem" : `${problems} problems`;
  return warn(
    "ARCHIVE_DAMAGED",
    `The last verification of level ${LEVELS[level]} found ${things} in ${archive ?? "the store"} (${utcMinute(at)}).`,
    "`archive verify` names them. The next archive writes anew what it needs.",
  );
}

function spoiltFinding(spoilt: number): Finding {
  const objects = spoilt === 1 ? "One stored object is" : `${spoilt} stored objects are`;
  return warn(
    "OBJECTS_SPOILT",
    `${objects} not as written.`,
    "The next archive writes anew what it needs. See what else has access to the store, and whether its disk is well.",
  );
}

function proofFindings(facts: ArchiveFacts, wishes: ArchiveWishes, now: number): Finding[] {
  if (unprovenSince(facts, wishes, now) === undefined) return [];
  const proven = provenAt(facts);
  const last =
    proven === undefined ? "Nothing was read again yet" : `It was read last ${spanOf(now - proven)} ago`;
  return [
    warn(
      "PROOF_OLD",
      `It is too long ago that what is stored was read again. ${last}.`,
      wishes.samplePercent === undefined
        ? "Remove BACKUP_VERIFY_SAMPLE, or run `archive verify latest`."
        : "Find out why the server reads no daily sample, or run `archive verify latest`.",
    ),
  ];
}

function sweepFindings({ refusal }: ArchiveFacts): Finding[] {
  if (refusal === undefined) return [];
  return [warn(refusal.cause, refusal.sentence, "Until then the store grows; nothing is lost by it.")];
}

function clockFindings(facts: ArchiveFacts, now: number): Finding[] {
  const { ahead } = facts;
  const [newest] = facts.newest;
  const future = newest?.manifest && Date.parse(newest.manifest.createdAt) - (now + ahead);
  if (Math.abs(ahead) > MOST_SKEW_MS)
    return [
      warn(
        "CLOCK_SKEW",
        `This machine's clock and the store's differ by ${spanOf(Math.abs(ahead))}.`,
        "Set this machine's clock.",
      ),
    ];
  if (future !== undefined && future > DAY_MS)
    return [
      warn(
        "CLOCK_SKEW",
        `The newest archive is dated ${spanOf(future)} ahead of the store's clock, so no archive is removed.`,
        "Set the clocks, or delete that archive.",
      ),
    ];
  return [];
}
