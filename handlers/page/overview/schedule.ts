import type { CadenceFigures, Inventory, Overview } from "../../../services/backupService.ts";
import { CADENCES } from "../../../utils/config.ts";
import { capitalised, KIND, listed } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { mark, type State } from "../states.ts";
import { time } from "../time.ts";

/**
 * A row for each kind of backup.
 *
 * @param bars the last runs of each kind, where runs are kept
 */
export function schedule(
  { cadences, now }: Inventory,
  keep: NonNullable<Overview["keep"]>,
  bars: (cadence: CadenceFigures["cadence"]) => Html | undefined,
): Html {
  const isShown = ({ enabled, creating, restorePoints }: CadenceFigures) =>
    enabled || creating.length + restorePoints.length > 0;
  const off = CADENCES.filter((cadence) => !isShown(cadences[cadence])).map((cadence) => KIND[cadence]);
  const rows = CADENCES.filter((cadence) => isShown(cadences[cadence])).map((cadence) =>
    row(cadences[cadence], keep[cadence], now, bars(cadence)),
  );
  return html`<section id="schedule"><h2>Schedule</h2><table class="list"><caption class="sr">Kinds of backup</caption>
<thead><tr><th scope="col">Kind</th><th scope="col">Last</th><th scope="col">Next</th><th scope="col">Keeps</th><th scope="col">Last runs</th></tr></thead>
<tbody>${rows}</tbody></table>${off.length === 0 ? "" : html`<p class="quiet">Off: ${listed(off)}.</p>`}</section>`;
}

function row(figures: CadenceFigures, keep: number, now: number, bar: Html | undefined): Html {
  const { cadence, enabled, newest, nextAt } = figures;
  const { state, text } = stateOf(figures);
  const last = newest === undefined ? "none" : time(newest.takenAt, now);
  const next = !enabled ? "not in the schedule" : nextAt === undefined ? "none" : time(nextAt, now);
  return html`<tr><th scope="row">${mark(state)}${capitalised(KIND[cadence])}${text === "" ? "" : html` <span class="quiet">${text}</span>`}</th>
<td data-label="Last">${last}</td><td data-label="Next">${next}</td><td data-label="Keeps">${keep}</td><td data-label="Last runs">${bar ?? "–"}</td></tr>`;
}

function stateOf({ enabled, timeliness, creating, hanging }: CadenceFigures): {
  readonly state: State;
  readonly text: string;
} {
  if (hanging.length > 0) return { state: "bad", text: "hangs" };
  if (timeliness?.kind === "late") return { state: "bad", text: "late" };
  if (creating.length > 0) return { state: "busy", text: "being made" };
  if (!enabled) return { state: "unknown", text: "off" };
  return timeliness?.kind === "missing"
    ? { state: "warning", text: "none yet" }
    : { state: "good", text: "" };
}
