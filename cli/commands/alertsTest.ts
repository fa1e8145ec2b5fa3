import * as z from "zod/mini";
import { type ChannelResult, NOTIFY_MS, testAlerts } from "../../services/backupService.ts";
import { readAlerts } from "../../utils/alertSettings.ts";
import { silentLogger } from "../../utils/logger.ts";
import { counted } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";

const NONE =
  "No alerts are set up yet: nobody will learn of a failed backup. Set ALERT_SLACK_WEBHOOK_URL, or another channel.";

export const alertsTest = defineCommand({
  name: "alerts test",
  summary: "send a sample to every channel",
  description:
    "Sends a sample to every channel of the variables ALERT_*, RESEND_* and HEARTBEAT_URL_*. Exit status 1 where one does not take it, or none is set.",
  examples: [
    ["alerts test", "after a change of a channel"],
    ["alerts test --env-file shop.env", "of other settings"],
  ],
  options: z.object({}),
  async run({ io: { clock, fetch }, settings }) {
    const sender = { settings: readAlerts(settings().variables), logger: silentLogger, fetch, clock };
    const channels = await testAlerts(sender, clock.monotonic() + NOTIFY_MS);
    const failed = channels.filter(({ ok }) => !ok);
    const isWell = channels.length > 0 && failed.length === 0;
    const message =
      channels.length === 0
        ? NONE
        : failed.length === 0
          ? "A sample was sent to each channel."
          : `${counted(failed.length, "channel")} of ${channels.length} did not take the sample.`;
    return {
      exit: isWell ? 0 : 1,
      document: { ok: isWell, message, channels },
      text: channels.length === 0 ? NONE : channels.map(lineOf).join("\n"),
    };
  },
});

function lineOf({ channel, ok, status, error }: ChannelResult): string {
  const why = [status, error].filter((each) => each !== undefined).join(" ");
  return `${ok ? "✔" : "✘"} ${channel}  ${ok ? "sent" : "FAILED"}${why === "" ? "" : `  ${why}`}`;
}
