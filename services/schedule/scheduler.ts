import * as z from "zod/mini";
import type { Config } from "../../utils/config.ts";
import type { DisconnectNote, PluginInstance } from "../datocms/pluginSettings.ts";

/** The owner's word on scheduled runs: enabled, disconnected or paused. */
export type Scheduler =
  | { readonly enabled: true }
  | { readonly enabled: false; readonly disconnectedAt: string }
  | { readonly enabled: false; readonly pausedBy: "BACKUP_SCHEDULER" };

const Disconnect = z.object({
  schedulerDisconnect: z.object({
    disconnectedAt: z.iso.datetime({ offset: true }),
    // Notes of older versions have no such member; what is neither text nor null is read as if it were absent.
    lastCheckedAt: z.catch(z.optional(z.nullable(z.string())), undefined),
  }),
});
const Connection = z.object({
  lambdaConnection: z.object({
    status: z.literal("connected"),
    // Opening the plugin's screen records a successful `config_mount` by itself; only a person tests the others.
    lastCheckPhase: z.enum(["config_connect", "finish_installation"]),
    lastCheckedAt: z.iso.datetime({ offset: true }),
  }),
});

const AnyConnection = z.object({ lambdaConnection: z.object({ lastCheckedAt: z.string() }) });

/**
 * The note that stops scheduled runs. It names the test that came before it, because the plugin writes that
 * test's time by a browser's clock, which may be ahead of the service's or behind it.
 *
 * @param disconnectedAt ISO, by the service's clock
 */
export function disconnectNote({ parameters }: PluginInstance, disconnectedAt: string): DisconnectNote {
  const lastCheckedAt = AnyConnection.safeParse(parameters).data?.lambdaConnection.lastCheckedAt ?? null;
  return { disconnectedAt, lastCheckedAt };
}

/**
 * Reads the owner's word on scheduled runs. A disconnect holds until somebody tests the connection again; a pause,
 * as long as the setting stands.
 *
 * @param plugin the primary's plugin, or undefined where none is installed: then nobody has disconnected
 */
export function schedulerOf(
  { paused }: Pick<Config, "paused">,
  plugin: PluginInstance | undefined,
): Scheduler {
  if (paused) return { enabled: false, pausedBy: "BACKUP_SCHEDULER" };
  const disconnect = Disconnect.safeParse(plugin?.parameters).data?.schedulerDisconnect;
  if (disconnect === undefined) return { enabled: true };
  const { disconnectedAt, lastCheckedAt } = disconnect;
  const testedAt = Connection.safeParse(plugin?.parameters).data?.lambdaConnection.lastCheckedAt;
  const isNewTest =
    testedAt !== undefined &&
    (lastCheckedAt === undefined
      ? Date.parse(testedAt) > Date.parse(disconnectedAt)
      : testedAt !== lastCheckedAt);
  return isNewTest ? { enabled: true } : { enabled: false, disconnectedAt };
}
