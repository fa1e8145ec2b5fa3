import { NOTIFY_MS, notifyDisconnected, type Project } from "../services/backupService.ts";
import { greeting } from "../utils/healthContract.ts";
import { orThrow } from "./failures.ts";
import { notify } from "./notify.ts";
import { type RequestContext, serviceFor } from "./requestContext.ts";

/**
 * Stops scheduled runs. Whatever environment the caller names, the note goes to the primary's plugin: runs look at that
 * one. Those who are notified of failures are notified of this too, because no failure will be reported any more.
 */
export async function schedulerDisconnect(context: RequestContext): Promise<Response> {
  const service = serviceFor(context);
  const { pluginId, disconnectedAt, isNew } = orThrow(await service.disconnect());
  if (isNew) await notifyOf(context, service.project, disconnectedAt);
  return context.json({
    ...greeting("disconnect"),
    scheduler: { enabled: false, disconnectedAt },
    plugin: { id: pluginId },
  });
}

/** Notifies after the answer, where the host goes on. */
async function notifyOf(
  { env, var: { logger, arrivedAt } }: RequestContext,
  { channels: settings, token }: Project,
  disconnectedAt: string,
): Promise<void> {
  const { fetch, clock, afterAnswer } = env;
  if (settings.channels.length === 0) return;
  const sender = { settings, logger, fetch, clock, token };
  const send = (deadline: number) => notifyDisconnected(sender, Date.parse(disconnectedAt), deadline);
  if (afterAnswer === undefined) await notify(send, env, logger, arrivedAt);
  else
    afterAnswer.keep(notify(send, { clock, budgetMs: NOTIFY_MS, isCron: false }, logger, clock.monotonic()));
}
