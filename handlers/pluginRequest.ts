import { cutText } from "../utils/cutText.ts";
import {
  CALLS,
  CONTRACT_VERSION,
  HEALTH_PHASES,
  PLUGIN_NAME,
  type PluginCall,
  PluginRequest,
} from "../utils/healthContract.ts";
import { type JsonObject, jsonBody } from "./body.ts";
import type { RequestContext } from "./requestContext.ts";
import { type ErrorCode, ServiceError } from "./serviceError.ts";

const LONGEST_ECHO = 100;

/** A route's request that is one of the plugin's calls; see `checkPluginRequest`. */
export function pluginRequest(call: Exclude<PluginCall, "backupNow">) {
  return async (context: RequestContext): Promise<void> => checkPluginRequest(call, await jsonBody(context));
}

/**
 * Checks a call of the plugin against the contract, member by member in the order of the documented codes.
 *
 * @throws ServiceError 400 `INVALID_*` with `details.expected` and, where something was sent, `details.received`
 */
export function checkPluginRequest(call: Exclude<PluginCall, "backupNow">, body: JsonObject): void {
  const { event_type, mpi = {}, plugin = {} } = PluginRequest.parse(body);
  const { event, ask } = CALLS[call];
  mustBe("INVALID_EVENT_TYPE", "event_type", event, event_type);
  mustBe("INVALID_MPI_MESSAGE", "mpi.message", ask, mpi.message);
  mustBe("INVALID_MPI_VERSION", "mpi.version", CONTRACT_VERSION, mpi.version);
  if (call === "health" && !HEALTH_PHASES.some((phase) => phase === mpi.phase))
    throw badRequest("INVALID_MPI_PHASE", "mpi.phase", HEALTH_PHASES.join(" | "), mpi.phase);
  mustBe("INVALID_PLUGIN_NAME", "plugin.name", PLUGIN_NAME, plugin.name);
  const { environment } = plugin;
  if (typeof environment !== "string" || environment.trim() === "")
    throw badRequest("INVALID_PLUGIN_ENVIRONMENT", "plugin.environment", "a non-empty string", environment);
}

function mustBe(code: ErrorCode, member: string, expected: string, received: unknown): void {
  if (received !== expected) throw badRequest(code, member, expected, received);
}

/** A 400 that names the member, what belongs there and what came instead. */
export function badRequest(
  code: ErrorCode,
  member: string,
  expected: string,
  received: unknown,
): ServiceError {
  const echo = echoOf(received);
  return new ServiceError(code, 400, `${member} must be ${expected}.`, {
    expected,
    ...(echo !== undefined && { received: echo }),
  });
}

/** Enough to recognise what was sent, never more than a line of it. */
function echoOf(received: unknown): unknown {
  if (typeof received === "string") return cutText(received, LONGEST_ECHO);
  if (Array.isArray(received)) return "array";
  return typeof received === "object" && received !== null ? "object" : received;
}
