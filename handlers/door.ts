import { authorize } from "../utils/auth.ts";
import { ServiceError } from "../utils/errors.ts";
import { isCrossSite, isPreflighted } from "./crossSite.ts";
import type { Exchange } from "./exchange.ts";
import { createRefusals } from "./refusals.ts";

/** What a route is open to besides holders of the secret. */
export interface Openings {
  /** The plugin calls it from a page of another site. */
  readonly toPlugin: boolean;
  /** `BACKUP_READ_SECRET` opens it. */
  readonly toReaders: boolean;
}

/**
 * Lets requests in, or throws. With a secret, the secret decides. Without one anybody may call, except pages
 * in somebody's browser that were not asked to: what a browser sends by itself tells them apart.
 *
 * @returns throws ServiceError 401, 403 `CROSS_SITE_REQUEST`, 421 `UNKNOWN_HOST`, 429 or 500
 */
export function createDoor(): (exchange: Exchange, openings: Openings) => Promise<void> {
  const refuse = createRefusals();

  return async ({ env, req, var: { access } }, { toPlugin, toReaders }) => {
    if (access.kind === "open") {
      env.requireKnownHost?.(req.raw, env.variables);
      if (isCrossSite(req.raw) && !(toPlugin && isPreflighted(req.raw))) throw crossSite();
    }
    try {
      await authorize(access, req.raw.headers, toReaders);
    } catch (error) {
      if (error instanceof ServiceError && error.code === "UNAUTHORIZED") await refuse(env);
      throw error;
    }
  };
}

function crossSite(): ServiceError {
  return new ServiceError(
    "CROSS_SITE_REQUEST",
    403,
    "Without a shared secret pages of other sites may make only the plugin's calls. Set a secret, or call from a terminal.",
  );
}
