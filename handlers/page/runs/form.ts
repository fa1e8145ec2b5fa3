import { RUN_KINDS, RUN_STATUSES, RUN_TRIGGERS } from "../../../services/offsite.ts";
import { type Html, html } from "../html.ts";
import type { Field, Filters, Problems } from "./asked.ts";
import { KINDS, OUTCOMES, TRIGGERS } from "./words.ts";

/** The form that chooses runs; a problem stands at its field. */
export function filterForm(filters: Filters, problems: Problems): Html {
  const { kind, status, trigger, from, to } = filters;
  return html`<form method="get" action="/runs" class="row">
${select("kind", "Kind", RUN_KINDS, KINDS, kind, problems)}
${select("status", "Outcome", RUN_STATUSES, OUTCOMES, status, problems)}
${select("trigger", "Set off by", RUN_TRIGGERS, TRIGGERS, trigger, problems)}
${day("from", "From (UTC)", from, problems)}
${day("to", "To (UTC)", to, problems)}
<button class="main">Show</button>
<a class="button" href="/runs">All</a>
</form>`;
}

function select<Value extends string>(
  field: Field,
  label: string,
  values: readonly Value[],
  words: Readonly<Record<Value, string>>,
  chosen: Value | undefined,
  problems: Problems,
): Html {
  const options = values.map(
    (value) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ""}>${words[value]}</option>`,
  );
  return html`<div><label for="${field}">${label}</label><br><select id="${field}" name="${field}"${marked(field, problems)}><option value="">any</option>${options}</select>${problemAt(field, problems)}</div>`;
}

function day(field: Field, label: string, value: string | undefined, problems: Problems): Html {
  return html`<div><label for="${field}">${label}</label><br><input type="date" id="${field}" name="${field}" value="${value}"${marked(field, problems)}>${problemAt(field, problems)}</div>`;
}

function marked(field: Field, problems: Problems): Html | "" {
  return problems[field] === undefined ? "" : html` aria-invalid="true" aria-describedby="${field}-problem"`;
}

function problemAt(field: Field, problems: Problems): Html | "" {
  const sentence = problems[field];
  return sentence === undefined ? "" : html`<p class="note bad" id="${field}-problem">${sentence}</p>`;
}
