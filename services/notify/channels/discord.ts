import { cutText } from "../../../utils/cutText.ts";
import { bodyOf } from "../messages.ts";
import { isSuccess } from "../transport.ts";
import type { Channel } from "./channel.ts";

/** Discord refuses longer texts; `message` is the limit of all embeds together. */
const LONGEST = { title: 256, description: 4_096, message: 6_000 };

/** The stripe beside an embed. */
const COLOURS = {
  failed: 0xd92d20,
  disconnected: 0xd92d20,
  damaged: 0xd92d20,
  partial: 0xf79009,
  late: 0xf79009,
  recovered: 0x12b76a,
  success: 0x12b76a,
  test: 0x667085,
};

/**
 * A webhook of Discord. Mentions nobody.
 *
 * @see https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
export const discord: Channel<"discord"> = {
  messagesPerRequest: "all",
  request({ url }, notifications) {
    const share = Math.floor(LONGEST.message / notifications.length);
    const embeds = notifications.map((notification) => {
      const title = cutText(notification.title, LONGEST.title, "…");
      const left = Math.min(LONGEST.description, share - title.length);
      return {
        title,
        description: cutText(bodyOf(notification), left, "…"),
        color: COLOURS[notification.kind],
      };
    });
    return {
      url,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ embeds, allowed_mentions: { parse: [] } }),
    };
  },
  accepts: isSuccess,
};
