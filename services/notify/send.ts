import type { AlertSettings, ChannelName, ChannelSettings } from "../../utils/alertSettings.ts";
import type { Cadence } from "../../utils/config.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Channel, MessageOf } from "./channels/channel.ts";
import { CHANNELS } from "./channels/index.ts";
import type { OutgoingNotification } from "./notification.ts";
import { claim, type SentBefore } from "./once.ts";
import { type Attempts, type Delivery, deliver, type Transport } from "./transport.ts";

/** All that sending rests on. */
export interface Sender extends Transport {
  readonly settings: AlertSettings;
  readonly logger: Logger;
  /** The notifications that this process has sent; see `SentBefore`. */
  readonly sentBefore?: SentBefore | undefined;
}

/** The outcome of one request to a channel. */
export interface ChannelResult extends Omit<Delivery, "error"> {
  readonly channel: string;
  readonly error?: string;
}

/**
 * Sends notifications to every channel, side by side; to one channel one after another, as all vendors limit the rate.
 *
 * @param deadline ms on the clock's monotonic scale
 */
export async function sendToAll(
  sender: Sender,
  notifications: readonly OutgoingNotification[],
  deadline: number,
): Promise<ChannelResult[]> {
  const all = await Promise.all(
    sender.settings.channels.map((settings) => sendOnce(settings, sender, notifications, deadline)),
  );
  return all.flat();
}

/** Leaves out what this process has sent to the channel before. */
function sendOnce<Name extends Exclude<ChannelName, "heartbeat">>(
  settings: ChannelSettings<Name>,
  sender: Sender,
  notifications: readonly (OutgoingNotification & MessageOf<Name>)[],
  deadline: number,
): Promise<ChannelResult[]> {
  const giveBack = new Map<MessageOf<Name>, () => void>();
  for (const notification of notifications) {
    const claimed = claim(sender.sentBefore, settings.channel, notification, sender.clock.monotonic());
    if (claimed !== undefined) giveBack.set(notification, claimed);
  }
  const onFailure = (message: MessageOf<Name>) => giveBack.get(message)?.();
  return send(settings, sender, [...giveBack.keys()], { deadline }, onFailure);
}

/**
 * Sends messages to one channel, one request after another.
 *
 * @param onFailure called with each message that the channel did not take
 */
export async function send<Name extends ChannelName>(
  settings: ChannelSettings<Name>,
  sender: Sender,
  messages: readonly MessageOf<Name>[],
  attempts: Omit<Attempts, "accepts">,
  onFailure?: (message: MessageOf<Name>) => void,
): Promise<ChannelResult[]> {
  const channel: Channel<Name> = CHANNELS[settings.channel];
  const results: ChannelResult[] = [];
  for (const batch of batchesOf(channel, messages)) {
    const request = await channel.request(settings, batch);
    const delivery = await deliver(request, sender, { ...attempts, accepts: channel.accepts });
    if (!delivery.ok) for (const message of batch) onFailure?.(message);
    results.push(report(sender.logger, delivery, nameOf(settings), idsOf(batch)));
  }
  return results;
}

function batchesOf<Message>(
  { messagesPerRequest }: { readonly messagesPerRequest: "one" | "all" },
  messages: readonly Message[],
): (readonly [Message, ...Message[]])[] {
  const [first, ...others] = messages;
  if (first === undefined) return [];
  return messagesPerRequest === "all" ? [[first, ...others]] : messages.map((each) => [each]);
}

/** The channel's name in the log and in answers. */
function nameOf({ channel, cadence }: { readonly channel: ChannelName; readonly cadence?: Cadence }): string {
  return cadence === undefined ? channel : `${channel}-${cadence}`;
}

function idsOf(messages: readonly MessageOf<ChannelName>[]): string | undefined {
  return messages.flatMap((each) => ("id" in each ? each.id : [])).join(" ") || undefined;
}

/** Names the channel and never its address. */
function report(
  logger: Logger,
  { ok, status, error }: Delivery,
  channel: string,
  notification: string | undefined,
): ChannelResult {
  const result = { channel, ok, ...(status !== undefined && { status }), ...(error && { error }) };
  if (ok) logger.info("notification_sent", { notification, ...result });
  else logger.warn("notification_failed", { notification, ...result });
  return result;
}
