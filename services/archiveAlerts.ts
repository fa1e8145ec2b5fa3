import { readAlerts } from "../utils/alertSettings.ts";
import { valueIn } from "../utils/failures.ts";
import { readVerifyState } from "./archive/verify/state.ts";
import { lastComplete } from "./archive/watch/facts.ts";
import { lateSchedules, lateSince, longestGap, unprovenSince } from "./archive/watch/lateness.ts";
import { type ArchiveWatch, type WatchHost, wishesIn } from "./archiveWatch.ts";
import type { ArchiveRecord, PruneRecord, RunRecord, VerifyRecord } from "./history/record.ts";
import type { RunSummary } from "./history/run.ts";
import {
  decideArchive,
  decideLate,
  decideLateSchedules,
  decidePrune,
  decideUnproven,
  decideVerification,
} from "./notify/archives.ts";
import type { Notification } from "./notify/notification.ts";
import { LONGEST_NOTIFY_MS, sendWanted } from "./notify/notifier.ts";
import type { SentBefore } from "./notify/once.ts";
import type { Offsite, OffsiteHost } from "./offsite.ts";
import { projectFrom } from "./project.ts";

/** Tells the owner of a server what becomes of the archives. Neither verb rejects. */
export interface ArchiveAlerts {
  /** A run is over: sends what there is to send about it. */
  ended(record: RunRecord): Promise<void>;
  /** Once an hour: sends that archives are late, or were not read again for long. */
  look(): Promise<void>;
}

export interface AlertsHost extends WatchHost, Pick<OffsiteHost, "fetch" | "logger"> {
  readonly sentBefore: SentBefore;
}

/** A row of equal ends is looked back on so far: a failure each hour for a week. */
const MOST_EARLIER = 200;
/** By then the runs that make up for what a server has missed have come. */
const SETTLED_MS = 50 * 60_000;

/** @param watch what is known of the archives */
export function createArchiveAlerts(host: AlertsHost, offsite: Offsite, watch: ArchiveWatch): ArchiveAlerts {
  const { variables, clock, logger } = host;
  const settings = readAlerts(variables);
  const wishes = wishesIn(variables, host.times);
  const began = clock.monotonic();
  let lateToldAt: number | undefined;
  let schedulesToldAt: number | undefined;
  let unprovenToldAt: number | undefined;

  async function send(notifications: readonly (Notification | undefined)[]): Promise<void> {
    const project = projectFrom(variables);
    const found = notifications.filter((each) => each !== undefined);
    if (found.length === 0 || !project.ok) return;
    const sender = { ...host, settings, token: project.value.token };
    const nameOf = ({ kind, cause, cadence }: Notification) =>
      ["archive", kind, cause ?? "none", cadence ?? "all"].join("-").toLowerCase();
    await sendWanted(sender, found, nameOf, clock.monotonic() + LONGEST_NOTIFY_MS);
  }

  async function earlierOf({ kind, startedAt }: RunRecord): Promise<readonly RunSummary[]> {
    if (kind !== "archive" && kind !== "verify" && kind !== "prune") return [];
    const opened = await offsite.open();
    const page = opened.ok ? await opened.value.history.list({ kind, limit: MOST_EARLIER }) : opened;
    const runs = valueIn(page)?.runs ?? [];
    return runs.filter((run) => run.trigger === "schedule" && run.startedAt < startedAt);
  }

  async function decide(
    record: ArchiveRecord | VerifyRecord | PruneRecord,
  ): Promise<Notification | undefined> {
    const before = { earlier: await earlierOf(record), lastCopyAt: await lastCopyAt() };
    if (record.kind === "prune") return decidePrune(record, before);
    if (record.kind === "archive") return decideArchive(record, before, longestGap(wishes.cadences));
    const opened = await offsite.open();
    const state = opened.ok ? await readVerifyState(opened.value.store) : opened;
    const { quick, sample } = valueIn(state)?.state.last ?? {};
    const outcome = record.level === "sample" ? sample : record.level === "quick" ? quick : undefined;
    return decideVerification(record, outcome?.problemsBefore, before);
  }

  async function lastCopyAt(): Promise<number | null> {
    const facts = valueIn(await watch.facts(0));
    const last = facts && lastComplete(facts);
    return last === undefined ? null : Date.parse(last.createdAt);
  }

  async function withoutFail(work: () => Promise<void>): Promise<void> {
    if (settings.channels.length === 0) return;
    try {
      await work();
    } catch (error) {
      logger.error("notification_failed", { name: error instanceof Error ? error.name : "unknown" });
    }
  }

  return {
    ended: (record) =>
      withoutFail(async () => {
        // Whoever asks by hand has the answer.
        if (record.trigger !== "schedule") return;
        const { kind } = record;
        if (kind === "archive" || kind === "verify" || kind === "prune") await send([await decide(record)]);
      }),

    look: () =>
      withoutFail(async () => {
        const now = clock.now();
        // A process that is restarted again and again must not tell each time.
        if (clock.monotonic() - began < SETTLED_MS) return;
        const facts = valueIn(await watch.facts(0));
        if (facts === undefined) return;
        const created = lastComplete(facts)?.createdAt;
        const at = { now, lastCopyAt: created === undefined ? null : Date.parse(created) };
        const late = lateSince(facts, wishes, now);
        const unproven = unprovenSince(facts, wishes, now);
        const schedules = lateSchedules(facts, wishes, now);
        const cadence = wishes.cadences[0] ?? null;
        const isLate = decideLate(late, cadence, { ...at, toldAt: lateToldAt });
        const isUnproven = decideUnproven(unproven, { ...at, toldAt: unprovenToldAt });
        lateToldAt = late === undefined ? undefined : isLate ? now : lateToldAt;
        unprovenToldAt = unproven === undefined ? undefined : isUnproven ? now : unprovenToldAt;
        const areLate = decideLateSchedules(schedules, { ...at, toldAt: schedulesToldAt });
        schedulesToldAt = schedules.length === 0 ? undefined : areLate ? now : schedulesToldAt;
        await send([isLate, areLate, isUnproven]);
      }),
  };
}
