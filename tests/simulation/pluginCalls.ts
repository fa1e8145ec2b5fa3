import { CALLS, CONTRACT_VERSION, PLUGIN_NAME, type PluginCall } from "../../utils/healthContract.ts";

/** The body of a call as the plugin sends it. */
export function bodyOf(call: PluginCall, more: object = {}) {
  const { event, ask } = CALLS[call];
  return {
    event_type: event,
    mpi: { message: ask, version: CONTRACT_VERSION, phase: "config_mount" },
    plugin: { name: PLUGIN_NAME, environment: "main" },
    ...more,
  };
}
