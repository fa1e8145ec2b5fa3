import { projectFrom } from "../services/backupService.ts";
import { SERVICE_NAME } from "../utils/healthContract.ts";
import type { RequestContext } from "./requestContext.ts";
import { ServiceError } from "./serviceError.ts";

/** Says that the service runs, whatever its settings are. Needs no secret. */
export function healthz(context: RequestContext): Response {
  return context.json({ ok: true, service: SERVICE_NAME, status: "ready" });
}

/**
 * Says whether the settings can be used: whether a call or a cron would get as far as DatoCMS. Needs no
 * secret, makes no call, and does not say which setting it is.
 *
 * @throws ServiceError 503 `NOT_READY`
 */
export function readyz(context: RequestContext): Response {
  const { variables } = context.env;
  if (!projectFrom(variables).ok || context.var.access.kind === "misconfigured") throw notReady();
  return context.json({ ok: true, service: SERVICE_NAME, status: "ready" });
}

function notReady(): ServiceError {
  return new ServiceError(
    "NOT_READY",
    503,
    "A setting is missing or wrong. The service's log says which, and so does /api/check to those who may ask.",
  );
}
