import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Outcome } from "../backup/outcome.ts";
import { utcDate } from "../catalog/names.ts";
import type { BackupRecord, RunObserver } from "../history/record.ts";
import { type Decision, decideRun } from "./decide.ts";
import { disconnectedNotification, prefixOf, testNotification } from "./messages.ts";
import type { HeartbeatSignal, Notification, OutgoingNotification } from "./notification.ts";
import { type ChannelResult, type Sender, send, sendToAll } from "./send.ts";

/** Notifies the owner of one scheduled run. */
export interface Notifier {
  /** Signals to the dead-man's switches that their backups are being begun. */
  began: RunObserver["began"];
  /**
   * Sends what there is to send about a run that is over, and waits for it; never rejects.
   *
   * @param deadline ms on the clock's monotonic scale
   * @param completed later outcomes of backups that were in the making at the run's end
   */
  notify(record: BackupRecord | undefined, deadline: number, completed?: readonly Outcome[]): Promise<void>;
}

export interface ProjectSender extends Sender {
  /** The project's API token: two projects may share a channel, and must not share a notification's id. */
  readonly token: string;
}

/** A start that hangs delays the end's signal no longer. */
const START_GRACE_MS = 1_000;
/** Two tries and the pause between them. */
export const NOTIFY_MS = 10_500;
/** Where nobody waits for it: several messages, and vendors that say when to come again. */
export const LONGEST_NOTIFY_MS = 60_000;

/** One run's notifier. */
export function createNotifier(sender: ProjectSender): Notifier {
  const { settings, clock } = sender;
  const starts = new Map<Cadence, { readonly done: Promise<unknown>; readonly stop: AbortController }>();

  /** A dead-man's switch must not hear of a start after its end. */
  const startOver = async (cadence: Cadence) => {
    const start = starts.get(cadence);
    if (start === undefined) return;
    const grace = new AbortController();
    await Promise.race([start.done, clock.sleep(START_GRACE_MS, grace.signal)]);
    grace.abort();
    start.stop.abort();
  };

  const signalEnd = async (cadence: Cadence, { heartbeat }: Decision, deadline: number) => {
    if (settings.heartbeats[cadence] === undefined || heartbeat === undefined) return;
    await startOver(cadence);
    await signal(sender, cadence, heartbeat, deadline);
  };

  const sendNotifications = async (decisions: readonly Decision[], deadline: number) => {
    const all = decisions.flatMap(({ notification, hanging }) => [notification ?? [], hanging ?? []].flat());
    await sendWanted(sender, all, ({ kind, cadence }) => `${kind}-${cadence ?? "unknown"}`, deadline);
  };

  return {
    began({ now }, due) {
      for (const { cadence, isNew } of due) {
        if (!isNew || settings.heartbeats[cadence] === undefined) continue;
        const stop = new AbortController();
        const start = { state: "start", beganAt: now } as const;
        const done = signal(sender, cadence, start, clock.monotonic() + NOTIFY_MS, stop.signal);
        starts.set(cadence, { done, stop });
      }
    },
    async notify(record, deadline, completed) {
      const wrong = settings.problems.map(({ variable }) => variable);
      if (record?.result.ok && wrong.length > 0) sender.logger.warn("alerts_invalid", { variables: wrong });
      const decided = record === undefined ? [] : decideRun(record, completed);
      await Promise.all([
        ...decided.map(([cadence, decision]) => signalEnd(cadence, decision, deadline)),
        sendNotifications(
          decided.map(([, decision]) => decision),
          deadline,
        ),
      ]);
      await Promise.all([...starts.values()].map(({ done }) => done));
    },
  };
}

/**
 * Sends those notifications that the owner wants, each once.
 *
 * @param nameOf what tells a notification from others of its day and project
 * @param deadline ms on the clock's monotonic scale
 */
export async function sendWanted(
  sender: ProjectSender,
  notifications: readonly Notification[],
  nameOf: (notification: Notification) => string,
  deadline: number,
): Promise<void> {
  const { onSuccess, onFailure } = sender.settings;
  const tag = await projectTag(sender.token);
  const outgoing = notifications
    .filter(({ kind }) => (kind === "success" ? onSuccess : onFailure))
    .map((each) => address(each, `${nameOf(each)}-${each.date}-${tag}`, sender));
  await sendToAll(sender, outgoing, deadline);
}

/**
 * Says that somebody has stopped the schedule: from then on nothing else is sent, so this must be. Goes where
 * failures go; never rejects.
 *
 * @param disconnectedAt ms since the epoch; makes the notification's id, as each disconnect is one of its own
 * @param deadline ms on the clock's monotonic scale
 */
export async function notifyDisconnected(
  sender: ProjectSender,
  disconnectedAt: number,
  deadline: number,
): Promise<void> {
  if (!sender.settings.onFailure) return;
  const id = `disconnected-${disconnectedAt}-${await projectTag(sender.token)}`;
  const notification = disconnectedNotification(utcDate(disconnectedAt), disconnectedAt);
  await sendToAll(sender, [address(notification, id, sender)], deadline);
}

/** Sends a sample to every channel, and to every dead-man's switch a signal that changes nothing there. */
export async function testAlerts(sender: Sender, deadline: number): Promise<ChannelResult[]> {
  const { settings, clock } = sender;
  const now = clock.now();
  const sample = address(testNotification(utcDate(now)), `test-${crypto.randomUUID()}`, sender);
  const sent = await Promise.all([
    sendToAll({ ...sender, sentBefore: undefined }, [sample], deadline),
    ...CADENCES.map((cadence) => signal(sender, cadence, { state: "log", beganAt: now }, deadline)),
  ]);
  const wrong = settings.problems.map(({ variable, expected }) => ({
    channel: variable,
    ok: false,
    error: `must be ${expected}`,
  }));
  return [...sent.flat(), ...wrong];
}

/** Signals the dead-man's switch of a cadence, where it has one. */
async function signal(
  sender: Sender,
  cadence: Cadence,
  message: HeartbeatSignal,
  deadline: number,
  stop?: AbortSignal,
): Promise<ChannelResult[]> {
  const url = sender.settings.heartbeats[cadence];
  if (url === undefined) return [];
  return send({ channel: "heartbeat", cadence, url }, sender, [message], { deadline, signal: stop });
}

function address(
  notification: Notification,
  id: string,
  { settings: { project }, clock }: Pick<Sender, "settings" | "clock">,
): OutgoingNotification {
  const title = project === undefined ? notification.title : `${prefixOf(project)}${notification.title}`;
  return { ...notification, project, title, id, sentAt: clock.now() };
}

/** Tells projects apart; nothing of the token can be read back. Receivers know the ids that it makes. */
async function projectTag(token: string): Promise<string> {
  const text = new TextEncoder().encode(`notices/v1:${token}`);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", text));
  return hash.getUint32(0).toString(16).padStart(8, "0");
}
