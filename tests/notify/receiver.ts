import type { Job } from "../../utils/cron.ts";
import { createLogger } from "../../utils/logger.ts";
import { at, openWorld, TOKEN, type World } from "../simulation/support.ts";

/** One call that reached a channel. */
export interface Call {
  readonly channel: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  /** Ms since the epoch. */
  readonly at: number;
}

/** The channels of the tests, by host. */
const HOSTS: Readonly<Record<string, string>> = {
  "hook.test": "webhook",
  "slack.test": "slack",
  "discord.test": "discord",
  "resend.test": "email",
  "hc.test": "heartbeat",
  "cronitor.link": "heartbeat",
};

export const HOOK_SECRET = "hook-secret-of-the-tests-7c1d";
export const WEBHOOK = {
  ALERT_WEBHOOK_URL: "https://hook.test/of-acme-4711",
  ALERT_WEBHOOK_SECRET: HOOK_SECRET,
};
export const SLACK = { ALERT_SLACK_WEBHOOK_URL: "https://slack.test/services/T000/B000/slack-key-9a2e" };
export const DISCORD = { ALERT_DISCORD_WEBHOOK_URL: "https://discord.test/api/webhooks/1/discord-key-5b3f" };
export const EMAIL = {
  RESEND_API_KEY: "re_key_of_the_tests_8d4a",
  RESEND_BASE_URL: "https://resend.test",
  ALERT_EMAIL_FROM: "Backups <backups@acme.test>",
  ALERT_EMAIL_TO: "ann@acme.test, bob@acme.test",
};
export const HEARTBEATS = {
  HEARTBEAT_URL_DAILY: "https://hc.test/ping/hc-key-daily-3e6b",
  HEARTBEAT_URL_WEEKLY: "https://hc.test/ping/hc-key-weekly-1f0c?create=1",
};
export const ALL = { ...WEBHOOK, ...SLACK, ...DISCORD, ...EMAIL, ...HEARTBEATS };

/** What a channel does with a call. */
export type Behaviour = (call: Call) => Response | Promise<Response>;

/** A project on virtual time whose service notifies channels that only exist here. */
export interface NotifyingWorld extends World {
  readonly calls: Call[];
  /** Lines of the log as the service's code hands them over: nothing is taken out. */
  readonly log: string[];
  /** Kinds and cadences of what the webhook was sent, such as `failed daily`. */
  kinds(): string[];
  /** States that the dead-man's switches heard, such as `start`. */
  signals(): string[];
  /** All of a job's ticks in some days, in its slot's hours; others make no call. */
  live(job: Job, from: number, days: number): Promise<void>;
  /** One tick, so many hours after the job's slot has opened. */
  tickAt(job: Job, day: number, hours: number, runtime?: object): Promise<void>;
}

/**
 * @param variables beside the token
 * @param behaviours by channel; without one it answers 200
 */
export async function notifyingWorld(
  options: Parameters<typeof openWorld>[0] = {},
  variables: Readonly<Record<string, string>> = ALL,
  behaviours: Readonly<Record<string, Behaviour>> = {},
): Promise<NotifyingWorld> {
  const calls: Call[] = [];
  const log: string[] = [];
  const world = await openWorld(options, variables);
  const { clock, emulator, slots } = world;
  const logger = createLogger({ write: (line) => void log.push(line), now: () => clock.now() });
  const router: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const channel = HOSTS[url.hostname];
    if (channel === undefined) return emulator.fetch(input, init);
    const { method, headers } = request;
    const call = { channel, method, url, headers, body: await request.text(), at: clock.now() };
    calls.push(call);
    return behaviours[channel]?.(call) ?? new Response("ok");
  };
  const runtime = { fetch: router, logger };
  const notifying: NotifyingWorld = {
    ...world,
    calls,
    log,
    call: (method, path, more = {}) =>
      world.call(method, path, { ...more, runtime: { ...runtime, ...more.runtime } }),
    tick: (job, more = {}) => world.tick(job, { ...more, runtime: { ...runtime, ...more.runtime } }),
    kinds: () =>
      calls
        .filter(({ channel }) => channel === "webhook")
        .map(({ body }) => JSON.parse(body))
        .map(({ type, data }) => `${type.replace("backup.", "")} ${data.cadence}`),
    signals: () =>
      calls
        .filter(({ channel }) => channel === "heartbeat")
        .map(({ url }) => /\/(start|fail|log)$/.exec(url.pathname)?.[1] ?? "success"),
    async tickAt(job, day, hours, more = {}) {
      await clock.advance(at(day, slots[job].hour + hours) + 5 * 60_000 - clock.now());
      await notifying.tick(job, { runtime: more });
    },
    async live(job, from, days) {
      for (let day = from; day < from + days; day += 1)
        for (let hours = 0; hours < 6; hours += 1) await notifying.tickAt(job, day, hours);
    },
  };
  return notifying;
}

/** Everything that must stand in no log and no answer. */
export const SECRETS = [
  TOKEN,
  HOOK_SECRET,
  "of-acme-4711",
  "slack-key-9a2e",
  "discord-key-5b3f",
  EMAIL.RESEND_API_KEY,
  "hc-key-daily-3e6b",
  "hc-key-weekly-1f0c",
];
