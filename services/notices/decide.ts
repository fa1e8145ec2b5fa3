import type { Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Judged, timelinessOf } from "../recovery/timeliness.ts";
import { HANGS_AFTER_MS, hangingIn } from "../rotation/hanging.ts";
import { backupsIn, newestBackup } from "../rotation/held.ts";
import { asCopy, type Copy } from "../rotation/names.ts";
import type { Outcome } from "../rotation/outcome.ts";
import type { Due, NotDue, Question } from "../schedule/due.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import type { Notice, Reason } from "./notice.ts";
import { hourOf, lookedBackOn, openingOf, turnOf } from "./turn.ts";
import { hangingNotice, hangingReason, noticeOf, unknownNotice } from "./words.ts";

/** A cadence in a scheduled run: what was asked, what was there before, and what became of it. */
export interface CadenceRun {
  readonly question: Question;
  readonly scheduler: Scheduler;
  /** `listed`: before the run changed anything. */
  readonly judged: Judged;
  readonly keep: Config["keep"];
  /** Ids of copies that the brake keeps: they stand for reasons of their own. */
  readonly kept: ReadonlySet<string>;
  readonly verdict: Due | NotDue;
  /** Of a cadence that was due. */
  readonly outcome: Outcome | undefined;
}

/** What a dead-man's switch hears at a run's end; `failure` where there is no copy. */
export interface Pulse {
  /** When the run began, ms since the epoch. */
  readonly beganAt: number;
  readonly failure?: Reason;
}

/** What there is to tell of a run. */
export interface Told {
  readonly notice?: Notice;
  /** The same of forks that hang, whatever the run came to. */
  readonly hanging?: Notice;
  readonly pulse?: Pulse;
}

/** A copy that was begun longer ago was seen ready by an earlier tick. */
const JUST_MADE_MS = 90 * 60 * 1_000;

/**
 * Decides what to tell of a cadence. Pure, and without a memory: failures are told in the slot's own tick, a
 * copy that is still missing in the last one, and what lies between is for the ticks to put right.
 */
export function toldOf(run: CadenceRun): Told {
  const told = toldOfRun(run);
  const hung = newlyHung(run);
  const [newest] = hung;
  if (newest === undefined) return told;
  const hanging = hangingNotice(newest, hung, lastCopyAt(run.judged, run.question));
  // The run that began the fork never came to its end.
  const pulse = { beganAt: newest.environment.createdAt, failure: hangingReason(hung) };
  return { pulse, ...told, hanging };
}

/** Forks that have begun to hang since the last tick; each is one tick's to tell. */
function newlyHung({ question, judged, scheduler }: CadenceRun): Copy[] {
  if (!scheduler.enabled) return [];
  const { from, to } = lookedBackOn(question);
  return hangingIn(judged.listed, question.now).filter(({ cadence, environment }) => {
    const since = environment.createdAt + HANGS_AFTER_MS;
    return cadence === question.cadence && since >= from && since < to;
  });
}

function toldOfRun(run: CadenceRun): Told {
  const { question, judged, scheduler, verdict, outcome } = run;
  const { schedule, listed } = judged;
  const { cadence, now } = question;
  const turn = turnOf(question, schedule);
  const about = { cadence, turn, lastCopyAt: lastCopyAt(judged, question) };

  if (!verdict.due) {
    if (!scheduler.enabled || !schedule.enabledCadences.includes(cadence)) return {};
    if (verdict.because === "already_made") return finished(run);
    const isLate = turn.isFirst && timelinessOf(question, judged).kind === "late";
    if (!isLate) return {};
    const hung = hangingIn(listed, now).filter((copy) => copy.cadence === cadence);
    return {
      notice: noticeOf("late", { ...about, ...(hung.length > 0 && { failure: hangingReason(hung) }) }),
    };
  }
  if (outcome?.kind === "done") {
    const pulse = { beganAt: now };
    // Somebody else made it, and tells.
    if (outcome.reused) return { pulse };
    // Begun by an earlier tick, where that one's time was up.
    const isBegun = ({ id, status }: Environment) => id === outcome.environmentId && status === "creating";
    const begun = listed.find(isBegun)?.createdAt ?? now;
    return { notice: noticeOf(kindOfMade(question, judged, begun), { ...about, outcome }), pulse };
  }
  // Nothing is wrong with a copy that somebody has promoted meanwhile: the run is over.
  if (outcome?.kind === "promoted") return { pulse: { beganAt: now } };
  if (outcome?.kind !== "failed") return {};
  const { failure } = outcome;
  const kind = turn.isFirst ? "failed" : turn.isLast ? "late" : undefined;
  return {
    ...(kind && { notice: noticeOf(kind, { ...about, failure }) }),
    pulse: { beganAt: now, failure },
  };
}

/**
 * The same of a run that broke before it knew what is due. The daily job says it for both, in slot mode in its slot's
 * own hour only: hosts without a memory cannot count days. Of the dead-man's switches only the daily one hears of it:
 * nothing else is known to be due.
 */
export function toldOfUnknown(question: Question, failure: Reason): Told {
  const { cadence, now } = question;
  const { isFirst, date } = openingOf(question);
  if (cadence !== "daily" || !isFirst) return {};
  return { notice: unknownNotice(date, failure), pulse: { beganAt: now, failure } };
}

/** The same of a cadence that was found due, in a run that broke after that. */
export function toldOfBroken(question: Question, failure: Reason): Told {
  const { cadence, now } = question;
  const turn = openingOf(question);
  return {
    ...(turn.isFirst && { notice: noticeOf("failed", { cadence, turn, lastCopyAt: null, failure }) }),
    pulse: { beganAt: now, failure },
  };
}

/**
 * A run that ended while DatoCMS was at work told nothing: the tick of the hour after does. That nobody has
 * told yet is seen from an old copy that still stands; a run that saw its copy ready has removed it. A
 * dead-man's switch may hear it twice.
 */
function finished({ question, judged, keep, kept }: CadenceRun): Told {
  const { cadence, now, mode } = question;
  const { listed, holdDays, schedule } = judged;
  const turn = turnOf(question, schedule);
  const [copy, ...older] = backupsIn(listed, holdDays).filter(
    (each) =>
      each.cadence === cadence && each.environment.status === "ready" && !kept.has(each.environment.id),
  );
  if (mode !== "slot" || copy === undefined) return {};
  const { id, createdAt } = copy.environment;
  if (createdAt < turn.opening || createdAt >= hourOf(now) || now - createdAt > JUST_MADE_MS) return {};
  const pulse = { beganAt: createdAt };
  if (older.length < keep[cadence]) return { pulse };
  const before = { ...judged, listed: listed.filter((each) => each.id !== id) };
  const outcome = { environmentId: copy.originalId, problems: [] };
  const about = { cadence, turn, lastCopyAt: lastCopyAt(before, question), outcome };
  return { notice: noticeOf(kindOfMade(question, before, createdAt), about), pulse };
}

/**
 * Whether a copy ends a time in which one was missing.
 *
 * @param judged what was there before it
 * @param begunAt of the copy, ms since the epoch
 */
function kindOfMade(question: Question, judged: Judged, begunAt: number): "recovered" | "success" {
  const { opening, isDueToday } = turnOf(question, judged.schedule);
  // An earlier tick of these hours failed, or did not come.
  if (hourOf(begunAt) > opening) return "recovered";
  const isOfCadence = (environment: Environment) =>
    environment.status === "ready" &&
    asCopy({ ...environment, primary: false })?.cadence === question.cadence;
  // The very first one was missed.
  if (!isDueToday && !judged.listed.some(isOfCadence)) return "recovered";
  return timelinessOf(question, judged).kind === "late" ? "recovered" : "success";
}

function lastCopyAt({ listed, holdDays }: Judged, { cadence }: Question): number | null {
  return newestBackup(listed, cadence, holdDays)?.takenAt ?? null;
}
