import { byCadence } from "../../../utils/config.ts";
import { spanOf } from "../../../utils/spans.ts";
import { counted } from "../../../utils/words.ts";
import type { RequestContext } from "../../requestContext.ts";
import { backupNowForm, rowActions } from "../deeds/forms.ts";
import { justActed } from "../deeds/said.ts";
import { fromStore } from "../fromStore.ts";
import { all, type Html, html } from "../html.ts";

import { respondPage } from "../respond.ts";
import type { RunsAtAGlance } from "../runs/routes.ts";
import { type ArchiveShown, archives } from "./archives.ts";
import { backups, type RowDeeds } from "./backups.ts";
import { isBusy, look, type Seen } from "./look.ts";
import { safetyNet } from "./safetyNet.ts";
import { schedule } from "./schedule.ts";
import { timeline } from "./timeline.ts";
import { STATE_OF, top } from "./top.ts";

/** While a backup is being made; else a screen that stays open looks at what this process has read within the hour. */
const BUSY_SECONDS = 10;
const IDLE_SECONDS = 300;

/** GET / of somebody who is signed in: whether the project is safe, and what one can go back to. */
export async function overview(context: RequestContext): Promise<Response> {
  const fresh = context.req.query("fresh") !== undefined || justActed(context);
  const { clock, offsite } = context.env;
  const glance = fromStore(offsite?.runs.atAGlance(clock.now()), clock);
  const ends = glance.then((runs) => runs?.ends ?? []);
  const [seen, runs, stored = []] = await Promise.all([
    look(context, ends, fresh),
    glance,
    fromStore(offsite?.archives(), clock),
  ]);
  const { headline } = seen.overview;
  // A screen that sends a password with each look can send no form.
  const bearer = context.var.visitor?.by === "basic" ? "reader" : context.var.bearer;
  const deeds: RowDeeds = (stored) => rowActions(stored, { bearer });
  const body = all([
    top(seen.overview, backupNowForm({ bearer })),
    ...(seen.before === undefined
      ? sections(seen.overview, stored, runs, deeds)
      : [
          lastKnown(seen.before.readAt, context),
          ...sections(asOf(seen.before.overview, clock.now()), stored, runs, deeds),
        ]),
    footer(seen, context.env.clock.now()),
  ]);
  return respondPage(context, {
    project: seen.overview.site?.name ?? seen.before?.overview.site?.name,
    title: headline.sentence,
    state: STATE_OF[headline.state],
    body,
    refreshSeconds: isBusy(seen.overview) ? BUSY_SECONDS : IDLE_SECONDS,
  });
}

function sections(
  { inventory, keep, check, site }: Seen["overview"],
  stored: readonly ArchiveShown[],
  runs: RunsAtAGlance | undefined,
  deeds: RowDeeds,
): Html[] {
  if (inventory === undefined || keep === undefined) return [safetyNet(check)];
  const line = timeline(inventory, stored);
  return [
    inventory.coverage.points + stored.length === 0
      ? html``
      : html`<section id="points"><h2>Where you can go back to</h2>${line}</section>`,
    schedule(inventory, keep, (cadence) => runs?.bar(cadence)),
    backups(inventory, site?.editorHost, deeds),
    archives(stored, inventory.now),
    safetyNet(check),
    ...(runs === undefined ? [] : [recentActivity(runs)]),
  ];
}

/** What was seen before, as it is told now: nobody knows what comes next. */
function asOf({ inventory, ...overview }: Seen["overview"], now: number): Seen["overview"] {
  if (inventory === undefined) return { ...overview, inventory };
  const cadences = byCadence((cadence) => ({ ...inventory.cadences[cadence], nextAt: undefined }));
  return { ...overview, inventory: { ...inventory, now, cadences } };
}

function recentActivity({ activity }: RunsAtAGlance): Html {
  return html`<section id="activity"><h2>Recent activity</h2>${activity}<p><a href="/runs">All runs</a></p></section>`;
}

function lastKnown(readAt: number, { env }: RequestContext): Html {
  return html`<p class="note unknown">This is what was there ${spanOf(env.clock.now() - readAt)} ago.</p>`;
}

function footer({ readAt, calls }: Seen, now: number): Html {
  const cost =
    calls === 0 ? "This view cost no call to DatoCMS" : `This view cost ${counted(calls, "call")} to DatoCMS`;
  const age = now - readAt;
  const looked = age < 60_000 ? "DatoCMS was asked just now" : `DatoCMS was asked ${spanOf(age)} ago`;
  return html`<p class="quiet" id="cost">${looked}. ${cost}. <a href="/?fresh">Ask DatoCMS now</a></p>`;
}
