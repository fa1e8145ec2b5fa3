import { utcMinute } from "../../utils/instants.ts";
import { utcDate } from "../rotation/names.ts";
import type { Notice } from "./notification.ts";
import { type RunTeller, sentOf, tagOf } from "./notifier.ts";
import { send } from "./send.ts";

/**
 * Tells that somebody has stopped the schedule: from then on nothing else is told, so this must be. Goes where
 * failures go; never rejects.
 *
 * @param disconnectedAt ms since the epoch; makes the notice's id, as each disconnect is one of its own
 * @param deadline ms on the clock's monotonic scale
 */
export async function tellDisconnected(
  teller: RunTeller,
  disconnectedAt: number,
  deadline: number,
): Promise<void> {
  if (!teller.settings.onFailure) return;
  const id = `disconnected-${disconnectedAt}-${await tagOf(teller.token)}`;
  await send(teller, [sentOf(teller, disconnectedNotice(disconnectedAt), id)], deadline);
}

function disconnectedNotice(at: number): Notice {
  return {
    kind: "disconnected",
    cadence: null,
    date: utcDate(at),
    title: "Scheduled backups were stopped",
    sentence: `A call of scheduler-disconnect stopped all scheduled backups at ${utcMinute(at)}. Until they go on, no backup is made by schedule, and no other alert is sent.`,
    advice:
      "To let them go on, test the connection in the plugin's settings. If nobody of yours stopped them, set a new shared secret.",
    cause: null,
    environmentId: null,
    lastCopyAt: null,
  };
}
