import { type Bearer, bearerOf, knownSecrets } from "../../utils/auth.ts";
import type { RequestContext } from "../requestContext.ts";
import { formOf } from "./form.ts";
import { type Html, html } from "./html.ts";
import { respondPage } from "./respond.ts";
import { begin, end } from "./session.ts";

/** Where a sign-in may lead: a path of ours, without a query. */
const OWN_PATH = /^\/(?!\/)[\w./-]*$/;

const PLAIN_QUERY = /^\?[\w=&.:-]*$/;

/**
 * The answer to somebody who is not signed in; 401.
 *
 * @param to the page that was asked for; absent where the address is the API's
 */
export function signInPage(context: RequestContext, to?: string): Promise<Response> {
  const { req } = context;
  challenge(context, to !== undefined && req.query("basic") !== undefined);
  // Browsers keep the cookie back from whoever follows a link of another site. What the page itself asks for has it.
  if (to !== undefined && req.header("sec-fetch-site") === "cross-site") refresh(context, to);
  return formPage(context, to ?? "/");
}

/** Asks for the page again from here. An address with anything but plain characters is left: no header can hold some. */
function refresh(context: RequestContext, to: string): void {
  const { search } = new URL(context.req.url);
  if (OWN_PATH.test(to)) context.header("Refresh", `0;url=${to}${PLAIN_QUERY.test(search) ? search : ""}`);
}

/** POST /session */
export async function startSession(context: RequestContext): Promise<Response> {
  const form = await formOf(context);
  const to = form.get("to") ?? "/";
  const bearer = await signIn(context, form.get("secret") ?? "");
  if (bearer === undefined) {
    challenge(context, false);
    return formPage(context, to, "This is not the secret.");
  }
  return context.redirect(OWN_PATH.test(to) ? to : "/", 303);
}

/** POST /session/end */
export function endSession(context: RequestContext): Response {
  end(context);
  return context.redirect("/", 303);
}

/**
 * Begins a session, or renews the one that is there, for whoever knows a secret; a wrong one is refused as slowly as the
 * API does it.
 *
 * @returns whose secret it is, undefined where it is wrong; throws ServiceError 429 `RATE_LIMITED`
 */
export function signIn(context: RequestContext, secret: string): Promise<Bearer | undefined> {
  return signInAs(context, secret, () => true);
}

/**
 * Renews the session of an admin who is asked for the secret again. No other secret will do.
 *
 * @returns whether it is the admin's; throws ServiceError 429 `RATE_LIMITED`
 */
export async function confirmAdmin(context: RequestContext, secret: string): Promise<boolean> {
  return (await signInAs(context, secret, (bearer) => bearer === "admin")) !== undefined;
}

async function signInAs(
  context: RequestContext,
  secret: string,
  isWanted: (bearer: Bearer) => boolean,
): Promise<Bearer | undefined> {
  const { access } = context.var;
  const given = secret.trim();
  const known = knownSecrets(access).filter(([bearer]) => isWanted(bearer));
  const bearer = await bearerOf(known, [given]);
  if (bearer === undefined) {
    await context.env.processState.refuse(context.env);
    return undefined;
  }
  await begin(context, [bearer, given]);
  return bearer;
}

function formPage(context: RequestContext, to: string, problem?: string): Promise<Response> {
  const body = html`<section class="top"><h1>Sign in</h1>${problem === undefined ? "" : note(problem)}
<form method="post" action="/session">
<p><label for="secret">Secret</label></p>
<p><input id="secret" name="secret" type="password" autocomplete="current-password" required autofocus${problem === undefined ? "" : html` aria-invalid="true" aria-describedby="problem"`}></p>
<input type="hidden" name="to" value="${OWN_PATH.test(to) ? to : "/"}">
<p><button class="main">Sign in</button></p>
</form>
<p class="quiet">It is what you entered in the plugin: DATOCMS_BACKUPS_SHARED_SECRET in the settings of this service.</p></section>`;
  return respondPage(context, { title: "Sign in", state: "unknown", body, status: 401 });
}

function note(problem: string): Html {
  return html`<p class="note bad" id="problem" role="alert">${problem}</p>`;
}

/**
 * Scripts send a secret in a header, and are told so.
 *
 * @param isScreen browsers ask for a name and a password only where a screen on the wall asks to be asked: they send
 *   what its address holds of them only then
 */
function challenge(context: RequestContext, isScreen: boolean): void {
  const basic = 'Basic realm="DatoCMS backups", charset="UTF-8"';
  context.header("WWW-Authenticate", isScreen ? basic : "Bearer");
}
