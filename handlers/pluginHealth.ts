import { requireCronSecret } from "../utils/auth.ts";
import { greeting } from "../utils/healthContract.ts";
import type { RequestContext } from "./requestContext.ts";

/** The plugin's handshake: answers without a single DatoCMS call. */
export async function pluginHealth(context: RequestContext): Promise<Response> {
  if (context.env.provider === "vercel") requireCronSecret(context.env.variables, context.var.access);
  return context.json(greeting("health"));
}
