import type { OffsiteFailure, RecentRuns } from "../../../services/offsite.ts";
import type { Result } from "../../../utils/failures.ts";
import type { RequestContext } from "../../requestContext.ts";
import { html } from "../html.ts";
import { respondPage } from "../respond.ts";

/** Pages about runs. They come with hosts that have a store, so that others do not load them. */
export interface RunPages {
  list(context: RequestContext): Promise<Response>;
  one(context: RequestContext): Promise<Response>;
  csv(context: RequestContext): Promise<Response>;
}

/** What ran, as a host with a store lends it to pages. */
export interface RunsLent {
  readonly pages: RunPages;
  /** The last runs, for the overview: for `runBar` and `activity`. */
  recent(): Promise<Result<RecentRuns, OffsiteFailure>>;
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
