import document from "../openapi.json" with { type: "json" };
import type { RequestContext } from "./requestContext.ts";

/** The service's own contract, as `npm run openapi` wrote it. */
export async function openapi(context: RequestContext): Promise<Response> {
  // As text: the type of so large a value is nothing for a generic parameter.
  return context.body(JSON.stringify(document), 200, { "Content-Type": "application/json" });
}
