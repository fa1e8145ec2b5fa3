import { requireCronSecret } from "../utils/auth.ts";
import { greeting } from "../utils/healthContract.ts";
import type { Exchange } from "./exchange.ts";

/** The plugin's handshake: answers without a single DatoCMS call. */
export async function pluginHealth(exchange: Exchange): Promise<Response> {
  if (exchange.env.provider === "vercel") requireCronSecret(exchange.env.variables, exchange.var.access);
  return exchange.json(greeting("health"));
}
