import type { ChannelName, ChannelSettings } from "../../../utils/alertSettings.ts";
import type { HeartbeatSignal, OutgoingNotification } from "../notification.ts";
import type { OutboundRequest } from "../transport.ts";

/** Dead-man's switches hear signals; all other channels carry notifications. */
export type MessageOf<Name extends ChannelName> = Name extends "heartbeat"
  ? HeartbeatSignal
  : OutgoingNotification;

/**
 * One way to reach the owner: a file of this folder, listed in `index.ts`. Its settings are the rows of the
 * settings table that name it.
 */
export interface Channel<Name extends ChannelName> {
  /** `all`: people read in one message what one run has to say; `one`: each message is an event of its own. */
  readonly messagesPerRequest: "one" | "all";
  /** Keeps to the vendor's limits, whatever the messages hold. */
  request(
    settings: ChannelSettings<Name>,
    messages: readonly [MessageOf<Name>, ...MessageOf<Name>[]],
  ): OutboundRequest | Promise<OutboundRequest>;
  /** Judges the status of the vendor's answer. */
  accepts(status: number): boolean;
}
