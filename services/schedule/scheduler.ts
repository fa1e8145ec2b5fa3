import * as z from "zod/mini";
import type { Config } from "../../utils/config.ts";
import type { PluginInstance } from "../datocms/pluginSettings.ts";

/** Whether the project's owner lets scheduled runs happen. */
export type Scheduler =
  | { readonly enabled: true }
  | { readonly enabled: false; readonly disconnectedAt: string }
  | { readonly enabled: false; readonly pausedBy: "BACKUP_SCHEDULER" };

const Disconnect = z.object({
  schedulerDisconnect: z.object({ disconnectedAt: z.iso.datetime({ offset: true }) }),
});
const Connection = z.object({
  lambdaConnection: z.object({
    status: z.literal("connected"),
    // Opening the plugin's screen records a successful `config_mount` by itself; only a person tests the others.
    lastCheckPhase: z.enum(["config_connect", "finish_installation"]),
    lastCheckedAt: z.iso.datetime({ offset: true }),
  }),
});

/**
 * Whether scheduled runs may happen. A disconnect holds until somebody tests the connection again; a pause,
 * as long as the setting stands.
 *
 * @param plugin the primary's plugin, or undefined where none is installed: then nobody has disconnected
 */
export function schedulerOf(
  { paused }: Pick<Config, "paused">,
  plugin: PluginInstance | undefined,
): Scheduler {
  if (paused) return { enabled: false, pausedBy: "BACKUP_SCHEDULER" };
  const since = Disconnect.safeParse(plugin?.parameters).data?.schedulerDisconnect.disconnectedAt;
  if (since === undefined) return { enabled: true };
  const reconnectedAt = Connection.safeParse(plugin?.parameters).data?.lambdaConnection.lastCheckedAt;
  const reconnected = reconnectedAt !== undefined && Date.parse(reconnectedAt) > Date.parse(since);
  return reconnected ? { enabled: true } : { enabled: false, disconnectedAt: since };
}
