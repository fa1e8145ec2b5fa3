import type { Channel } from "../../utils/alertSettings.ts";
import { emailLetter } from "./channels/email.ts";
import { discordLetter, slackLetter } from "./channels/slack.ts";
import { webhookLetter } from "./channels/webhook.ts";
import type { Sent } from "./notification.ts";
import type { Teller } from "./notifier.ts";
import { claim } from "./once.ts";
import { type Delivery, deliver, type Letter } from "./transport.ts";

/** What came of one channel. */
export interface ChannelResult extends Omit<Delivery, "error"> {
  readonly channel: string;
  readonly error?: string;
}

/** A letter, and the notices in it. */
interface Message {
  readonly notices: readonly Sent[];
  readonly letter: Letter;
}

/**
 * Sends notices to every channel, side by side; to one channel one after another, as all vendors limit the rate.
 *
 * @param deadline ms on the clock's monotonic scale
 */
export async function send(
  teller: Teller,
  notices: readonly Sent[],
  deadline: number,
): Promise<ChannelResult[]> {
  const all = await Promise.all(
    teller.settings.channels.map((channel) => sendTo(channel, teller, notices, deadline)),
  );
  return all.flat();
}

async function sendTo(
  channel: Channel,
  teller: Teller,
  notices: readonly Sent[],
  deadline: number,
): Promise<ChannelResult[]> {
  const name = channel.channel;
  const giveBack = new Map<Sent, () => void>();
  for (const notice of notices) {
    const claimed = claim(teller.told, name, notice, notice.id, teller.clock.monotonic());
    if (claimed !== undefined) giveBack.set(notice, claimed);
  }
  const results: ChannelResult[] = [];
  for (const { notices: told, letter } of await messagesTo(channel, [...giveBack.keys()])) {
    const delivery = await deliver(letter, teller, deadline);
    if (!delivery.ok) for (const notice of told) giveBack.get(notice)?.();
    results.push(report(teller, delivery, name, told.map(({ id }) => id).join(" ")));
  }
  return results;
}

/** A webhook's event is one notice; people read what belongs together in one message. */
async function messagesTo(channel: Channel, notices: readonly Sent[]): Promise<Message[]> {
  const [first, ...others] = notices;
  if (first === undefined) return [];
  switch (channel.channel) {
    case "webhook": {
      const { url, secret } = channel;
      return Promise.all(
        notices.map(async (notice) => ({
          notices: [notice],
          letter: await webhookLetter(url, secret, notice),
        })),
      );
    }
    case "email":
      return [{ notices, letter: emailLetter(channel, first, ...others) }];
    case "slack":
      return [{ notices, letter: slackLetter(channel.url, first, ...others) }];
    case "discord":
      return [{ notices, letter: discordLetter(channel.url, first, ...others) }];
  }
}

/** Names the channel and never its address. */
export function report(
  { logger }: Pick<Teller, "logger">,
  { ok, status, error }: Delivery,
  channel: string,
  notice?: string,
): ChannelResult {
  const result = { channel, ok, ...(status !== undefined && { status }), ...(error && { error }) };
  if (ok) logger.info("told", { notice, ...result });
  else logger.warn("not_told", { notice, ...result });
  return result;
}
