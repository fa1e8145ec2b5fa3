import { disconnectScheduler, NOTIFY_MS, notifyDisconnected } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { greeting } from "../utils/healthContract.ts";
import { jsonBody } from "./body.ts";
import { contextOf, type Exchange } from "./exchange.ts";
import { orThrow } from "./failures.ts";
import { checkPluginRequest } from "./pluginRequest.ts";
import { tell } from "./tell.ts";

/**
 * Stops scheduled runs. Whatever environment the caller names, the note goes to the primary's plugin: it is
 * the one that runs look at. Whoever is told of failures is told, as from then on there are none.
 */
export async function schedulerDisconnect(exchange: Exchange): Promise<Response> {
  checkPluginRequest("disconnect", await jsonBody(exchange));
  const context = contextOf(exchange);
  const { pluginId, disconnectedAt, isNew } = orThrow(await disconnectScheduler(context));
  if (isNew) await tellOf(exchange, context.token, disconnectedAt);
  return exchange.json({
    ...greeting("disconnect"),
    scheduler: { enabled: false, disconnectedAt },
    plugin: { id: pluginId },
  });
}

/** After the answer, where the host goes on. */
async function tellOf(
  { env, var: { logger, arrivedAt } }: Exchange,
  token: string,
  disconnectedAt: string,
): Promise<void> {
  const { variables, fetch, clock, afterAnswer } = env;
  const settings = readAlerts(variables);
  if (settings.channels.length === 0) return;
  const sender = { settings, logger, fetch, clock, token };
  const notices = {
    notify: (deadline: number) => notifyDisconnected(sender, Date.parse(disconnectedAt), deadline),
  };
  if (afterAnswer === undefined) await tell(notices, env, logger, arrivedAt);
  else
    afterAnswer.keep(tell(notices, { clock, budgetMs: NOTIFY_MS, isCron: false }, logger, clock.monotonic()));
}
