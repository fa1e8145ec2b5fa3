import { CADENCES, type Cadence } from "../../../utils/config.ts";
import { cutText } from "../../../utils/cutText.ts";
import type { Reason } from "../notification.ts";
import { hourOf } from "../slotWindow.ts";
import type { Letter } from "../transport.ts";

/** What a dead-man's switch hears; `log` changes nothing there. */
export type Beat = "start" | "success" | "fail" | "log";

const HOUR_MS = 3_600_000;
const CRONITOR = /(?:^|\.)cronitor\.(?:link|io)$/;
const STATES = { start: "run", success: "complete", fail: "fail", log: "ok" } as const;
const LONGEST_MESSAGE = 1_000;

/**
 * A call of a dead-man's switch, as healthchecks.io has it (https://healthchecks.io/docs/http_api/), or
 * Cronitor (https://cronitor.io/docs/telemetry-api).
 *
 * @param address as configured; its query stays
 * @param beganAt when the run began, ms since the epoch
 */
export function heartbeatLetter(
  address: string,
  cadence: Cadence,
  beat: Beat,
  beganAt: number,
  failure?: Reason,
): Letter {
  const url = new URL(address);
  const rid = ridOf(cadence, beganAt);
  const message = failure && `${failure.cause}: ${failure.sentence}`;
  if (CRONITOR.test(url.hostname)) {
    url.searchParams.set("state", STATES[beat]);
    url.searchParams.set("series", rid);
    if (message !== undefined) url.searchParams.set("message", cutText(message, LONGEST_MESSAGE));
    return { url: url.href, method: "GET" };
  }
  if (beat !== "success") url.pathname = `${url.pathname.replace(/\/$/, "")}/${beat}`;
  url.searchParams.set("rid", rid);
  return message === undefined ? { url: url.href, method: "GET" } : { url: url.href, body: message };
}

/**
 * The same for all that a run says, also where the tick of the hour after ends what it began: made of cadence
 * and hour, in the form of a UUID.
 */
function ridOf(cadence: Cadence, beganAt: number): string {
  const hour = Math.floor(hourOf(beganAt) / HOUR_MS).toString(16);
  return `${String(CADENCES.indexOf(cadence)).padStart(8, "0")}-0000-4000-8000-${hour.padStart(12, "0")}`;
}
