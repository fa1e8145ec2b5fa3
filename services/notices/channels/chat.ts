import type { Notice } from "../notice.ts";
import type { Letter } from "../transport.ts";
import { textOf } from "../words.ts";

/** Incoming webhooks of chats. Both vendors refuse a message that is longer than they allow. */

const HEADERS = { "Content-Type": "application/json" };
const SLACK = { header: 150, section: 3_000 };
/** The three that Slack knows. */
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const DISCORD = { title: 256, description: 4_096 };

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
export function slackLetter(url: string, notice: Notice): Letter {
  // Only the text beside the blocks is read for mentions and links.
  const fallback = notice.title.replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? "");
  const plain = (text: string, most: number) => ({ type: "plain_text", text: cut(text, most), emoji: false });
  const blocks = [
    { type: "header", text: plain(notice.title, SLACK.header) },
    { type: "section", text: plain(textOf(notice), SLACK.section) },
  ];
  return { url, headers: HEADERS, body: JSON.stringify({ text: fallback, blocks }) };
}

/** @see https://docs.discord.com/developers/resources/webhook#execute-webhook */
export function discordLetter(url: string, notice: Notice): Letter {
  const embed = {
    title: cut(notice.title, DISCORD.title),
    description: cut(textOf(notice), DISCORD.description),
    color: COLOURS[notice.kind],
  };
  return {
    url,
    headers: HEADERS,
    body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }),
  };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
