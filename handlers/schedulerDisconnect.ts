import { disconnectScheduler, NOTIFY_MS, notifyDisconnected } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { greeting } from "../utils/healthContract.ts";
import { orThrow } from "./failures.ts";
import { notify } from "./notify.ts";
import { type RequestContext, serviceContext } from "./requestContext.ts";

/**
 * Stops scheduled runs. Whatever environment the caller names, the note goes to the primary's plugin: runs look at that
 * one. Those who are notified of failures are notified of this too, because no failure will be reported any more.
 */
export async function schedulerDisconnect(context: RequestContext): Promise<Response> {
  const service = serviceContext(context);
  const { pluginId, disconnectedAt, isNew } = orThrow(await disconnectScheduler(service));
  if (isNew) await notifyOf(context, service.token, disconnectedAt);
  return context.json({
    ...greeting("disconnect"),
    scheduler: { enabled: false, disconnectedAt },
    plugin: { id: pluginId },
  });
}

/** Notifies after the answer, where the host goes on. */
async function notifyOf(
  { env, var: { logger, arrivedAt } }: RequestContext,
  token: string,
  disconnectedAt: string,
): Promise<void> {
  const { variables, fetch, clock, afterAnswer } = env;
  const settings = readAlerts(variables);
  if (settings.channels.length === 0) return;
  const sender = { settings, logger, fetch, clock, token };
  const notifier = {
    notify: (deadline: number) => notifyDisconnected(sender, Date.parse(disconnectedAt), deadline),
  };
  if (afterAnswer === undefined) await notify(notifier, env, logger, arrivedAt);
  else
    afterAnswer.keep(
      notify(notifier, { clock, budgetMs: NOTIFY_MS, isCron: false }, logger, clock.monotonic()),
    );
}
