import {
  type DayFigures,
  daysOf,
  type RunFigures,
  type RunSummary,
  statsOf,
} from "../../../services/offsite.ts";
import { bytesText, counted } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { bytesChart, dayText, spark } from "./chart.ts";
import { KINDS, tookText } from "./words.ts";

/** Kinds of which figures tell something. */
const WORK = [
  "backup",
  "archive",
  "upload",
  "verify",
  "prune",
  "restore",
] as const satisfies RunSummary["kind"][];
const DAYS = 30;
const DAY_MS = 24 * 60 * 60_000;

/** When the last 30 UTC days began, today among them; ms since the epoch, as is `now`. */
export function monthBefore(now: number): number {
  return (Math.floor(now / DAY_MS) - (DAYS - 1)) * DAY_MS;
}

/** How the last 30 days went, in figures and drawn; undefined where nothing was at work. */
export function monthSection(runs: readonly RunSummary[], now: number): Html | undefined {
  const { kinds } = statsOf(runs, now);
  const ofKind = (kind: RunSummary["kind"]) => runs.filter((run) => run.kind === kind);
  const rows: Html[] = WORK.flatMap((kind) => {
    const figures = kinds[kind];
    return figures === undefined ? [] : kindRow(kind, figures, daysOf(ofKind(kind), now, DAYS));
  });
  if (rows.length === 0) return undefined;
  return html`<section><h2>The last 30 days</h2>
<table class="list"><thead><tr><th scope="col">Kind</th><th scope="col">Runs</th><th scope="col">Succeeded</th><th scope="col">Usually took</th><th scope="col">Stored</th><th scope="col">Each day</th></tr></thead><tbody>${rows}</tbody></table>
<details id="days"><summary>Each day</summary>${archiveChart(daysOf(ofKind("archive"), now, DAYS))}${dayTable(daysOf(runs, now, DAYS))}</details></section>`;
}

function kindRow(kind: RunSummary["kind"], figures: RunFigures, days: readonly DayFigures[]): Html {
  const { count, failures, successRate, medianDurationMs, bytes } = figures;
  // What is not whole is never rounded up to it.
  const rate = successRate === undefined ? "–" : `${Math.floor(successRate * 100)} %`;
  const text = `${KINDS[kind]}: ${counted(count, "run")} in 30 days, ${failures} failed`;
  return html`<tr>
<td data-label="Kind">${KINDS[kind]}</td>
<td data-label="Runs">${count}${failures === 0 ? "" : html`, ${failures} failed`}</td>
<td data-label="Succeeded">${rate}</td>
<td data-label="Usually took">${medianDurationMs === undefined ? "–" : tookText(medianDurationMs)}</td>
<td data-label="Stored">${bytes === 0 || kind === "verify" ? "–" : bytesText(bytes)}</td>
<td>${spark(days, text)}</td>
</tr>`;
}

function archiveChart(days: readonly DayFigures[]): Html | undefined {
  const filled = days.filter(({ bytes }) => bytes > 0);
  const newest = filled.at(-1);
  if (newest === undefined) return undefined;
  const title = "What archives stored each day";
  const largest = Math.max(...filled.map(({ bytes }) => bytes));
  const description = `${bytesText(largest)} on the day with most, ${bytesText(newest.bytes)} on ${dayText(newest)}.`;
  return html`<h3>${title}</h3>${bytesChart(days, title, description)}`;
}

function dayTable(days: readonly DayFigures[]): Html {
  const rows = days
    .toReversed()
    .map(
      (day) =>
        html`<tr><th scope="row">${dayText(day)}</th><td>${day.count}</td><td>${day.failures}</td><td>${bytesText(day.bytes)}</td></tr>`,
    );
  return html`<table><thead><tr><th scope="col">Day (UTC)</th><th scope="col">Runs</th><th scope="col">Failed</th><th scope="col">Stored or looked at</th></tr></thead><tbody>${rows}</tbody></table>`;
}
