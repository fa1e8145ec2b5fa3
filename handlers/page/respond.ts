import { secretsIn } from "../../utils/auth.ts";
import { hexOf } from "../../utils/hex.ts";
import { scrub } from "../../utils/logger.ts";
import { settingOf } from "../../utils/settings/read.ts";
import { visibleLines } from "../../utils/visible.ts";
import type { RequestContext } from "../requestContext.ts";
import { takeNote } from "./deeds/said.ts";
import { all, html } from "./html.ts";
import { type Content, layout, type Reader } from "./layout.ts";

/** What a browser may do with a page: load our own style, script and icons, send forms to us, and nothing else. */
const POLICY = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  // No address of a page leaves for another site. With `no-referrer` browsers would hide from us, too, whose page
  // a form is on (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
  "Referrer-Policy": "same-origin",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** A page and its status, 200 by default. */
export interface PageAnswer extends Content {
  /** The project's name, where no setting gives it one. */
  readonly project?: string | undefined;
  readonly status?: 200 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 429 | 500 | 503 | undefined;
}

/**
 * Answers with a page in its frame: headers, navigation, the state in title and icon, and what came of a deed that has led
 * here. A page that the browser has
 * already, by its `If-None-Match`, is answered by 304.
 */
export async function respondPage(
  context: RequestContext,
  { status = 200, project, ...content }: PageAnswer,
): Promise<Response> {
  const { env, req } = context;
  const reader = readerOf(context, project);
  const note = reader.kind === "signedIn" ? takeNote(context) : undefined;
  const body = note === undefined ? content.body : all([note, content.body]);
  const whole = String(await layout({ ...content, body }, reader, req.path));
  // Nothing in it should hold a secret; names and ids in DatoCMS are somebody else's text.
  const text = visibleLines(
    reader.kind === "signedIn" ? scrub(whole, inMarkup(secretsIn(env.variables))) : whole,
  );
  for (const [name, value] of Object.entries(POLICY)) context.header(name, value);
  if (req.method === "GET" && status === 200) {
    const tag = await tagOf(text);
    context.header("ETag", tag);
    if (req.header("if-none-match")?.includes(tag)) return context.body(null, 304);
  }
  return context.html(text, status);
}

/** Whoever is not signed in learns nothing of the project, its name neither. */
function readerOf({ env, var: { visitor } }: RequestContext, name: string | undefined): Reader {
  if (visitor === undefined) return { kind: "signedOut" };
  const project = settingOf(env.variables, "ALERT_PROJECT_NAME") ?? name;
  return { kind: "signedIn", by: visitor.by, project };
}

/** Texts as they are, and as `html` writes them. */
function inMarkup(secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => [secret, String(html`${secret}`)]);
}

/** A weak tag: hosts compress what they pass on. */
async function tagOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `W/"${hexOf(new Uint8Array(digest).subarray(0, 12))}"`;
}
