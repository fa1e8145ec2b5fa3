import { utcMinute } from "../../utils/instants.ts";
import { momentInUtc } from "../../utils/moments.ts";
import { type Html, html } from "./html.ts";

/**
 * An instant (ms since the epoch, as is `now`) as people say it: `today 06:05 UTC`, `Fri 6 March`. The page's script
 * writes it anew in the reader's zone.
 */
export function time(instant: number, now: number): Html {
  return timeOf(instant, "moment", momentInUtc(instant, now));
}

/** The same to the minute, for tables: `2026-03-06 06:05 UTC`. */
export function timeInFull(instant: number): Html {
  return timeOf(instant, "full", utcMinute(instant));
}

/** @param form in which the script writes it */
function timeOf(instant: number, form: "moment" | "full", text: string): Html {
  return html`<time datetime="${new Date(instant).toISOString()}" data-form="${form}">${text}</time>`;
}
