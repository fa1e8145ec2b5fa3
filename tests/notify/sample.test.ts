import { describe, expect, it } from "vitest";
import { ALL, type Behaviour, HEARTBEATS, notifyingWorld, SECRETS, SLACK, WEBHOOK } from "./receiver.ts";
import { DiscordMessage, ResendEmail, SlackMessage, WebhookEvent } from "./vendors.ts";

const PATH = "/api/alerts/test";
const SECRET = "a-shared-secret-of-the-tests";
const ASKED = {
  variables: { DATOCMS_BACKUPS_SHARED_SECRET: SECRET },
  headers: { "X-Datocms-Backups-Auth": SECRET },
};

describe("POST /api/alerts/test", () => {
  it("sends a sample to each, and changes nothing at the dead-man's switches", async () => {
    const world = await notifyingWorld();
    const answer = await world.call("POST", PATH, ASKED);
    const names = ["webhook", "slack", "discord", "email", "heartbeat-daily", "heartbeat-weekly"];
    expect(answer).toMatchObject({
      status: 200,
      body: { ok: true, channels: names.map((channel) => ({ channel, ok: true, status: 200 })) },
    });
    const body = (channel: string) =>
      JSON.parse(world.calls.find((call) => call.channel === channel)?.body ?? "");
    expect(WebhookEvent.parse(body("webhook"))).toMatchObject({
      type: "backup.test",
      data: { cadence: null },
    });
    SlackMessage.parse(body("slack"));
    DiscordMessage.parse(body("discord"));
    ResendEmail.parse(body("email"));
    expect(world.signals()).toEqual(["log", "log"]);
    expect(world.emulator.requests).toEqual([]);
  });

  it("sends a new one each time", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    await world.call("POST", PATH, ASKED);
    await world.call("POST", PATH, ASKED);
    expect(new Set(world.calls.map(({ headers }) => headers.get("webhook-id"))).size).toBe(2);
  });

  it.each([
    [
      "refuses",
      () => new Response("https://slack.test/services/T000/B000/slack-key-9a2e", { status: 403 }),
      { status: 403, error: "REFUSED" },
    ],
    ["hangs", () => new Promise<Response>(() => {}), { error: "TIMEOUT" }],
    [
      "is not there",
      () => Promise.reject(new TypeError("https://slack.test/slack-key-9a2e")),
      { error: "UNREACHABLE" },
    ],
  ] as [string, Behaviour, object][])("says which one %s", async (_, slack, wanted) => {
    const world = await notifyingWorld({}, ALL, { slack });
    const began = world.clock.monotonic();
    const { status, body } = await world.call("POST", PATH, ASKED);
    expect(status).toBe(500);
    expect(world.clock.monotonic() - began).toBeLessThanOrEqual(11_000);
    expect(body).toMatchObject({
      ok: false,
      error: { code: "ALERT_FAILED", details: { requestId: expect.any(String) } },
    });
    const { channels } = (body.error as { details: { channels: { channel: string }[] } }).details;
    expect(channels).toHaveLength(6);
    expect(channels.find(({ channel }) => channel === "slack")).toEqual({
      channel: "slack",
      ok: false,
      ...wanted,
    });
    const seen = `${JSON.stringify(body)}${world.log.join("\n")}`;
    for (const secret of SECRETS) expect(seen).not.toContain(secret);
  });

  it("says which setting is wrong, and tries the others", async () => {
    const world = await notifyingWorld({}, { ...SLACK, ALERT_DISCORD_WEBHOOK_URL: "nowhere-at-all" });
    const { status, body } = await world.call("POST", PATH, ASKED);
    expect(status).toBe(500);
    expect(body).toHaveProperty("error.details.channels", [
      { channel: "slack", ok: true, status: 200 },
      {
        channel: "ALERT_DISCORD_WEBHOOK_URL",
        ok: false,
        error: "must be an https URL without user name and password in it",
      },
    ]);
    expect(JSON.stringify(body)).not.toContain("nowhere-at-all");
  });

  it("says what to set where there is no channel", async () => {
    const world = await notifyingWorld({}, {});
    const { status, body } = await world.call("POST", PATH, ASKED);
    expect(status).toBe(200);
    expect(body).toEqual({ ok: true, channels: [], message: expect.stringContaining("ALERT_WEBHOOK_URL") });
  });
});

describe("/api/check", () => {
  const lines = async (variables: Readonly<Record<string, string>>) => {
    const world = await notifyingWorld({}, variables);
    const { body } = await world.call("GET", "/api/check?format=json");
    expect(world.calls).toEqual([]);
    for (const secret of SECRETS) expect(JSON.stringify(body)).not.toContain(secret);
    return (body.lines as { level: string; code: string; sentence: string }[])
      .filter(({ code }) => code.startsWith("ALERTS_"))
      .map(({ level, code, sentence }) => `${level} ${code} ${sentence}`);
  };

  it("names the channels", async () => {
    expect(await lines(ALL)).toEqual([
      "ok ALERTS_READY Alerts go to: webhook, slack, discord, email, heartbeat-daily, heartbeat-weekly.",
    ]);
  });

  it("warns where nobody is, or of nothing that fails", async () => {
    expect(await lines({})).toEqual([
      "warn ALERTS_OFF No alerts are set up: nobody will learn of a failure.",
    ]);
    expect(await lines({ ...SLACK, ALERT_ON_FAILURE: "off" })).toEqual([
      "warn ALERTS_OFF Alerts on failures are off: nobody will learn of one.",
    ]);
    expect(await lines({ ...HEARTBEATS, ALERT_ON_FAILURE: "off" })).toEqual([
      "ok ALERTS_READY Alerts go to: heartbeat-daily, heartbeat-weekly.",
    ]);
  });

  it("warns of what is wrong", async () => {
    expect(await lines({ ...SLACK, ALERT_ON_SUCCESS: "maybe" })).toEqual([
      "ok ALERTS_READY Alerts go to: slack.",
      'warn ALERTS_INVALID ALERT_ON_SUCCESS is "maybe" (5 characters); it must be on or off.',
    ]);
  });
});

it("a wrong setting stops no backup; the log names it and not its value", async () => {
  const world = await notifyingWorld({}, { ALERT_SLACK_WEBHOOK_URL: "nowhere-at-all" });
  await world.live("daily", 0, 1);
  expect(world.ready()).toHaveLength(1);
  expect(world.calls).toEqual([]);
  const log = world.log.join("\n");
  expect(log).toContain('"event":"alerts_invalid"');
  expect(log).toContain("ALERT_SLACK_WEBHOOK_URL");
  expect(log).not.toContain("nowhere-at-all");
});
