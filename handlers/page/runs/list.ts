import type { KnownRun } from "../../../services/offsite.ts";
import type { RequestContext } from "../../requestContext.ts";
import { type Html, html } from "../html.ts";
import { respondPage } from "../respond.ts";
import { type AskedRuns, addressOf, type Filters, hasFilters } from "./asked.ts";
import { MOST_ROWS } from "./csv.ts";
import { filterForm } from "./form.ts";
import { runsTable } from "./table.ts";
import { stateOf } from "./words.ts";

/** A part of the list. */
export interface Part {
  /** The newest first. */
  readonly runs: readonly KnownRun[];
  /** Where the next part begins; undefined on the last one. */
  readonly cursor: string | undefined;
}

/** @param month how the last month went; undefined where that is not the question */
export function respondList(
  context: RequestContext,
  { filters, cursor: begin }: Extract<AskedRuns, { ok: true }>,
  { runs, cursor }: Part,
  month: Html | undefined,
): Promise<Response> {
  const [newest] = runs;
  const body = html`<h1>Runs</h1>
${month}<section><h2 class="sr">Choose</h2>${filterForm(filters, {})}</section>
<section><h2 class="sr">The runs</h2>${newest === undefined ? nothing(filters, begin) : runsTable(runs)}
<nav class="row" aria-label="Parts of the list">${
    begin === undefined ? "" : html`<a class="button" href="${addressOf("/runs", filters)}">Newest</a>`
  }${cursor === undefined ? "" : html`<a class="button" rel="next" href="${addressOf("/runs", filters, cursor)}">Older</a>`}${
    newest === undefined ? "" : download(filters)
  }</nav></section>`;
  const state = newest === undefined ? "unknown" : stateOf(newest);
  return respondPage(context, { title: "Runs", state, body });
}

/** The form again, with what is wrong at its fields. */
export function respondRefused(
  context: RequestContext,
  { filters, problems }: Extract<AskedRuns, { ok: false }>,
): Promise<Response> {
  const body = html`<h1>Runs</h1>
<section><h2 class="sr">Choose</h2>${filterForm(filters, problems)}</section>
<section><p class="note bad">${problems.cursor ?? "Nothing is shown. Correct what is marked above."}</p>
<p><a href="/runs">All runs</a></p></section>`;
  return respondPage(context, { title: "Runs", state: "unknown", body, status: 400 });
}

function nothing(filters: Filters, begin: string | undefined): Html {
  if (begin !== undefined) return html`<p>No older runs.</p>`;
  if (hasFilters(filters)) return html`<p>No run matches.</p>`;
  return html`<p>No runs yet. Each run stands here once it has ended.</p>`;
}

function download(filters: Filters): Html {
  const address = addressOf("/runs.csv", filters);
  return html`<a class="button" href="${address}">Download as CSV</a><span class="quiet">the newest ${MOST_ROWS.toLocaleString("en-GB")} at most</span>`;
}
