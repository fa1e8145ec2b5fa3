import { authorizeCron } from "../utils/auth.ts";
import { greeting } from "../utils/healthContract.ts";
import { orThrow } from "./failures.ts";
import type { RequestContext } from "./requestContext.ts";

/** The plugin's handshake: answers without a single DatoCMS call. */
export async function pluginHealth(context: RequestContext): Promise<Response> {
  if (context.env.provider === "vercel") orThrow(authorizeCron(context.env.variables, context.var.access));
  return context.json(greeting("health"));
}
