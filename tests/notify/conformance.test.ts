import { describe, expect, test } from "vitest";
import * as z from "zod";
import { virtualClock } from "../../emulator/clocks.ts";
import { testNotification } from "../../services/notify/messages.ts";
import type { HeartbeatSignal, OutgoingNotification } from "../../services/notify/notification.ts";
import { type ChannelResult, send } from "../../services/notify/send.ts";
import { type ChannelName, readAlerts } from "../../utils/alertSettings.ts";
import { secretsIn } from "../../utils/auth.ts";
import { createLogger } from "../../utils/logger.ts";
import type { Kind } from "../../utils/settings/kinds.ts";
import { namesOf, SETTINGS } from "../../utils/settings/table.ts";
import { DISCORD, EMAIL, HEARTBEATS, SLACK, WEBHOOK } from "./receiver.ts";
import { DiscordMessage, ResendEmail, RunId, SlackMessage, WebhookEvent } from "./vendors.ts";

/** One call as `fetch` gets it. */
interface Request {
  readonly url: URL;
  readonly init: RequestInit;
  readonly body: string;
}

/** How a channel is set up, and what its vendor documents that it takes; a new channel is a line here. */
const CHANNELS: Readonly<
  Record<ChannelName, { readonly variables: Readonly<Record<string, string>>; takes(request: Request): void }>
> = {
  webhook: { variables: WEBHOOK, takes: ({ body }) => void WebhookEvent.parse(JSON.parse(body)) },
  slack: { variables: SLACK, takes: ({ body }) => void SlackMessage.parse(JSON.parse(body)) },
  discord: { variables: DISCORD, takes: ({ body }) => void DiscordMessage.parse(JSON.parse(body)) },
  email: {
    variables: EMAIL,
    takes: ({ body, init }) => {
      ResendEmail.parse(JSON.parse(body));
      z.string().min(1).max(256).parse(new Headers(init.headers).get("idempotency-key"));
    },
  },
  heartbeat: {
    variables: { HEARTBEAT_URL_DAILY: HEARTBEATS.HEARTBEAT_URL_DAILY },
    takes: ({ url, body }) => {
      RunId.parse(url.searchParams.get("rid"));
      // healthchecks.io keeps the first 100 kB.
      expect(body.length).toBeLessThan(100_000);
    },
  },
};
const NAMES = namesOf(CHANNELS);

/** Sends to one channel on virtual time. */
async function sending(
  name: ChannelName,
  answer: () => Response | Promise<Response>,
  { text = "A sentence.", count = 1 } = {},
) {
  const clock = virtualClock();
  const requests: Request[] = [];
  const log: string[] = [];
  const { variables } = CHANNELS[name];
  const settings = readAlerts(variables);
  const sender = {
    settings,
    clock,
    logger: createLogger({ write: (line) => void log.push(line), now: () => clock.now() }),
    fetch: async (input: string | URL | globalThis.Request, init: RequestInit = {}) => {
      requests.push({ url: new URL(String(input)), init, body: String(init.body ?? "") });
      return answer();
    },
  };
  const deadline = clock.monotonic() + 60_000;
  const began = clock.monotonic();
  const results = await clock.run(async (): Promise<ChannelResult[]> => {
    const [channel] = settings.channels;
    if (channel !== undefined) {
      const notifications = Array.from({ length: count }, (_, index) => notification(index, text));
      return send(channel, sender, notifications, { deadline });
    }
    const url = settings.heartbeats.daily ?? "";
    const failure = { cause: "FORK_FAILED", sentence: text };
    const signal: HeartbeatSignal = { state: "fail", beganAt: 0, failure };
    return send({ channel: "heartbeat", cadence: "daily", url }, sender, [signal], { deadline });
  });
  return { results, requests, log: log.join("\n"), tookMs: clock.monotonic() - began, variables };
}

function notification(index: number, text: string): OutgoingNotification {
  const sample = testNotification("2026-03-04");
  // A title is ours, behind a project's name of 100 characters at most.
  const title = text.slice(0, 250);
  return { ...sample, title, sentence: text, advice: text, id: `test-${index}`, sentAt: index };
}

const answers =
  (status: number, headers = {}) =>
  () =>
    new Response(null, { status, headers });

describe.each(NAMES)("%s", (name) => {
  test.each([200, 202, 204])(
    "takes %i for a success, after one request that its vendor takes",
    async (status) => {
      const { results, requests, log } = await sending(name, answers(status));
      expect(results).toEqual([{ channel: expect.stringContaining(name), ok: true, status }]);
      expect(requests).toHaveLength(1);
      for (const request of requests) CHANNELS[name].takes(request);
      expect(log).toContain('"event":"notification_sent"');
    },
  );

  test.each([
    [400, 1],
    [401, 1],
    [404, 1],
    [410, 1],
    [500, 2],
    [502, 2],
    [503, 2],
    [429, 2],
  ])("takes %i for a failure, after %i tries of the same request", async (status, tries) => {
    const { results, requests, log } = await sending(name, answers(status));
    expect(results).toMatchObject([{ ok: false, status, error: "REFUSED" }]);
    expect(requests).toHaveLength(tries);
    for (const request of requests) {
      expect(request.url.href).toBe(requests[0]?.url.href);
      expect(request.body).toBe(requests[0]?.body);
    }
    expect(log).toContain('"event":"notification_failed"');
  });

  test.each([301, 302, 307, 308])("follows no redirect: %i", async (status) => {
    const { results, requests } = await sending(name, answers(status, { Location: "https://other.test/" }));
    expect(results).toMatchObject([{ ok: false, status }]);
    expect(requests.map(({ init }) => init.redirect)).toEqual(["manual"]);
  });

  test("gives up what does not answer, after two tries of 5 seconds", async () => {
    const { results, requests, tookMs } = await sending(name, () => new Promise(() => {}));
    expect(results).toMatchObject([{ ok: false, error: "TIMEOUT" }]);
    expect(requests).toHaveLength(2);
    expect(tookMs).toBe(10_500);
    for (const { init } of requests) expect(init.signal?.aborted).toBe(true);
  });

  test("comes again when the vendor says so", async () => {
    let calls = 0;
    const busy = () => answers(++calls < 3 ? 429 : 200, { "Retry-After": "7" })();
    const { results, tookMs } = await sending(name, busy);
    expect(results).toMatchObject([{ ok: true }]);
    expect(tookMs).toBe(14_000);
  });

  test("shows nothing of its secrets in log and result, whatever breaks", async () => {
    const { url } = (await sending(name, answers(200))).requests[0] ?? {};
    const breaks = [
      () => Promise.reject(new TypeError(`fetch failed: ${url?.href}`)),
      () => new Response(`No such hook: ${url?.href}`, { status: 404, statusText: "Gone" }),
      answers(200),
    ];
    for (const answer of breaks) {
      const { results, log, variables } = await sending(name, answer);
      const secrets = secretsIn(variables);
      expect(secrets.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(`${log}${JSON.stringify(results)}`).not.toContain(secret);
      expect(`${log}${JSON.stringify(results)}`).not.toContain("https://");
    }
  });

  test.each([
    ["long texts", 1, "x".repeat(9_000)],
    ["texts that grow when they are written", 1, '"<&>\\'.repeat(2_000)],
    ["as many as a run can have", 8, "x".repeat(900)],
    ["many long ones", 8, "😀".repeat(4_000)],
  ])("keeps to the vendor's limits: %s", async (_, count, text) => {
    const { results, requests } = await sending(name, answers(200), { count, text });
    expect(results.every(({ ok }) => ok)).toBe(true);
    for (const request of requests) CHANNELS[name].takes(request);
    // A hanging fork's notification comes beside each of four cadences.
    expect(requests.length).toBeLessThanOrEqual(count);
  });

  test("is off while one of its settings is missing, and while one is wrong", () => {
    const { variables } = CHANNELS[name];
    const isOn = (given: Readonly<Record<string, unknown>>) => {
      const { channels, heartbeats } = readAlerts(given);
      return channels.length + Object.keys(heartbeats).length > 0;
    };
    expect(isOn(variables)).toBe(true);
    const needed = namesOf(SETTINGS).filter((each) => {
      const { byDefault }: Kind = SETTINGS[each];
      return each in variables && byDefault === undefined;
    });
    for (const each of needed) {
      expect(isOn({ ...variables, [each]: " " })).toBe(false);
      expect(isOn({ ...variables, [each]: { no: "text" } })).toBe(false);
      expect(readAlerts({ ...variables, [each]: { no: "text" } }).problems).toMatchObject([
        { variable: each },
      ]);
    }
  });
});
