import { ServiceError } from "../utils/errors.ts";
import { type BackupContext, connect } from "./context.ts";
import { disconnectNote, schedulerOf } from "./schedule/scheduler.ts";

/** A disconnect that was noted. */
export interface Disconnected {
  readonly pluginId: string;
  /** ISO. */
  readonly disconnectedAt: string;
  /** Scheduled runs could happen until now: the disconnect is no mere repetition. */
  readonly isNew: boolean;
}

/**
 * Stops scheduled runs until somebody tests the plugin's connection again, by a note in the parameters of
 * the primary's plugin.
 *
 * @throws ServiceError 404 `PLUGIN_NOT_FOUND`, 500 when DatoCMS cannot be read or written
 */
export async function disconnectScheduler(context: BackupContext): Promise<Disconnected> {
  const disconnectedAt = new Date(context.clock.now()).toISOString();
  const before = await connect(context).plugin.disconnect((plugin) => disconnectNote(plugin, disconnectedAt));
  if (before === undefined)
    throw new ServiceError(
      "PLUGIN_NOT_FOUND",
      404,
      "The Automatic Environment Backups plugin is not installed in the primary environment, so there is nothing to disconnect.",
    );
  const isNew = schedulerOf({ paused: false }, before).enabled;
  context.logger.info("scheduler_disconnected", { pluginId: before.id, disconnectedAt, isNew });
  return { pluginId: before.id, disconnectedAt, isNew };
}
