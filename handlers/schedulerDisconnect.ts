import { disconnectScheduler, TELL_MS, tellDisconnected } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { greeting } from "../utils/healthContract.ts";
import { type RequestContext, serviceContext } from "./requestContext.ts";
import { tell } from "./tell.ts";

/**
 * Stops scheduled runs. Whatever environment the caller names, the note goes to the primary's plugin: it is
 * the one that runs look at. Whoever is told of failures is told, as from then on there are none.
 */
export async function schedulerDisconnect(context: RequestContext): Promise<Response> {
  const service = serviceContext(context);
  const { pluginId, disconnectedAt, isNew } = await disconnectScheduler(service);
  if (isNew) await tellOf(context, service.token, disconnectedAt);
  return context.json({
    ...greeting("disconnect"),
    scheduler: { enabled: false, disconnectedAt },
    plugin: { id: pluginId },
  });
}

/** After the answer, where the host goes on. */
async function tellOf(
  { env, var: { logger, arrivedAt } }: RequestContext,
  token: string,
  disconnectedAt: string,
): Promise<void> {
  const { variables, fetch, clock, afterAnswer } = env;
  const settings = readAlerts(variables);
  if (settings.channels.length === 0) return;
  const teller = { settings, logger, fetch, clock, token };
  const notices = {
    tell: (deadline: number) => tellDisconnected(teller, Date.parse(disconnectedAt), deadline),
  };
  if (afterAnswer === undefined) await tell(notices, env, logger, arrivedAt);
  else
    afterAnswer.keep(tell(notices, { clock, budgetMs: TELL_MS, isCron: false }, logger, clock.monotonic()));
}
