import { type Failure, failed, type Result, succeeded } from "../utils/failures.ts";
import { PLUGIN_NOT_FOUND, type Refusal } from "../utils/refusals.ts";
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
 */
export async function disconnectScheduler(
  context: BackupContext,
): Promise<Result<Disconnected, Failure | Refusal>> {
  const disconnectedAt = new Date(context.clock.now()).toISOString();
  const noted = await connect(context).plugin.disconnect((plugin) => disconnectNote(plugin, disconnectedAt));
  if (!noted.ok) return noted;
  const before = noted.value;
  if (before === undefined) return failed(PLUGIN_NOT_FOUND);
  const isNew = schedulerOf({ paused: false }, before).enabled;
  context.logger.info("scheduler_disconnected", { pluginId: before.id, disconnectedAt, isNew });
  return succeeded({ pluginId: before.id, disconnectedAt, isNew });
}
