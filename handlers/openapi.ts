import type { RequestContext } from "./requestContext.ts";

/** The service's own contract, as `npm run openapi` wrote it; read when somebody asks, for it is large. */
export async function openapi(context: RequestContext): Promise<Response> {
  const { default: document } = await import("../openapi.json", { with: { type: "json" } });
  // As text: the type of so large a value is nothing for a generic parameter.
  return context.body(JSON.stringify(document), 200, { "Content-Type": "application/json" });
}
