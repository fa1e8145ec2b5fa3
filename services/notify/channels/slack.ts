import { cutText } from "../../../utils/cutText.ts";
import { textOf, titleOf } from "../messages.ts";
import type { Notice } from "../notification.ts";
import type { Letter } from "../transport.ts";

/** Incoming webhooks of chats. Both vendors refuse a message that is longer than they allow. */

const HEADERS = { "Content-Type": "application/json" };
const SLACK = { header: 150, section: 3_000 };
/** The three that Slack knows. */
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
/** `all`: of a message's embeds together. */
const DISCORD = { title: 256, description: 4_096, all: 6_000 };

/** Discord's stripe beside a message. */
const COLOURS = {
  failed: 0xd92d20,
  disconnected: 0xd92d20,
  late: 0xf79009,
  recovered: 0x12b76a,
  success: 0x12b76a,
  test: 0x667085,
};

/** @see https://docs.slack.dev/reference/block-kit/blocks */
export function slackLetter(url: string, ...notices: readonly [Notice, ...Notice[]]): Letter {
  // Only the text beside the blocks is read for mentions and links.
  const fallback = titleOf(notices).replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? "");
  const plain = (text: string, most: number) => ({
    type: "plain_text",
    text: cutText(text, most, "…"),
    emoji: false,
  });
  const blocks = notices.flatMap((notice) => [
    { type: "header", text: plain(notice.title, SLACK.header) },
    { type: "section", text: plain(textOf(notice), SLACK.section) },
  ]);
  return { url, headers: HEADERS, body: JSON.stringify({ text: fallback, blocks }) };
}

/** @see https://docs.discord.com/developers/resources/webhook#execute-webhook */
export function discordLetter(url: string, ...notices: readonly [Notice, ...Notice[]]): Letter {
  const share = Math.floor(DISCORD.all / notices.length);
  const embeds = notices.map((notice) => {
    const title = cutText(notice.title, DISCORD.title, "…");
    const room = Math.min(DISCORD.description, share - title.length);
    return { title, description: cutText(textOf(notice), room, "…"), color: COLOURS[notice.kind] };
  });
  return {
    url,
    headers: HEADERS,
    body: JSON.stringify({ embeds, allowed_mentions: { parse: [] } }),
  };
}
