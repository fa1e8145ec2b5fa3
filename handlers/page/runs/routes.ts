import type { LastRun } from "../../../services/backupService.ts";
import type { Cadence } from "../../../utils/config.ts";
import type { RequestContext } from "../../requestContext.ts";
import { type Html, html } from "../html.ts";
import { respondPage } from "../respond.ts";

/** Pages about runs. They come with hosts that have a store, so that others do not load them. */
export interface RunPages {
  list(context: RequestContext): Promise<Response>;
  one(context: RequestContext): Promise<Response>;
  csv(context: RequestContext): Promise<Response>;
}

/** The last runs, as the overview shows them. */
export interface RunsAtAGlance {
  /** Those for one kind of backup, as a bar; undefined where there was none. */
  bar(cadence: Cadence): Html | undefined;
  /** The last ten of whatever kind. */
  readonly activity: Html;
  /** How the last one for each kind of backup ended, for the headline. */
  readonly ends: readonly LastRun[];
}

/** What ran, as a host with a store lends it to pages. */
export interface RunsLent {
  readonly pages: RunPages;
  /**
   * @param now ms since the epoch
   * @returns undefined where the store fails, which a check tells of
   */
  atAGlance(now: number): Promise<RunsAtAGlance | undefined>;
}

/** Such a page; without a store one that says what that takes. */
export function runsPage(page: keyof RunPages) {
  return (context: RequestContext): Promise<Response> => {
    const lent = context.env.offsite?.runs;
    return lent === undefined ? withoutStore(context) : lent.pages[page](context);
  };
}

function withoutStore(context: RequestContext): Promise<Response> {
  const body = html`<section class="top"><h1>Runs</h1>
<p>No store: what ran is not kept.</p>
<p>Set <code>BACKUP_STORE</code> to a folder or a bucket, on a server of your own, and runs are kept for 400 days.</p>
<p><a href="/">To the overview</a></p></section>`;
  return respondPage(context, { title: "Runs", state: "unknown", body });
}
