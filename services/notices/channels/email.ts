import type { Channel } from "../../../utils/alertSettings.ts";
import type { Sent } from "../notice.ts";
import type { Letter } from "../transport.ts";
import { textOf } from "../words.ts";

/**
 * An e-mail by Resend's API. Nothing in it differs from one telling of the same thing to the next: Resend
 * sends what comes under one key once in 24 hours, and refuses another content.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export function emailLetter(channel: Extract<Channel, { channel: "email" }>, sent: Sent): Letter {
  const { url, key, from, to } = channel;
  const text = textOf(sent);
  const html = `<p>${escaped(text).replaceAll("\n", "</p><p>")}</p>`;
  return {
    url,
    headers: {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Idempotency-Key": sent.id,
    },
    body: JSON.stringify({ from, to, subject: sent.title, text, html }),
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
