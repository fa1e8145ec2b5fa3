import type { ArchiveFate, StoredRun } from "../../../services/offsite.ts";
import { bytesText, KIND, listed } from "../../../utils/words.ts";
import type { RequestContext } from "../../requestContext.ts";
import { type Html, html } from "../html.ts";
import { commands } from "../overview/commands.ts";
import { respondPage } from "../respond.ts";
import { mark } from "../states.ts";
import { timeInFull } from "../time.ts";
import { headlineOf } from "./sentences.ts";
import { steps } from "./steps.ts";
import { askedBy, outcome, stateOf, tookText } from "./words.ts";

/**
 * A run with all that its record tells.
 *
 * @param fate of the archive that it made; undefined where it made none
 */
export function respondRun(
  context: RequestContext,
  run: StoredRun,
  fate: ArchiveFate | undefined,
): Promise<Response> {
  const state = stateOf(run);
  const body = html`<section class="top ${state}"><h1>${mark(state)}${headlineOf(run)}</h1></section>
<section><h2>Facts</h2>${facts(run)}${reason(context, run)}</section>
${steps(run, fate)}
${commands("same", "The same at a terminal", [{ cli: `runs show ${run.id}`, curl: `-H "Authorization: Bearer $SECRET" "$URL/api/runs/${run.id}"` }])}
<p><a href="/runs">All runs</a></p>`;
  return respondPage(context, { title: headlineOf(run), state, body });
}

export function respondUnknownRun(context: RequestContext): Promise<Response> {
  const body = html`<section class="top"><h1>There is no such run</h1>
<p>Runs are kept for 400 days. This one is not among them.</p>
<p><a href="/runs">All runs</a></p></section>`;
  return respondPage(context, { title: "There is no such run", state: "unknown", body, status: 404 });
}

function facts(run: StoredRun): Html {
  const { id, startedAt, durationMs, calls, bytes, kind, cadences } = run;
  const rows: (readonly [string, Html | string])[] = [
    ["Began", timeInFull(startedAt)],
    ["Took", tookText(durationMs)],
    ["Outcome", outcome(run)],
    ["Set off by", askedBy(run)],
    ["DatoCMS calls", String(calls)],
    ...(cadences.length === 0
      ? []
      : [["Kinds of backup", listed(cadences.map((cadence) => KIND[cadence]))] as const]),
    ...(bytes === 0 ? [] : [[kind === "verify" ? "Looked at" : "Stored", bytesText(bytes)] as const]),
    ["Run", html`<code>${id}</code>`],
  ];
  return html`<table>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>`;
}

/** Somebody's own words are for those who may change something (`BACKUP_READ_SECRET` opens no reasons). */
function reason({ var: { bearer } }: RequestContext, { reason: why }: StoredRun): Html | undefined {
  return why === undefined || bearer === "reader" ? undefined : html`<p>Why: ${why}</p>`;
}
