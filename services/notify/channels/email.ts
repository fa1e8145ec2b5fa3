import type { Channel } from "../../../utils/alertSettings.ts";
import { textOf, titleOf } from "../messages.ts";
import type { Sent } from "../notification.ts";
import type { Letter } from "../transport.ts";

/** Longer keys are refused. */
const LONGEST_KEY = 256;

/**
 * An e-mail by Resend's API. Nothing in it differs from one telling of the same things to the next: Resend
 * sends what comes under one key once in 24 hours, and refuses another content.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export function emailLetter(
  channel: Extract<Channel, { channel: "email" }>,
  ...notices: readonly [Sent, ...Sent[]]
): Letter {
  const { url, key, from, to } = channel;
  const texts =
    notices.length === 1 ? notices.map(textOf) : notices.map((each) => `${each.title}\n${textOf(each)}`);
  const text = texts.join("\n\n");
  const html = texts.map((each) => `<p>${escaped(each).replaceAll("\n", "</p><p>")}</p>`).join("<hr>");
  const id = notices.map((each) => each.id).join("+");
  return {
    url,
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Idempotency-Key": id.slice(0, LONGEST_KEY),
    },
    body: JSON.stringify({ from, to, subject: titleOf(notices), text, html }),
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
