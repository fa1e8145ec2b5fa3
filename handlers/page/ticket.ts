import type { RequestContext } from "../requestContext.ts";
import { html } from "./html.ts";
import { respondPage } from "./respond.ts";
import { begin } from "./session.ts";

/**
 * A link that signs somebody in once, whom whoever runs the process trusts: the demo prints one for the person at its
 * terminal.
 */
export interface Ticket {
  /** Whether a key is the right one and the first of its kind. */
  take(key: string): boolean;
}

/** GET /sign-in/:ticket, where the process has made a ticket; nothing is there elsewhere. */
export async function useTicket(context: RequestContext): Promise<Response> {
  const { env, req, var: variables } = context;
  const { access } = variables;
  const admin = access.kind === "secret" ? access.adminSecret : undefined;
  // HEAD comes here too, from whatever previews links, and would use the ticket up.
  const mayTake = admin !== undefined && req.method === "GET";
  if (mayTake && env.ticket?.take(req.param("ticket") ?? "")) {
    await begin(context, ["admin", admin]);
    return context.redirect("/", 303);
  }
  const body = html`<section class="top"><h1>This link does not work</h1>
<p>Such a link works once, and for ten minutes. <a href="/">Sign in</a> with the secret.</p></section>`;
  return respondPage(context, { title: "This link does not work", state: "unknown", body, status: 404 });
}
