import { cutText } from "../../../utils/cutText.ts";
import { bodyOf, titleOf } from "../messages.ts";
import { isSuccess } from "../transport.ts";
import type { Channel } from "./channel.ts";

/** Resend refuses longer keys; a header's line has 998 characters at most (RFC 5322, 2.1.1). */
const LONGEST = { key: 256, subject: 998 };

/**
 * An e-mail by Resend's API. Resend sends once in 24 hours what comes under one key, and refuses other content under
 * it: nothing in an e-mail differs from one sending of the same notifications to the next.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export const email: Channel<"email"> = {
  messagesPerRequest: "all",
  request({ url, key, from, to }, notifications) {
    const bodies =
      notifications.length === 1
        ? notifications.map(bodyOf)
        : notifications.map((each) => `${each.title}\n${bodyOf(each)}`);
    const text = bodies.join("\n\n");
    const html = bodies.map((each) => `<p>${escaped(each).replaceAll("\n", "</p><p>")}</p>`).join("<hr>");
    const id = notifications.map((each) => each.id).join("+");
    return {
      url,
      headers: {
        Authorization: `Bearer ${key}`,
        "Content-Type": "application/json",
        "Idempotency-Key": id.slice(0, LONGEST.key),
      },
      body: JSON.stringify({
        from,
        to,
        subject: cutText(titleOf(notifications), LONGEST.subject, "…"),
        text,
        html,
      }),
    };
  },
  accepts: isSuccess,
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
