import * as z from "zod";
import {
  CALLS,
  CONTRACT_VERSION,
  greeting,
  PLUGIN_NAME,
  type PluginCall,
} from "../../utils/healthContract.ts";

type Asking = Exclude<PluginCall, "backupNow">;

/** The body that the plugin sends; members beyond these are let through. */
export function asks(call: Asking, mpi: z.ZodRawShape = {}) {
  return z.looseObject({
    event_type: z.literal(CALLS[call].event),
    mpi: z.looseObject({
      message: z.literal(CALLS[call].ask),
      version: z.literal(CONTRACT_VERSION),
      ...mpi,
    }),
    plugin: z.looseObject({ name: z.literal(PLUGIN_NAME), environment: z.string().regex(/\S/) }),
  });
}

export function askedExample(call: Asking, mpi: object = {}) {
  const { event, ask } = CALLS[call];
  return {
    event_type: event,
    mpi: { message: ask, version: CONTRACT_VERSION, ...mpi },
    plugin: { name: PLUGIN_NAME, environment: "main" },
  };
}

/** The members that every answer to the plugin begins with. */
export function says(call: PluginCall) {
  const { mpi, service, status } = greeting(call);
  return {
    ok: z.literal(true),
    mpi: z.strictObject({ message: z.literal(mpi.message), version: z.literal(mpi.version) }),
    service: z.literal(service),
    status: z.literal(status),
  };
}
