import { authorize, presentedSecrets } from "../utils/auth.ts";
import { isCrossSite, isPreflighted } from "./crossSite.ts";
import { orThrow } from "./failures.ts";
import type { RequestContext } from "./requestContext.ts";
import type { Route } from "./routes.ts";
import { ServiceError } from "./serviceError.ts";

/**
 * Lets requests in, or throws. With a secret, the secret decides. Without one anybody may call, except pages
 * in somebody's browser that were not asked to: what a browser sends by itself tells them apart.
 *
 * @param route the one that is called; undefined where none is
 * @throws ServiceError 401, 403 `CROSS_SITE_REQUEST`, 421 `UNKNOWN_HOST`, 429 or 500
 */
export async function letIn(context: RequestContext, route: Route | undefined): Promise<void> {
  const { env, req } = context;
  const { access } = context.var;
  const isServed = route?.methods.some((method) => method === req.method) ?? false;
  if (access.kind === "open") {
    if (env.isKnownHost?.(req.raw, env.variables) === false) throw unknownHost();
    if (isCrossSite(req.raw) && !(route?.byPlugin && isPreflighted(req.raw))) throw crossSite();
  }
  const entry = await authorize(access, req.raw.headers, isServed && route?.auth === "reader");
  if (!entry.ok && entry.failure.cause === "UNAUTHORIZED") await env.processState.refuse(env);
  context.set("bearer", orThrow(entry));
}

/** The request carries a secret, right or wrong, as scripts send it. */
export function presentsSecret({ req }: RequestContext): boolean {
  return presentedSecrets(req.raw.headers).length > 0;
}

/**
 * For routes that even without a secret are not everybody's.
 *
 * @throws ServiceError 401 where no secret is set
 */
export function requireSecretSet({ var: { access } }: RequestContext): void {
  if (access.kind === "open")
    throw new ServiceError(
      "UNAUTHORIZED",
      401,
      "This route answers only where a secret is set: else anybody could call it.",
    );
}

/**
 * For routes that could destroy archives, or take them away: the plugin's secret is known to whoever may see its
 * settings.
 *
 * @throws ServiceError 403 where the request bears another secret, or none is set
 */
export function requireAdmin({ var: { access, bearer } }: RequestContext): void {
  if (access.kind === "secret" && bearer === "admin") return;
  throw new ServiceError(
    "ADMIN_SECRET_REQUIRED",
    403,
    "This route answers only to BACKUP_ADMIN_SECRET. Set it, 32 characters or more, and send it in place of the other secret.",
  );
}

function unknownHost(): ServiceError {
  return new ServiceError(
    "UNKNOWN_HOST",
    421,
    "Without a shared secret this server answers only where it is called by an address, as localhost, or by a name in ALLOWED_HOSTS. Add the name there, or set a secret, and restart.",
  );
}

function crossSite(): ServiceError {
  return new ServiceError(
    "CROSS_SITE_REQUEST",
    403,
    "Without a shared secret pages of other sites may make only the plugin's calls. Set a secret, or call from a terminal.",
  );
}
