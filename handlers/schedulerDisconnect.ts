import { disconnectScheduler } from "../services/backupService.ts";
import { greeting } from "../utils/healthContract.ts";
import { jsonBody } from "./body.ts";
import { contextOf, type Exchange } from "./exchange.ts";
import { checkPluginRequest } from "./pluginRequest.ts";

/**
 * Stops scheduled runs. Whatever environment the caller names, the note goes to the primary's plugin: it is
 * the one that runs look at.
 */
export async function schedulerDisconnect(exchange: Exchange): Promise<Response> {
  checkPluginRequest("disconnect", await jsonBody(exchange));
  const { pluginId, disconnectedAt } = await disconnectScheduler(contextOf(exchange));
  return exchange.json({
    ...greeting("disconnect"),
    scheduler: { enabled: false, disconnectedAt },
    plugin: { id: pluginId },
  });
}
