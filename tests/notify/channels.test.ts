import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, it } from "vitest";
import { discord } from "../../services/notify/channels/discord.ts";
import { email } from "../../services/notify/channels/email.ts";
import { heartbeat } from "../../services/notify/channels/heartbeat.ts";
import { slack } from "../../services/notify/channels/slack.ts";
import { webhook } from "../../services/notify/channels/webhook.ts";
import { testNotification } from "../../services/notify/messages.ts";
import type { HeartbeatSignal } from "../../services/notify/notification.ts";
import {
  ALL,
  type Call,
  EMAIL,
  HOOK_SECRET,
  type NotifyingWorld,
  notifyingWorld,
  SECRETS,
} from "./receiver.ts";
import { DiscordMessage, ResendEmail, RunId, SlackMessage, WebhookEvent } from "./vendors.ts";

/** A failure and its recovery, sent to every channel. */
let world: NotifyingWorld;
const of = (channel: string): Call[] => world.calls.filter((call) => call.channel === channel);
const sample = () => ({ ...testNotification("2026-03-04"), id: "test-1", sentAt: 0 });
const json = (call: Call | undefined): unknown => JSON.parse(call?.body ?? "");

beforeAll(async () => {
  world = await notifyingWorld({}, { ...ALL, ALERT_PROJECT_NAME: "Acme <shop>" });
  await world.live("daily", 0, 2);
  world.calls.length = 0;
  world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
  await world.tickAt("daily", 2, 0);
  await world.tickAt("daily", 2, 1);
});

it("every channel hears of both, and nobody anything else", () => {
  for (const channel of ["webhook", "slack", "discord", "email"]) {
    expect(of(channel).map(({ method }) => method)).toEqual(["POST", "POST"]);
    for (const { headers } of of(channel)) {
      expect(headers.get("content-type")).toBe("application/json");
      expect(headers.get("user-agent")).toMatch(/^datocms-backups-scheduled-function\/\d/);
    }
  }
  expect(world.signals()).toEqual(["start", "fail", "start", "success"]);
});

describe("the webhook", () => {
  it("keeps to its schema", () => {
    const [failed, recovered] = of("webhook").map((call) => WebhookEvent.parse(json(call)));
    expect(failed).toMatchObject({
      type: "backup.failed",
      data: {
        cadence: "daily",
        title: "Acme <shop>: The daily backup failed",
        cause: "FORK_FAILED",
        environmentId: null,
      },
    });
    expect(recovered).toMatchObject({
      type: "backup.recovered",
      data: {
        title: "Acme <shop>: The daily backup has recovered",
        cause: null,
        environmentId: "backup-plugin-daily-2026-03-04",
        sentence: "The backup backup-plugin-daily-2026-03-04 is ready, after one that was missed or late.",
      },
    });
    expect(failed?.data.lastCopyAt).toBe(recovered?.data.lastCopyAt);
  });

  it("has an id that tells what happened, and is the same whenever it is sent", async () => {
    const ids = of("webhook").map(({ headers }) => headers.get("webhook-id"));
    expect(ids).toEqual([
      expect.stringMatching(/^failed-daily-2026-03-04-[0-9a-f]{8}$/),
      expect.stringMatching(/^recovered-daily-2026-03-04-[0-9a-f]{8}$/),
    ]);
    expect(of("email").map(({ headers }) => headers.get("idempotency-key"))).toEqual(ids);
  });

  it("is signed as Standard Webhooks has it", () => {
    for (const call of of("webhook")) {
      const verifier = new Webhook(HOOK_SECRET, { format: "raw" });
      const verify = (headers: Headers, body: string) =>
        signatureHolds(verifier, Object.fromEntries(headers), body);
      expect(verify(call.headers, call.body)).toBe(true);
      expect(verify(call.headers, `${call.body} `)).toBe(false);
      const other = new Headers(call.headers);
      other.set("webhook-id", "another");
      expect(verify(other, call.body)).toBe(false);
      expect(Number(call.headers.get("webhook-timestamp"))).toBe(Math.floor(call.at / 1_000));
    }
  });

  it("takes a secret as whsec_ and base64, and passes the library's whole check", async () => {
    const secret = `whsec_${Buffer.from("thirty-two bytes of a secret key").toString("base64")}`;
    const sent = { ...testNotification("2026-03-04"), id: "test-1", sentAt: Date.now() };
    const settings = { channel: "webhook", url: "https://hook.test/", secret } as const;
    const { headers, body } = await webhook.request(settings, [sent]);
    expect(new Webhook(secret).verify(body ?? "", { ...headers })).toEqual(JSON.parse(body ?? ""));
    expect(() => new Webhook(secret).verify(`${body}x`, { ...headers })).toThrow();
  });
});

describe("the chats", () => {
  it("get what their vendors document", () => {
    for (const call of of("slack")) SlackMessage.parse(json(call));
    for (const call of of("discord")) DiscordMessage.parse(json(call));
    expect(SlackMessage.parse(json(of("slack")[0])).text).toBe("Acme &lt;shop&gt;: The daily backup failed");
  });

  it("get no more than they take", async () => {
    const long = { ...sample(), title: "t".repeat(400), sentence: "s".repeat(9_000) };
    const toSlack = await slack.request({ channel: "slack", url: "https://slack.test/" }, [long]);
    const toDiscord = await discord.request({ channel: "discord", url: "https://discord.test/" }, [long]);
    SlackMessage.parse(JSON.parse(toSlack.body ?? ""));
    DiscordMessage.parse(JSON.parse(toDiscord.body ?? ""));
  });
});

describe("the e-mail", () => {
  it("is what Resend documents", () => {
    const [failed] = of("email").map((call) => ResendEmail.parse(json(call)));
    expect(failed).toMatchObject({
      from: EMAIL.ALERT_EMAIL_FROM,
      to: ["ann@acme.test", "bob@acme.test"],
      subject: "Acme <shop>: The daily backup failed",
    });
    const [call] = of("email");
    expect(`${call?.url}`).toBe("https://resend.test/emails");
    expect(call?.headers.get("authorization")).toBe(`Bearer ${EMAIL.RESEND_API_KEY}`);
  });

  it("shows markup as text", async () => {
    const channel = {
      channel: "email",
      url: "https://resend.test/emails",
      key: "k",
      from: "a@b.c",
      to: ["a@b.c"],
    } as const;
    const sent = { ...sample(), sentence: '<b title="x">&' };
    const { body } = await email.request(channel, [sent]);
    const { html } = ResendEmail.parse(JSON.parse(body ?? ""));
    expect(html).toBe("<p>&#60;b title=&#34;x&#34;&#62;&#38;</p>");
  });
});

describe("the dead-man's switch", () => {
  it("hears start and end of a run under one id, and the cause of a failure", () => {
    const signals = of("heartbeat");
    const ids = signals.map(({ url }) => RunId.parse(url.searchParams.get("rid")));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(signals.map(({ url }) => url.pathname)).toEqual(
      ["/start", "/fail", "/start", ""].map((end) => `/ping/hc-key-daily-3e6b${end}`),
    );
    expect(signals.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "GET"]);
    expect(signals[1]?.body).toMatch(/^FORK_FAILED: DatoCMS began the backup, and it is gone again/);
  });

  it("keeps the query of its address", async () => {
    const { url } = await signal("https://hc.test/ping/key/slug?create=1", "start");
    expect(url).toMatch(/^https:\/\/hc\.test\/ping\/key\/slug\/start\?create=1&rid=[0-9a-f-]{36}$/);
  });

  it("speaks Cronitor's way with Cronitor", async () => {
    const failure = { cause: "FORK_FAILED", sentence: `Why & how? ${"x".repeat(5_000)}` } as const;
    const address = "https://cronitor.link/p/key/nightly?env=live";
    const requests = [signal(address, "start"), signal(address, "success"), signal(address, "fail", failure)];
    const states = (await Promise.all(requests)).map(({ url }) => new URL(url));
    expect(states.map(({ searchParams }) => searchParams.get("state"))).toEqual(["run", "complete", "fail"]);
    expect(new Set(states.map(({ searchParams }) => searchParams.get("series"))).size).toBe(1);
    for (const { pathname, searchParams } of states) {
      expect(pathname).toBe("/p/key/nightly");
      expect(searchParams.get("env")).toBe("live");
    }
    expect(states[2]?.searchParams.get("message")).toMatch(/^FORK_FAILED: Why & how\? x+$/);
    expect(states[2]?.href.length).toBeLessThan(2_000);
  });

  it.each(["cronitor.link.example.org", "notcronitor.io"])("does not take %s for Cronitor", async (host) => {
    expect((await signal(`https://${host}/a`, "start")).url).toContain("/a/start?rid=");
  });
});

it("nothing of it stands in the log", () => {
  const log = world.log.join("\n");
  expect(log).toContain('"channel":"webhook"');
  for (const secret of SECRETS) expect(log).not.toContain(secret);
  expect(log).not.toContain("https://");
});

/** The library's check of the signature alone: these were signed in 2026's virtual time. */
function signatureHolds(verifier: Webhook, headers: Record<string, string>, body: string): boolean {
  const at = new Date(Number(headers["webhook-timestamp"]) * 1_000);
  return verifier.sign(headers["webhook-id"] ?? "", at, body) === headers["webhook-signature"];
}

function signal(url: string, state: HeartbeatSignal["state"], failure = { cause: "A", sentence: "B" }) {
  const message: HeartbeatSignal = state === "fail" ? { state, beganAt: 0, failure } : { state, beganAt: 0 };
  return heartbeat.request({ channel: "heartbeat", cadence: "daily", url }, [message]);
}
