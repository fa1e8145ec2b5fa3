import type { Inventory, StoredBackup } from "../../../services/backupService.ts";
import { capitalised, counted, KIND } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";
import { mark, type State } from "../states.ts";
import { time } from "../time.ts";
import { commands } from "./commands.ts";

/** The forms of a backup's row, where somebody may use them. */
export type RowDeeds = (stored: StoredBackup) => Html;

/** Every backup, the newest first, with what can be done with it. */
export function backups(
  { backups: all, now, others }: Inventory,
  admin: string | undefined,
  deeds: RowDeeds,
): Html {
  const rows = all.map((stored) => row(stored, now, admin, deeds));
  const list =
    all.length === 0
      ? html`<p>There is none yet.</p>`
      : html`<table class="list"><caption class="sr">Backups, the newest first</caption>
<thead><tr><th scope="col">Taken</th><th scope="col">Kind</th><th scope="col">State</th><th scope="col">What to do with it</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return html`<section id="backups"><h2>Backups (${all.length})</h2>${list}${otherSandboxes(others, admin)}</section>`;
}

/** Kept backups have names of their own, so that nothing tells them from other sandboxes. */
function otherSandboxes(ids: readonly string[], admin: string | undefined): Html {
  if (ids.length === 0) return html``;
  const items = ids.map((id) => html`<li><code>${id}</code>${lookInside(id, admin)}</li>`);
  const title = counted(ids.length, "other sandbox", "other sandboxes");
  return html`<details id="others"><summary>${title}, kept backups among them</summary><ul>${items}</ul></details>`;
}

function lookInside(id: string, admin: string | undefined): Html {
  if (admin === undefined) return html``;
  return html` <a href="https://${admin}/environments/${id}" rel="noreferrer">Look inside in DatoCMS</a>`;
}

function row(stored: StoredBackup, now: number, admin: string | undefined, deeds: RowDeeds): Html {
  const { backup } = stored;
  const { state, text } = stateOf(stored, now);
  return html`<tr><td data-label="Taken">${time(backup.takenAt, now)}</td><td data-label="Kind">${capitalised(KIND[backup.cadence])}</td>
<td data-label="State">${mark(state)}${text}</td>
<td><details id="backup-${backup.id}"><summary>${backup.id}</summary>${admin === undefined ? "" : html`<p>${lookInside(backup.id, admin)}</p>`}${deeds(stored)}${terminal(stored)}</details></td></tr>`;
}

/** What the page cannot do yet, as commands. */
function terminal({ backup: { id } }: StoredBackup): Html {
  return commands(`back-${id}`, "Get something back, at a terminal", [
    { cli: `diff ${id}` },
    { cli: `restore find 'winter jacket' --from ${id}` },
    {
      cli: `restore preview --from ${id} --into new:restored`,
      curl: `-H "Authorization: Bearer $SECRET" "$URL/api/restore-guide/${id}"`,
    },
  ]);
}

function stateOf({ is }: StoredBackup, now: number): { readonly state: State; readonly text: Html } {
  switch (is.state) {
    case "ready":
      return { state: "good", text: html`Ready` };
    case "superseded":
      return { state: "good", text: html`Ready, replaced by a newer one of its day` };
    case "destroying":
      return { state: "unknown", text: html`Being removed` };
    case "held":
      return {
        state: "warning",
        text: html`Protected until ${time(is.until, now)}: ${is.because === "changed" ? "somebody worked in it" : "somebody forked from it"}. It does not count as a backup.`,
      };
    case "creating": {
      const share = is.percentage === undefined ? "" : `, ${is.percentage} %`;
      return is.hangs
        ? { state: "bad", text: html`DatoCMS does not finish it` }
        : { state: "busy", text: html`Being made${share}` };
    }
  }
}
