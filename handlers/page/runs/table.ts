import type { KnownRun } from "../../../services/offsite.ts";
import { bytesText } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { timeInFull } from "../time.ts";
import { askedBy, KINDS, outcome, subjectOf, tookText } from "./words.ts";

/** Runs as a table, each leading to its page; a list on a phone. */
export function runsTable(runs: readonly KnownRun[]): Html {
  return html`<table class="list"><thead><tr><th scope="col">Began</th><th scope="col">Run</th><th scope="col">Set off by</th><th scope="col">Outcome</th><th scope="col">Took</th><th scope="col">Calls</th><th scope="col">Stored</th></tr></thead><tbody>${runs.map(row)}</tbody></table>`;
}

function row(run: KnownRun): Html {
  const { id, kind, startedAt, durationMs, calls, bytes } = run;
  const subject = subjectOf(run);
  const stored = bytes === 0 || kind === "verify" ? "–" : bytesText(bytes);
  return html`<tr>
<td data-label="Began">${timeInFull(startedAt)}</td>
<td data-label="Run"><a href="/runs/${id}">${KINDS[kind]}</a>${subject === "" ? "" : `: ${subject}`}</td>
<td class="fit" data-label="Set off by">${askedBy(run)}</td>
<td class="fit" data-label="Outcome">${outcome(run)}</td>
<td class="fit" data-label="Took">${tookText(durationMs)}</td>
<td class="fit" data-label="Calls">${calls ?? "–"}</td>
<td class="fit" data-label="Stored">${stored}</td>
</tr>`;
}
