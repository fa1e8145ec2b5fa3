import { NOTIFY_MS, testAlerts } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { ServiceError } from "../utils/errors.ts";
import type { Exchange } from "./exchange.ts";

/** Sends a sample to everybody who is told, and answers what came of each. */
export async function alertsTest(exchange: Exchange): Promise<Response> {
  const { variables, fetch, clock, budgetMs } = exchange.env;
  const { logger, arrivedAt, access } = exchange.var;
  if (access.kind === "open")
    throw new ServiceError(
      "UNAUTHORIZED",
      401,
      "Samples are sent only where a secret is set: else anybody could send them.",
    );
  const settings = readAlerts(variables);
  const deadline = arrivedAt + Math.min(NOTIFY_MS, budgetMs);
  const channels = await testAlerts({ settings, logger, fetch, clock }, deadline);
  const failed = channels.filter(({ ok }) => !ok).map(({ channel }) => channel);
  if (failed.length > 0)
    throw new ServiceError("ALERT_FAILED", 500, `These could not be told: ${failed.join(", ")}.`, {
      channels,
    });
  const message =
    channels.length > 0
      ? "A sample was sent to each channel."
      : "Nobody is told yet. Set ALERT_WEBHOOK_URL and its secret, or another channel that the README names.";
  return exchange.json({ ok: true, message, channels });
}
