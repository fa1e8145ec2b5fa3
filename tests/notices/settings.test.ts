import { describe, expect, it } from "vitest";
import { readAlerts } from "../../utils/alertSettings.ts";
import { secretsIn } from "../../utils/auth.ts";
import { ALL, DISCORD, EMAIL, HEARTBEATS, SLACK, WEBHOOK } from "./receiver.ts";

const channels = (variables: Record<string, string>) =>
  readAlerts(variables).channels.map(({ channel }) => channel);
const wrong = (variables: Record<string, string>) =>
  readAlerts(variables).problems.map(({ variable }) => variable);

describe("who is told", () => {
  it("is nobody by default, and then of failures only", () => {
    expect(readAlerts({})).toEqual({
      channels: [],
      heartbeats: {},
      onFailure: true,
      onSuccess: false,
      project: undefined,
      problems: [],
    });
  });

  it("is every channel that is set", () => {
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
    ["ALERT_ON_SUCCESS", "yes", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\u001b[2J", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\u009b2J", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\u202e", ["webhook", "slack", "discord", "email"]],
    ["ALERT_PROJECT_NAME", "Acme\nshop", ["webhook", "slack", "discord", "email"]],
  ])("%s=%j", (name, value, left) => {
    const variables = { ...ALL, [name]: value };
    expect(wrong(variables)).toEqual([name]);
    expect(channels(variables)).toEqual(left);
    for (const { expected } of readAlerts(variables).problems) expect(expected).not.toContain(value);
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
