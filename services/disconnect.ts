import { ServiceError } from "../utils/errors.ts";
import { type BackupContext, connect } from "./context.ts";

/**
 * Stops scheduled runs until somebody tests the plugin's connection again, by a note in the parameters of
 * the primary's plugin.
 *
 * @returns the plugin's id and the note's instant (ISO)
 * @throws ServiceError 404 `PLUGIN_NOT_FOUND`, 500 when DatoCMS cannot be read or written
 */
export async function disconnectScheduler(
  context: BackupContext,
): Promise<{ pluginId: string; disconnectedAt: string }> {
  const disconnectedAt = new Date(context.clock.now()).toISOString();
  const pluginId = await connect(context).plugin.disconnect(disconnectedAt);
  if (pluginId === undefined)
    throw new ServiceError(
      "PLUGIN_NOT_FOUND",
      404,
      "The Automatic Environment Backups plugin is not installed in the primary environment, so there is nothing to disconnect.",
    );
  context.logger.info("scheduler_disconnected", { pluginId, disconnectedAt });
  return { pluginId, disconnectedAt };
}
