import { isWithheld, type Result } from "../../utils/failures.ts";
import type { PluginInstance } from "../datocms/pluginSettings.ts";
import { schedulerOf } from "../schedule/scheduler.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** A pause is no matter of the plugin and has its own finding. */
const NOT_PAUSED = { paused: false };

/** The plugin: installed in the primary environment, and letting scheduled runs happen. */
export function pluginFinding(reading: Result<PluginInstance | undefined>): Finding {
  if (!reading.ok) {
    const { cause, problem, advice } = reading.failure;
    // Runs go ahead where DatoCMS refuses to show the plugin, and fail where it cannot be read.
    return isWithheld(reading.failure)
      ? warn(
          "PLUGIN_UNKNOWN",
          `DatoCMS does not let the token see the plugin (${cause}); backups are made all the same.`,
          "Nothing, unless you use the plugin's scheduler-disconnect: it would not be noticed.",
        )
      : fail(cause, `The plugin cannot be read. ${problem}`, advice);
  }
  const plugin = reading.value;
  if (plugin === undefined)
    return warn(
      "PLUGIN_NOT_FOUND",
      "The Automatic Environment Backups plugin is not installed in the primary environment; backups are made all the same.",
      "Install it to see the backups in DatoCMS, and enter this service's URL and secret there.",
    );
  const scheduler = schedulerOf(NOT_PAUSED, plugin);
  return !("disconnectedAt" in scheduler)
    ? ok("PLUGIN_FOUND", "The plugin is installed in the primary environment and scheduled runs are enabled.")
    : fail(
        "SCHEDULER_DISABLED",
        `Scheduled runs have been disconnected since ${scheduler.disconnectedAt}.`,
        "Test the connection in the plugin's settings to enable them again.",
      );
}
