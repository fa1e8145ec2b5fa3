import type { Cadence } from "../../utils/config.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { Backup } from "../catalog/backup.ts";
import { HANGS_AFTER_MS } from "../catalog/catalog.ts";
import { parseName } from "../catalog/names.ts";
import { type BackupRecord, dueIn, type Verdicts } from "../history/record.ts";
import { type Judged, timelinessOf } from "../recovery/timeliness.ts";
import type { Due, DueQuery, NotDue } from "../schedule/due.ts";
import { hourOf, openingOf, sincePreviousTick, slotWindow } from "../schedule/slotWindow.ts";
import {
  cadenceNotification,
  hangingNotification,
  hangingReason,
  unreadRunNotification,
} from "./messages.ts";
import type { HeartbeatSignal, Notification, Reason } from "./notification.ts";

/** All that a run has to send about one cadence. */
export interface Decision {
  readonly notification?: Notification;
  /** Of forks that hang, whatever the run came to. */
  readonly hanging?: Notification;
  readonly heartbeat?: HeartbeatSignal;
}

/** A backup that was begun longer ago was seen ready by an earlier tick. */
const JUST_MADE_MS = 90 * 60 * 1_000;

/**
 * Decides what to send about a run, by cadence. Pure.
 *
 * @param completed later outcomes of backups that were in the making at the run's end
 */
export function decideRun(
  { tick, result }: BackupRecord,
  completed: readonly Outcome[] = [],
): (readonly [Cadence, Decision])[] {
  if (tick === undefined) return [];
  const { query, verdicts } = tick;
  if (!result.ok) {
    if (tick.paused) return [];
    const { failure } = result;
    if (verdicts === undefined) return [[query.cadence, decideUnreadRun(query, failure)]];
    return dueIn(verdicts).map(({ cadence }) => [cadence, decideBrokenRun({ ...query, cadence }, failure)]);
  }
  if (verdicts === undefined) return [];
  // The completing run may have found the backup ready at once: this run made it all the same.
  const own = completed.map((each) => (each.kind === "done" ? { ...each, reused: false } : each));
  return verdicts.cadences.map((verdict) => {
    const { cadence } = verdict;
    const outcome = [...own, ...result.value].find((each) => each.cadence === cadence);
    return [cadence, decideNotification({ ...verdicts, query: { ...query, cadence }, verdict, outcome })];
  });
}

/** One cadence in a scheduled run: the query, the state before, and the outcome. */
export interface CadenceRun extends Omit<Verdicts, "cadences"> {
  readonly query: DueQuery;
  readonly verdict: Due | NotDue;
  /** Of a cadence that was due. */
  readonly outcome: Outcome | undefined;
}

/**
 * Decides what to send about a cadence. Pure, and without a memory: the slot's own tick reports a failure, the last
 * one a backup that is still missing, and the ticks between put right what they can.
 */
export function decideNotification(run: CadenceRun): Decision {
  const decision = decideByOutcome(run);
  const hung = newlyHanging(run);
  const [newest] = hung;
  if (newest === undefined) return decision;
  const hanging = hangingNotification(newest, hung, lastCopyAt(run.judged, run.query));
  // The run that began the fork never came to its end.
  const heartbeat = failed(newest.environment.createdAt, hangingReason(hung));
  return { heartbeat, ...decision, hanging };
}

/** Forks that have begun to hang since the previous tick, so that exactly one tick reports each. */
function newlyHanging({ query, judged, scheduler }: CadenceRun): readonly Backup[] {
  if (!scheduler.enabled) return [];
  const { from, to } = sincePreviousTick(query);
  return judged.catalog.hanging(query.now).filter(({ cadence, environment }) => {
    const since = environment.createdAt + HANGS_AFTER_MS;
    return cadence === query.cadence && since >= from && since < to;
  });
}

function decideByOutcome(run: CadenceRun): Decision {
  const { query, judged, scheduler, verdict, outcome } = run;
  const { schedule, catalog } = judged;
  const { cadence, now } = query;
  const window = slotWindow(query, schedule);
  const facts = { cadence, window, lastCopyAt: lastCopyAt(judged, query) };

  if (!verdict.due) {
    if (!scheduler.enabled || !schedule.enabledCadences.includes(cadence)) return {};
    if (verdict.because === "already_made") return decideJustFinished(run);
    const isLate = window.isFirst && timelinessOf(query, judged).kind === "late";
    if (!isLate) return {};
    const hanging = catalog.hanging(now).filter((each) => each.cadence === cadence);
    const failure = hanging.length > 0 && { failure: hangingReason(hanging) };
    return { notification: cadenceNotification("late", { ...facts, ...failure }) };
  }
  if (outcome?.kind === "done") {
    const heartbeat = succeeded(now);
    // The run that made the backup notifies.
    if (outcome.reused) return { heartbeat };
    // An earlier tick began the backup, and its time was up.
    const before = catalog.find(outcome.environmentId);
    const begun = before?.status === "creating" ? before.createdAt : now;
    const kind = kindOfMade(query, judged, begun);
    return { notification: cadenceNotification(kind, { ...facts, outcome }), heartbeat };
  }
  // A backup that somebody has promoted meanwhile is no failure: the run is over.
  if (outcome?.kind === "promoted") return { heartbeat: succeeded(now) };
  if (outcome?.kind !== "failed") return {};
  const { failure } = outcome;
  const kind = window.isFirst ? "failed" : window.isLast ? "late" : undefined;
  return {
    ...(kind && { notification: cadenceNotification(kind, { ...facts, failure }) }),
    heartbeat: failed(now, failure),
  };
}

/**
 * Decides for a run that broke before it knew what is due. The daily job reports for both jobs, in slot mode in its
 * slot's own hour only: hosts without a memory cannot count days. Signals the daily dead-man's switch alone: nothing
 * else is known to be due.
 */
function decideUnreadRun(query: DueQuery, failure: Reason): Decision {
  const { cadence, now } = query;
  const { isFirst, date } = openingOf(query);
  if (cadence !== "daily" || !isFirst) return {};
  return { notification: unreadRunNotification(date, failure), heartbeat: failed(now, failure) };
}

/** Decides for a cadence that was found due, in a run that broke after that. */
function decideBrokenRun(query: DueQuery, failure: Reason): Decision {
  const { cadence, now } = query;
  const window = openingOf(query);
  const facts = { cadence, window, lastCopyAt: null, failure };
  return {
    ...(window.isFirst && { notification: cadenceNotification("failed", facts) }),
    heartbeat: failed(now, failure),
  };
}

/**
 * A run that ended while DatoCMS was at work sent nothing: the tick of the hour after does. An old backup that still
 * stands shows that nothing was sent: a run that sees its backup ready removes the old one. A dead-man's switch may
 * hear of the success twice.
 */
function decideJustFinished({ query, judged, keep, kept }: CadenceRun): Decision {
  const { cadence, now, mode } = query;
  const { catalog, schedule } = judged;
  const window = slotWindow(query, schedule);
  const [newest, ...older] = catalog.of(cadence).restorePoints.filter(({ id }) => !kept.has(id));
  if (mode !== "slot" || newest === undefined) return {};
  const { createdAt } = newest.environment;
  if (createdAt < window.opening || createdAt >= hourOf(now) || now - createdAt > JUST_MADE_MS) return {};
  const heartbeat = succeeded(createdAt);
  if (older.length < keep[cadence]) return { heartbeat };
  const before = { ...judged, catalog: catalog.without(newest.id) };
  const outcome = { environmentId: newest.originalId, problems: [] };
  const facts = { cadence, window, lastCopyAt: lastCopyAt(before, query), outcome };
  return { notification: cadenceNotification(kindOfMade(query, before, createdAt), facts), heartbeat };
}

/**
 * `recovered` where the backup ends a time in which one was missing.
 *
 * @param judged the state before the backup
 * @param begunAt when the backup was begun, ms since the epoch
 */
function kindOfMade(query: DueQuery, judged: Judged, begunAt: number): "recovered" | "success" {
  const { opening, isDueToday } = slotWindow(query, judged.schedule);
  // An earlier tick of these hours failed, or did not come.
  if (hourOf(begunAt) > opening) return "recovered";
  // The very first one was missed; what has been promoted since was one.
  const hadAny = judged.catalog.environments.some(
    ({ id, status }) => status === "ready" && parseName(id)?.cadence === query.cadence,
  );
  if (!isDueToday && !hadAny) return "recovered";
  return timelinessOf(query, judged).kind === "late" ? "recovered" : "success";
}

function lastCopyAt({ catalog }: Judged, { cadence }: DueQuery): number | null {
  return catalog.newest(cadence)?.takenAt ?? null;
}

function succeeded(beganAt: number): HeartbeatSignal {
  return { state: "success", beganAt };
}

function failed(beganAt: number, failure: Reason): HeartbeatSignal {
  return { state: "fail", beganAt, failure };
}
