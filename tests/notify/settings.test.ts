import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { webhook } from "../../services/notify/channels/webhook.ts";
import { testNotification } from "../../services/notify/messages.ts";
import { problemSentence, readAlerts } from "../../utils/alertSettings.ts";
import { secretsIn } from "../../utils/auth.ts";
import { ALL, DISCORD, EMAIL, HEARTBEATS, SLACK, WEBHOOK } from "./receiver.ts";

const channels = (variables: Record<string, string>) =>
  readAlerts(variables).channels.map(({ channel }) => channel);
const SENT = { ...testNotification("2026-03-02"), id: "test-1", sentAt: Date.now() };
const wrong = (variables: Record<string, string>) =>
  readAlerts(variables).problems.map(({ variable }) => variable);

describe("the channels", () => {
  it("are none by default, and get failures only", () => {
    expect(readAlerts({})).toEqual({
      channels: [],
      heartbeats: {},
      onFailure: true,
      onSuccess: false,
      project: undefined,
      problems: [],
    });
  });

  it("are all that are set", () => {
    expect(channels(ALL)).toEqual(["webhook", "slack", "discord", "email"]);
    expect(wrong(ALL)).toEqual([]);
    const { heartbeats } = readAlerts(ALL);
    expect(heartbeats).toEqual({
      daily: HEARTBEATS.HEARTBEAT_URL_DAILY,
      weekly: HEARTBEATS.HEARTBEAT_URL_WEEKLY,
    });
    expect(readAlerts(EMAIL).channels).toMatchObject([{ to: ["ann@acme.test", "bob@acme.test"] }]);
    const { RESEND_BASE_URL: _, ...email } = EMAIL;
    expect(readAlerts(email).channels).toMatchObject([{ url: "https://api.resend.com/emails" }]);
  });

  it("blank values count as not set", () => {
    expect(wrong({ ALERT_SLACK_WEBHOOK_URL: "  ", ALERT_ON_SUCCESS: "" })).toEqual([]);
  });
});

describe("a setting that is wrong costs its own channel and no other", () => {
  it.each([
    ["ALERT_SLACK_WEBHOOK_URL", "http://hooks.example.org/a", ["webhook", "discord", "email"]],
    ["ALERT_SLACK_WEBHOOK_URL", "hooks.slack.com/services", ["webhook", "discord", "email"]],
    ["ALERT_DISCORD_WEBHOOK_URL", "ftp://example.org", ["webhook", "slack", "email"]],
    ["ALERT_DISCORD_WEBHOOK_URL", "https://user:pass@example.org/", ["webhook", "slack", "email"]],
    ["ALERT_WEBHOOK_URL", "nowhere", ["slack", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", "short", ["slack", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", "change-me-please-now", ["slack", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", "whsec_not*base64*at*all*", ["slack", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", "whsec_AAAA", ["slack", "discord", "email"]],
    ["RESEND_API_KEY", "a key\nof two lines", ["webhook", "slack", "discord"]],
    ["ALERT_EMAIL_FROM", "nobody", ["webhook", "slack", "discord"]],
    ["ALERT_EMAIL_TO", "ann@acme.test,, bob@acme.test", ["webhook", "slack", "discord"]],
    ["ALERT_EMAIL_TO", Array(51).fill("a@b.test").join(","), ["webhook", "slack", "discord"]],
    ["HEARTBEAT_URL_MONTHLY", "http://hc.test/a", ["webhook", "slack", "discord", "email"]],
    ["ALERT_ON_SUCCESS", "perhaps", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\u001b[2J", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\u009b2J", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\u202e", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\nshop", ["webhook", "slack", "discord", "email"]],
    ["ALERT_SLACK_WEBHOOK_URL", "https://hooks.example.org/\u200ba", ["webhook", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", "correct horse #1 battery", ["slack", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", '"sixteen-letters-', ["slack", "discord", "email"]],
    ["ALERT_WEBHOOK_SECRET", "whsec_AAAAAAAAAAAAAAAAA", ["slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Shop #2", ["webhook", "slack", "discord", "email"]],
  ])("%s=%j", (name, value, left) => {
    const variables = { ...ALL, [name]: value };
    expect(wrong(variables)).toEqual([name]);
    expect(channels(variables)).toEqual(left);
    for (const { expected } of readAlerts(variables).problems) expect(expected).not.toContain(value);
    const [problem] = readAlerts(variables).problems;
    if (problem !== undefined && /URL|SECRET|KEY/.test(name))
      expect(problemSentence(problem)).not.toContain(value);
  });

  it.each([
    ["ALERT_ON_SUCCESS", "perhaps", 'ALERT_ON_SUCCESS is "perhaps" (7 characters); it must be on or off.'],
    [
      "ALERT_EMAIL_FROM",
      "nobody",
      'ALERT_EMAIL_FROM is "nobody" (6 characters); it must be an e-mail address.',
    ],
    [
      "ALERT_PROJECT_NAME",
      "Shop #2",
      "ALERT_PROJECT_NAME has a # behind a space; put it in quotes; it must be",
    ],
    ["ALERT_ON_FAILURE", { on: true }, "ALERT_ON_FAILURE is an object, not text; it must be on or off."],
    ["RESEND_BASE_URL", "https://ann:word@api.test", 'RESEND_BASE_URL is "https://…@api.test"'],
    ["ALERT_WEBHOOK_SECRET", "short", "ALERT_WEBHOOK_SECRET must be a random secret of at least 16"],
  ])("%s is reported with what it is, unless it is secret", (name, value, sentence) => {
    const [problem] = readAlerts({ ...ALL, [name]: value }).problems;
    expect(problem && problemSentence(problem)).toContain(sentence);
  });

  it("an address with user name and password is refused with what is wrong with it", () => {
    const variables = { ALERT_SLACK_WEBHOOK_URL: "https://user:pass@example.org/" };
    const [problem] = readAlerts(variables).problems;
    expect(problem?.expected).toMatch(/https URL without user name and password/);
  });

  it.each(["on", "ON", "true", "Yes", "1", '"on"'])("ALERT_ON_SUCCESS=%s switches it on", (value) => {
    expect(readAlerts({ ALERT_ON_SUCCESS: value })).toMatchObject({ onSuccess: true, problems: [] });
    expect(readAlerts({ ALERT_ON_FAILURE: value })).toMatchObject({ onFailure: true, problems: [] });
  });

  it.each(["off", "OFF", "false", "No", "0", "off # for now"])(
    "ALERT_ON_FAILURE=%s switches it off",
    (value) => {
      expect(readAlerts({ ALERT_ON_FAILURE: value })).toMatchObject({ onFailure: false, problems: [] });
      expect(readAlerts({ ALERT_ON_SUCCESS: value })).toMatchObject({ onSuccess: false, problems: [] });
    },
  );

  it.each([
    `whsec_${Buffer.alloc(16, 7).toString("base64").replace(/=+$/, "")}`,
    `whsec_${Buffer.alloc(17, 7).toString("base64").replace(/=+$/, "")}`,
    `whsec_${Buffer.alloc(18, 7).toString("base64")}`,
    `whsec_${Buffer.alloc(16, 7).toString("base64")}`,
  ])("%s signs, padded or not, as the receiver's library checks it", async (secret) => {
    const variables = { ...WEBHOOK, ALERT_WEBHOOK_SECRET: secret };
    expect(readAlerts(variables)).toMatchObject({ channels: [{ secret }], problems: [] });
    const settings = { channel: "webhook", url: "https://receiver.test", secret } as const;
    const { body, headers } = await webhook.request(settings, [SENT]);
    expect(new Webhook(secret).verify(body ?? "", { ...headers })).toMatchObject({
      id: SENT.id,
    });
  });

  it("a name in quotes before an address stays as it is", () => {
    const from = '"Acme, Inc." <backups@acme.test>';
    expect(readAlerts({ ...EMAIL, ALERT_EMAIL_FROM: from }).channels).toMatchObject([{ from }]);
  });

  it("what only means something together is missed", () => {
    const { ALERT_WEBHOOK_URL } = WEBHOOK;
    expect(readAlerts({ ALERT_WEBHOOK_URL })).toMatchObject({
      channels: [],
      problems: [{ variable: "ALERT_WEBHOOK_SECRET", expected: "set beside ALERT_WEBHOOK_URL" }],
    });
    expect(wrong({ ALERT_EMAIL_TO: "a@b.test" })).toEqual(["RESEND_API_KEY", "ALERT_EMAIL_FROM"]);
  });

  it.each(["http://localhost:9000/a", "http://127.0.0.1/a", "https://10.0.0.1/a"])("%s will do", (url) => {
    expect(channels({ ALERT_SLACK_WEBHOOK_URL: url })).toEqual(["slack"]);
  });

  it.each(["http://localhost.example.org/", "http://127.0.0.1.example.org/", "http://[::1]/"])(
    "%s will not",
    (url) => {
      expect(wrong({ ALERT_SLACK_WEBHOOK_URL: url })).toEqual(["ALERT_SLACK_WEBHOOK_URL"]);
    },
  );
});

it("addresses and keys are secrets that the logger takes out", () => {
  const secrets = secretsIn(ALL);
  const open = [EMAIL.ALERT_EMAIL_FROM, EMAIL.ALERT_EMAIL_TO, EMAIL.RESEND_BASE_URL];
  const all = Object.values({ ...WEBHOOK, ...SLACK, ...DISCORD, ...EMAIL, ...HEARTBEATS });
  expect(secrets.toSorted()).toEqual(all.filter((value) => !open.includes(value)).toSorted());
});
