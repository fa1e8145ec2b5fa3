import type { AlertSettings, Channel } from "../../utils/alertSettings.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Failure } from "../../utils/errors.ts";
import type { Logger } from "../../utils/logger.ts";
import { utcDate } from "../rotation/names.ts";
import type { Outcome } from "../rotation/outcome.ts";
import type { Question } from "../schedule/due.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { discordLetter, slackLetter } from "./channels/chat.ts";
import { emailLetter } from "./channels/email.ts";
import { webhookLetter } from "./channels/webhook.ts";
import { type CadenceRun, type Told, toldOf, toldOfBroken } from "./decide.ts";
import { heartbeatLetter } from "./heartbeat.ts";
import type { Notice, Sent } from "./notice.ts";
import { type Delivery, deliver, type Letter, type Post } from "./transport.ts";
import { testNotice } from "./words.ts";

/** Takes down what a scheduled run has to tell, and tells it when the run is over. */
export interface Notices {
  /** Copies are due now. */
  began(question: Question, due: readonly Cadence[]): void;
  ended(runs: readonly CadenceRun[]): void;
  /** The run broke before it knew what is due. */
  broke(question: Question, cadences: readonly Cadence[], fallback: Schedule, failure: Failure): void;
  /**
   * Tells, and waits for it; never rejects.
   *
   * @param deadline ms on the clock's monotonic scale
   * @param completed what became since of copies that were in the making at the run's end
   */
  tell(deadline: number, completed?: readonly Outcome[]): Promise<void>;
}

/** What telling rests on. */
export interface Teller extends Post {
  readonly settings: AlertSettings;
  readonly logger: Logger;
}

/** A project's. */
export interface RunTeller extends Teller {
  /** The project's API token: two projects may share a channel, and must not share a notice's id. */
  readonly token: string;
}

/** A start that hangs delays the end's call no longer. */
const START_GRACE_MS = 1_000;
/** Two tries and the pause between them. */
export const TELL_MS = 10_500;

/** One run's notices. */
export function noticesOf(teller: RunTeller): Notices {
  const { settings, clock } = teller;
  const starts = new Map<Cadence, { readonly done: Promise<unknown>; readonly stop: AbortController }>();
  let runs: readonly CadenceRun[] = [];
  const broken: [Cadence, Told][] = [];

  /** A switch must not hear of a start after its end. */
  const startOver = async (cadence: Cadence) => {
    const start = starts.get(cadence);
    if (start === undefined) return;
    const grace = new AbortController();
    await Promise.race([start.done, clock.sleep(START_GRACE_MS, grace.signal)]);
    grace.abort();
    start.stop.abort();
  };

  const tellOne = async (cadence: Cadence, { notice, pulse }: Told, deadline: number) => {
    const address = settings.heartbeats[cadence];
    const beat = async () => {
      if (address === undefined || pulse === undefined) return;
      await startOver(cadence);
      const { beganAt, failure } = pulse;
      const letter = heartbeatLetter(address, cadence, failure ? "fail" : "success", beganAt, failure);
      report(teller, await deliver(letter, teller, deadline), `heartbeat-${cadence}`);
    };
    const isWanted = notice?.kind === "success" ? settings.onSuccess : settings.onFailure;
    await Promise.all([beat(), notice && isWanted ? sendNotice(notice, deadline) : undefined]);
  };

  const sendNotice = async (notice: Notice, deadline: number) => {
    const { kind, cadence, date } = notice;
    await send(teller, notice, `${kind}-${cadence}-${date}-${await tagOf(teller.token)}`, deadline);
  };

  return {
    began({ now }, due) {
      for (const cadence of due) {
        const address = settings.heartbeats[cadence];
        if (address === undefined) continue;
        const stop = new AbortController();
        const letter = heartbeatLetter(address, cadence, "start", now);
        const done = deliver(letter, teller, clock.monotonic() + TELL_MS, stop.signal).then((delivery) =>
          report(teller, delivery, `heartbeat-${cadence}`),
        );
        starts.set(cadence, { done, stop });
      }
    },
    ended(all) {
      runs = all;
      const wrong = settings.problems.map(({ variable }) => variable);
      if (wrong.length > 0) teller.logger.warn("alerts_invalid", { variables: wrong });
    },
    broke(question, cadences, fallback, failure) {
      for (const cadence of cadences)
        broken.push([cadence, toldOfBroken({ ...question, cadence }, fallback, failure)]);
    },
    async tell(deadline, completed = []) {
      // Whoever saw it through may have found it ready at once: it is this run's all the same.
      const seen = completed.map((each) => (each.kind === "done" ? { ...each, reused: false } : each));
      const told = runs.map((run): [Cadence, Told] => {
        const outcome = seen.find(({ cadence }) => cadence === run.question.cadence) ?? run.outcome;
        return [run.question.cadence, toldOf({ ...run, outcome })];
      });
      await Promise.all([...told, ...broken].map(([cadence, each]) => tellOne(cadence, each, deadline)));
      await Promise.all([...starts.values()].map(({ done }) => done));
    },
  };
}

/** What came of one channel. */
export interface ChannelResult extends Omit<Delivery, "error"> {
  readonly channel: string;
  readonly error?: string;
}

/** Sends a sample to every channel, and to every dead-man's switch one that changes nothing there. */
export async function testAlerts(teller: Teller, deadline: number): Promise<ChannelResult[]> {
  const { settings, clock } = teller;
  const now = clock.now();
  const beats = CADENCES.flatMap((cadence) => {
    const address = settings.heartbeats[cadence];
    if (address === undefined) return [];
    const letter = heartbeatLetter(address, cadence, "log", now);
    return deliver(letter, teller, deadline).then((delivery) =>
      report(teller, delivery, `heartbeat-${cadence}`),
    );
  });
  const wrong = settings.problems.map(({ variable, expected }) => ({
    channel: variable,
    ok: false,
    error: `must be ${expected}`,
  }));
  const sent = send(teller, testNotice(utcDate(now)), `test-${crypto.randomUUID()}`, deadline);
  return [...(await sent), ...(await Promise.all(beats)), ...wrong];
}

/** Sends a notice to every channel. */
export function send(teller: Teller, notice: Notice, id: string, deadline: number): Promise<ChannelResult[]> {
  const { settings, clock } = teller;
  const { project, channels } = settings;
  const title = project === undefined ? notice.title : `${project}: ${notice.title}`;
  const sent = { ...notice, title, id, sentAt: clock.now() };
  return Promise.all(
    channels.map(async (channel) =>
      report(teller, await deliver(await letterTo(channel, sent), teller, deadline), channel.channel, id),
    ),
  );
}

async function letterTo(channel: Channel, sent: Sent): Promise<Letter> {
  if (channel.channel === "webhook") return webhookLetter(channel.url, channel.secret, sent);
  if (channel.channel === "email") return emailLetter(channel, sent);
  return (channel.channel === "slack" ? slackLetter : discordLetter)(channel.url, sent);
}

/** Names the channel and never its address. */
function report(
  { logger }: Teller,
  { ok, status, error }: Delivery,
  channel: string,
  notice?: string,
): ChannelResult {
  const result = { channel, ok, ...(status !== undefined && { status }), ...(error && { error }) };
  if (ok) logger.info("told", { notice, ...result });
  else logger.warn("not_told", { notice, ...result });
  return result;
}

/** Tells projects apart; nothing of the token can be read back. */
export async function tagOf(token: string): Promise<string> {
  const text = new TextEncoder().encode(`notices/v1:${token}`);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", text));
  return hash.getUint32(0).toString(16).padStart(8, "0");
}
