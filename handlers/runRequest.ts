import { type JsonObject, optionalJsonBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";

/** What a caller may send along with a run. */
export interface RunRequest {
  readonly body: JsonObject | undefined;
  /** Asked for by `?force=true`, `{"force": true}` or `x-datocms-force-run: true`. */
  readonly forced: boolean;
}

/**
 * Reads what a run was asked with; a body is never needed.
 *
 * @throws ServiceError 400, 413 or 415 for a body that is no JSON object
 */
export async function runRequest(exchange: Exchange): Promise<RunRequest> {
  const body = exchange.req.method === "POST" ? await optionalJsonBody(exchange) : undefined;
  const wishes = [exchange.req.query("force"), exchange.req.header("x-datocms-force-run"), body?.force];
  return {
    body,
    forced: wishes.some((wish) => wish === true || (typeof wish === "string" && /^true$/i.test(wish))),
  };
}
