import type { RequestContext } from "../requestContext.ts";
import { badge } from "./badge.ts";
import { DEEDS } from "./deeds/pages.ts";
import { ICONS } from "./icon.ts";
import { overview } from "./overview/page.ts";
import { runsPage } from "./runs/routes.ts";
import { script } from "./script.ts";
import { endSession, startSession } from "./signIn.ts";
import { style } from "./style.ts";
import { useTicket } from "./ticket.ts";

/** A page, or what belongs to pages. */
export interface Page {
  /** As Hono writes it: `:name` stands for a part that varies. */
  readonly path: string;
  readonly method: "GET" | "POST";
  /**
   * Those who get it. `nothing`: everybody. `looking`: holders of any of the three secrets. `holder`: of the plugin's secret
   * and the admin's, which may ask for backups over HTTP anyway. `admin`: of the admin's alone.
   */
  readonly needs: "nothing" | "looking" | "holder" | "admin";
  readonly handle: (context: RequestContext) => Response | Promise<Response>;
}

/** Every page. They stand neither in the OpenAPI document nor under the plugin's CORS: people look at them, from here. */
export const PAGES: readonly Page[] = [
  { path: "/", method: "GET", needs: "looking", handle: overview },
  ...DEEDS,
  { path: "/session", method: "POST", needs: "nothing", handle: startSession },
  { path: "/session/end", method: "POST", needs: "nothing", handle: endSession },
  { path: "/sign-in/:ticket", method: "GET", needs: "nothing", handle: useTicket },
  { path: "/style.css", method: "GET", needs: "nothing", handle: style },
  { path: "/script.js", method: "GET", needs: "nothing", handle: script },
  { path: "/badge.svg", method: "GET", needs: "nothing", handle: badge },
  { path: "/runs", method: "GET", needs: "looking", handle: runsPage("list") },
  { path: "/runs.csv", method: "GET", needs: "looking", handle: runsPage("csv") },
  { path: "/runs/:runId", method: "GET", needs: "looking", handle: runsPage("one") },
  ...ICONS.map((icon): Page => ({ ...icon, method: "GET", needs: "nothing" })),
];
