import { type JsonObject, optionalJsonBody } from "./body.ts";
import type { RequestContext } from "./requestContext.ts";

/** The wishes that a caller may send along with a run. */
export interface RunRequest {
  readonly body: JsonObject | undefined;
  /** Asked for by `?force=true`, `{"force": true}` or `x-datocms-force-run: true`. */
  readonly forced: boolean;
}

/**
 * Reads the wishes for a run; none needs a body.
 *
 * @throws ServiceError 400, 413 or 415 for a body that is no JSON object
 */
export async function runRequest(context: RequestContext): Promise<RunRequest> {
  const body = context.req.method === "POST" ? await optionalJsonBody(context) : undefined;
  const wishes = [context.req.query("force"), context.req.header("x-datocms-force-run"), body?.force];
  return {
    body,
    forced: wishes.some((wish) => wish === true || (typeof wish === "string" && /^true$/i.test(wish))),
  };
}
