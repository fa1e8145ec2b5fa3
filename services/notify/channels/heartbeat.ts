import { CADENCES, type Cadence } from "../../../utils/config.ts";
import { cutText } from "../../../utils/cutText.ts";
import { hourOf } from "../../schedule/slotWindow.ts";
import { isSuccess } from "../transport.ts";
import type { Channel } from "./channel.ts";

const HOUR_MS = 3_600_000;
const CRONITOR = /(?:^|\.)cronitor\.(?:link|io)$/;
const CRONITOR_STATES = { start: "run", success: "complete", fail: "fail", log: "ok" } as const;
const LONGEST_MESSAGE = 1_000;

/**
 * A dead-man's switch, spoken to as healthchecks.io (https://healthchecks.io/docs/http_api/) or Cronitor
 * (https://cronitor.io/docs/telemetry-api) documents. The query of its address stays.
 */
export const heartbeat: Channel<"heartbeat"> = {
  messagesPerRequest: "one",
  request({ cadence, url: address }, [signal]) {
    const { state, beganAt } = signal;
    const message =
      signal.state === "fail" ? `${signal.failure.cause}: ${signal.failure.sentence}` : undefined;
    const url = new URL(address);
    const runId = runIdOf(cadence, beganAt);
    if (CRONITOR.test(url.hostname)) {
      url.searchParams.set("state", CRONITOR_STATES[state]);
      url.searchParams.set("series", runId);
      if (message !== undefined) url.searchParams.set("message", cutText(message, LONGEST_MESSAGE));
      return { url: url.href, method: "GET" };
    }
    if (state !== "success") url.pathname = `${url.pathname.replace(/\/$/, "")}/${state}`;
    url.searchParams.set("rid", runId);
    return message === undefined ? { url: url.href, method: "GET" } : { url: url.href, body: message };
  },
  accepts: isSuccess,
};

/**
 * Made of cadence and hour, in the form of a UUID, so that all signals of a run bear the same id, also where the tick
 * of the hour after ends what the run began.
 */
function runIdOf(cadence: Cadence, beganAt: number): string {
  const hour = Math.floor(hourOf(beganAt) / HOUR_MS).toString(16);
  return `${String(CADENCES.indexOf(cadence)).padStart(8, "0")}-0000-4000-8000-${hour.padStart(12, "0")}`;
}
