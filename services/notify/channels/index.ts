import type { ChannelName } from "../../../utils/alertSettings.ts";
import type { Channel } from "./channel.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { heartbeat } from "./heartbeat.ts";
import { slack } from "./slack.ts";
import { webhook } from "./webhook.ts";

/** THE list of channels. */
export const CHANNELS: { readonly [Name in ChannelName]: Channel<Name> } = {
  webhook,
  slack,
  discord,
  email,
  heartbeat,
};
