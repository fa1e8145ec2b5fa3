import {
  earliestNext,
  type HeadlineState,
  type Inventory,
  type Overview,
} from "../../../services/backupService.ts";
import { spanOf } from "../../../utils/spans.ts";
import { type Html, html } from "../html.ts";
import { mark, type State } from "../states.ts";
import { time } from "../time.ts";

/** How each headline looks. */
export const STATE_OF: Readonly<Record<HeadlineState, State>> = {
  away: "unknown",
  misconfigured: "bad",
  full: "bad",
  hung: "bad",
  failed: "bad",
  paused: "bad",
  late: "bad",
  running: "busy",
  shrunk: "warning",
  protected: "warning",
  empty: "warning",
  warnings: "warning",
  ok: "good",
};

/** What is there, and what comes next, says nothing to whom it will not come. */
const NOTHING_COMES: readonly HeadlineState[] = ["misconfigured", "full", "away"];

/** The headline, what is there, and what comes next. `deeds`: the forms below. */
export function top({ headline, inventory, recoverableUntil }: Overview, deeds: Html): Html {
  const { state, sentence, detail, advice, runId } = headline;
  const isPlanned = !NOTHING_COMES.includes(state);
  return html`<section class="top ${STATE_OF[state]}" aria-live="polite"><h1>${mark(STATE_OF[state])}${sentence}</h1>
${detail === undefined || detail === "" ? "" : html`<p>${detail}</p>`}
${advice === undefined ? "" : html`<p><strong>What to do:</strong> ${advice}${runId === undefined ? "" : html` <a href="/runs/${runId}">What happened</a>`}</p>`}
${inventory === undefined || inventory.coverage.newestAt === undefined ? "" : times(inventory, inventory.coverage.newestAt, isPlanned)}
${recoverableUntil === undefined ? "" : html`<p>A record deleted today can be got back until ${day(recoverableUntil)}.</p>`}
${deeds}</section>`;
}

function times({ now, coverage, cadences }: Inventory, newestAt: number, isPlanned: boolean): Html {
  const next = earliestNext(cadences);
  const last = html`Last backup ${spanOf(now - newestAt)} ago (${time(newestAt, now)})`;
  const then = isPlanned && next !== undefined ? html`, next ${time(next, now)}.` : ".";
  return html`<p>${last}${then}</p><p>${coverage.sentence}</p>`;
}

/** A day of UTC, whatever the reader's zone: `Fri 13 March`. */
function day(instant: number): Html {
  const date = new Date(instant);
  const text = date
    .toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "long", timeZone: "UTC" })
    .replace(",", "");
  return html`<time datetime="${date.toISOString().slice(0, 10)}" data-form="day">${text}</time>`;
}
