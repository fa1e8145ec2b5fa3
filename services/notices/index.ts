import type { AlertSettings } from "../../utils/alertSettings.ts";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Logger } from "../../utils/logger.ts";
import { utcDate } from "../rotation/names.ts";
import type { Outcome } from "../rotation/outcome.ts";
import type { Question } from "../schedule/due.ts";
import { type CadenceRun, type Told, toldOf, toldOfBroken, toldOfUnknown } from "./decide.ts";
import { heartbeatLetter } from "./heartbeat.ts";
import type { Notice, Reason, Sent } from "./notice.ts";
import type { ToldBefore } from "./once.ts";
import { type ChannelResult, report, send } from "./send.ts";
import { deliver, type Post } from "./transport.ts";
import { prefixOf, testNotice } from "./words.ts";

/** Takes down what a scheduled run has to tell, and tells it when the run is over. */
export interface Notices {
  /** Copies are due now; `isNew`: DatoCMS is not at work on it yet. */
  began(question: Question, due: readonly { readonly cadence: Cadence; readonly isNew: boolean }[]): void;
  ended(runs: readonly CadenceRun[]): void;
  /** The run broke, maybe before it knew what is due; the question's cadence is the job's own. */
  broke(question: Question, failure: Reason): void;
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
  /** What this process has told before; see `ToldBefore`. */
  readonly told?: ToldBefore | undefined;
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
/** Where nobody waits for it: several messages, and vendors that say when to come again. */
export const LONGEST_TELL_MS = 60_000;

/** One run's notices. */
export function noticesOf(teller: RunTeller): Notices {
  const { settings, clock } = teller;
  const starts = new Map<Cadence, { readonly done: Promise<unknown>; readonly stop: AbortController }>();
  let asked: (Question & { readonly due: readonly Cadence[] }) | undefined;
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

  const beat = async (cadence: Cadence, { pulse }: Told, deadline: number) => {
    const address = settings.heartbeats[cadence];
    if (address === undefined || pulse === undefined) return;
    await startOver(cadence);
    const { beganAt, failure } = pulse;
    const letter = heartbeatLetter(address, cadence, failure ? "fail" : "success", beganAt, failure);
    report(teller, await deliver(letter, teller, deadline), `heartbeat-${cadence}`);
  };

  const isWanted = ({ kind }: Notice) => (kind === "success" ? settings.onSuccess : settings.onFailure);

  const sendAll = async (told: readonly Told[], deadline: number) => {
    const tag = await tagOf(teller.token);
    const sent = told
      .flatMap(({ notice, hanging }) => [notice ?? [], hanging ?? []].flat())
      .filter(isWanted)
      .map((notice) => {
        const { kind, cadence, date } = notice;
        return sentOf(teller, notice, `${kind}-${cadence ?? "unknown"}-${date}-${tag}`);
      });
    await send(teller, sent, deadline);
  };

  return {
    began(question, due) {
      asked = { ...question, due: due.map(({ cadence }) => cadence) };
      const { now } = question;
      for (const { cadence, isNew } of due) {
        if (!isNew) continue;
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
    broke(question, failure) {
      if (asked === undefined) broken.push([question.cadence, toldOfUnknown(question, failure)]);
      else
        for (const cadence of asked.due) broken.push([cadence, toldOfBroken({ ...asked, cadence }, failure)]);
    },
    async tell(deadline, completed = []) {
      // Whoever saw it through may have found it ready at once: it is this run's all the same.
      const seen = completed.map((each) => (each.kind === "done" ? { ...each, reused: false } : each));
      const told = runs.map((run): [Cadence, Told] => {
        const outcome = seen.find(({ cadence }) => cadence === run.question.cadence) ?? run.outcome;
        return [run.question.cadence, toldOf({ ...run, outcome })];
      });
      const all = [...told, ...broken];
      await Promise.all([
        ...all.map(([cadence, each]) => beat(cadence, each, deadline)),
        sendAll(
          all.map(([, each]) => each),
          deadline,
        ),
      ]);
      await Promise.all([...starts.values()].map(({ done }) => done));
    },
  };
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
  const sent = send(
    { ...teller, told: undefined },
    [sentOf(teller, testNotice(utcDate(now)), `test-${crypto.randomUUID()}`)],
    deadline,
  );
  return [...(await sent), ...(await Promise.all(beats)), ...wrong];
}

/** A notice as it goes out. */
export function sentOf({ settings, clock }: Teller, notice: Notice, id: string): Sent {
  const { project } = settings;
  const title = project === undefined ? notice.title : `${prefixOf(project)}${notice.title}`;
  return { ...notice, project, title, id, sentAt: clock.now() };
}

/** Tells projects apart; nothing of the token can be read back. */
export async function tagOf(token: string): Promise<string> {
  const text = new TextEncoder().encode(`notices/v1:${token}`);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", text));
  return hash.getUint32(0).toString(16).padStart(8, "0");
}
