import { NOTIFY_MS, testAlerts } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import type { RequestContext } from "./requestContext.ts";
import { ServiceError } from "./serviceError.ts";

/** Sends a sample to every channel, and answers what came of each. */
export async function alertsTest(context: RequestContext): Promise<Response> {
  const { variables, fetch, clock, budgetMs } = context.env;
  const { logger, arrivedAt } = context.var;
  const settings = readAlerts(variables);
  const deadline = arrivedAt + Math.min(NOTIFY_MS, budgetMs);
  const channels = await testAlerts({ settings, logger, fetch, clock }, deadline);
  const failed = channels.filter(({ ok }) => !ok).map(({ channel }) => channel);
  if (failed.length > 0)
    throw new ServiceError("ALERT_FAILED", 500, `These could not be notified: ${failed.join(", ")}.`, {
      channels,
    });
  const message =
    channels.length > 0
      ? "A sample was sent to each channel."
      : "No alerts are set up yet. Set ALERT_WEBHOOK_URL and its secret, or another channel that docs/alerts.md names.";
  return context.json({ ok: true, message, channels });
}
