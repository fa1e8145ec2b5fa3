import type { Access } from "../../utils/auth.ts";
import { type Failure, failureOf } from "../errors.ts";
import type { RequestContext } from "../requestContext.ts";
import { html } from "./html.ts";
import { respondPage } from "./respond.ts";
import { mark } from "./states.ts";

/** Nobody can sign in: no secret is set, so that a page would be everybody's. */
export function openPage(context: RequestContext): Promise<Response> {
  const body = html`<section class="top warning"><h1>${mark("warning")}No secret is set</h1>
<p>Without one, whoever knows this address could look at your backups. So this page shows nothing yet.</p>
<ol><li>Make a secret: <code>openssl rand -hex 24</code></li>
<li>Set it as <code>DATOCMS_BACKUPS_SHARED_SECRET</code> in the settings of this service, and restart or redeploy.</li>
<li>Enter the same secret in the plugin, and here.</li></ol></section>`;
  const status = context.req.method === "GET" ? 200 : 403;
  return respondPage(context, { title: "No secret is set", state: "warning", body, status });
}

/** Nobody can sign in: a secret is set that can be none. */
export function misconfiguredPage(
  context: RequestContext,
  { variable, why }: Extract<Access, { kind: "misconfigured" }>,
): Promise<Response> {
  const body = html`<section class="top bad"><h1>${mark("bad")}A setting is wrong</h1>
<p><code>${variable}</code> ${why}. Nobody can sign in, and the plugin gets no answer, until that is right.</p>
<p>Set it to a random secret (<code>openssl rand -hex 24</code>), and restart or redeploy.</p></section>`;
  return respondPage(context, { title: "A setting is wrong", state: "bad", body, status: 500 });
}

/** Signed in, and asks for what that secret does not open. */
export function forbiddenPage(context: RequestContext, needs: "holder" | "admin"): Promise<Response> {
  const wanted = needs === "admin" ? "BACKUP_ADMIN_SECRET" : "DATOCMS_BACKUPS_SHARED_SECRET";
  const body = html`<section class="top warning"><h1>${mark("warning")}Your secret does not open this</h1>
<p>Sign out, and sign in again with <code>${wanted}</code>${needs === "admin" ? ", which is in the settings of this service; where it is not set yet, set it: 32 characters or more" : ""}.</p>
<p><a href="/">Back to the overview</a></p></section>`;
  return respondPage(context, {
    title: "Your secret does not open this",
    state: "warning",
    body,
    status: 403,
  });
}

/** Signed in, at an address of the API, which takes no cookie. */
export function forScriptsPage(context: RequestContext): Promise<Response> {
  const body = html`<section class="top"><h1>This address is for scripts</h1>
<p>It answers to a secret in a header, as in <code>curl -H "X-Datocms-Backups-Auth: $SECRET"</code>.</p>
<p><a href="/">To the overview</a></p></section>`;
  return respondPage(context, { title: "This address is for scripts", state: "unknown", body, status: 401 });
}

/** A form that some other page has sent. */
export function foreignFormPage(context: RequestContext): Promise<Response> {
  const body = html`<section class="top bad"><h1>${mark("bad")}Nothing was done</h1>
<p>This form did not come from a page of this service. If you did send it from here, open the page anew and try again.</p>
<p><a href="/">To the overview</a></p></section>`;
  return respondPage(context, { title: "Nothing was done", state: "bad", body, status: 403 });
}

/** A failure, in the words that an answer of the API would have. */
export function failurePage(context: RequestContext, error: Error): Promise<Response> {
  const { status, sentence, details }: Failure = failureOf(error, context);
  const body = html`<section class="top bad"><h1>${mark("bad")}That did not work</h1>
<p>${sentence}</p>${typeof details.requestId === "string" ? html`<p class="quiet">Request ${details.requestId}</p>` : ""}<p><a href="/">To the overview</a></p></section>`;
  return respondPage(context, { title: "That did not work", state: "bad", body, status });
}
