import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { webhook } from "../../services/notify/channels/webhook.ts";
import { testNotification } from "../../services/notify/messages.ts";
import { DiscordMessage, SlackMessage, WebhookEvent } from "../notify/vendors.ts";
import { textOf } from "./support.ts";

const DOCUMENT = textOf("docs/alerts.md");
const blocksOf = (language: string) =>
  [...DOCUMENT.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text ?? "");

it("the samples of docs/alerts.md are what the code sends", () => {
  const [, slack, discord, event] = blocksOf("json").map((text): unknown => JSON.parse(text));
  WebhookEvent.parse(event);
  SlackMessage.parse(slack);
  DiscordMessage.parse(discord);
});

it.each(["a-secret-of-the-document", `whsec_${Buffer.from("a secret of the document").toString("base64")}`])(
  "the lines of docs/alerts.md check a signature made with %s",
  async (secret) => {
    const code = (blocksOf("js")[0] ?? "")
      .replaceAll("import {", "const {")
      .replace(' from "node:crypto"', " = crypto");
    const isOurs = new Function("crypto", "Buffer", `${code}\nreturn isOurs;`)(
      await import("node:crypto"),
      Buffer,
    );
    const sent = {
      ...testNotification("2026-03-04"),
      id: "test-1",
      sentAt: Date.parse("2026-03-04T01:05:07Z"),
    };
    const settings = { channel: "webhook", url: "https://example.com/", secret } as const;
    const { headers, body } = await webhook.request(settings, [sent]);
    expect(isOurs(headers, body, secret)).toBe(true);
    expect(isOurs(headers, `${body} `, secret)).toBe(false);
    expect(isOurs(headers, body, `${secret}BBBB`)).toBe(false);
    const forged = createHmac("sha256", "another").update("x").digest("base64");
    expect(isOurs({ ...headers, "webhook-signature": `v1,${forged}` }, body, secret)).toBe(false);
  },
);
