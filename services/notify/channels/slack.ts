import { cutText } from "../../../utils/cutText.ts";
import { bodyOf, titleOf } from "../messages.ts";
import { isSuccess } from "../transport.ts";
import type { Channel } from "./channel.ts";

/** Slack refuses longer texts. */
const LONGEST = { header: 150, section: 3_000 };
/** Slack knows these three only. */
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * An incoming webhook of Slack.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export const slack: Channel<"slack"> = {
  messagesPerRequest: "all",
  request({ url }, notifications) {
    // Slack reads mentions and links in the text beside the blocks only.
    const fallback = titleOf(notifications).replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? "");
    const blocks = notifications.flatMap((notification) => [
      { type: "header", text: plainText(notification.title, LONGEST.header) },
      { type: "section", text: plainText(bodyOf(notification), LONGEST.section) },
    ]);
    return {
      url,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: fallback, blocks }),
    };
  },
  accepts: isSuccess,
};

function plainText(text: string, longest: number) {
  return { type: "plain_text", text: cutText(text, longest, "…"), emoji: false };
}
