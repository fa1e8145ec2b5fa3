import type { KnownRun } from "../../../services/offsite.ts";
import { type Html, html } from "../html.ts";
import { time } from "../time.ts";
import { sentenceOf } from "./sentences.ts";
import { sign } from "./words.ts";

/**
 * The last runs as a list of sentences, each leading to its run.
 *
 * @param runs the newest first
 * @param now ms since the epoch
 */
export function activity(runs: readonly KnownRun[], now: number): Html {
  if (runs.length === 0) return html`<p>No runs yet.</p>`;
  const items = runs.map(
    (run) =>
      html`<li>${sign(run)}<div>${time(run.startedAt, now)}: <a href="/runs/${run.id}">${sentenceOf(run)}</a></div></li>`,
  );
  return html`<ul class="findings">${items}</ul>`;
}
