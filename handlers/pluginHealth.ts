import { requireCronSecret } from "../utils/auth.ts";
import { greeting } from "../utils/healthContract.ts";
import { jsonBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { checkPluginRequest } from "./pluginRequest.ts";

/** The plugin's handshake: answers without a single DatoCMS call. */
export async function pluginHealth(exchange: Exchange): Promise<Response> {
  checkPluginRequest("health", await jsonBody(exchange));
  if (exchange.env.provider === "vercel") requireCronSecret(exchange.env.variables, exchange.var.access);
  return exchange.json(greeting("health"));
}
