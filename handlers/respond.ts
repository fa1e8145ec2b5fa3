import { secretsIn } from "../utils/auth.ts";
import { scrub } from "../utils/logger.ts";
import { visibleLines } from "../utils/visible.ts";
import type { RequestContext } from "./requestContext.ts";

/** An answer for a person: text, or JSON where `?format=json` or the Accept header asks for it. */
export function respondTextOrJson(context: RequestContext, json: () => object, text: () => string): Response {
  const { env, req } = context;
  const wantsJson =
    req.query("format") === "json" || /\bapplication\/json\b/i.test(req.header("accept") ?? "");
  const body = wantsJson ? JSON.stringify(json(), null, 2) : text();
  // Nothing in it should hold one; names and ids in DatoCMS are somebody else's text, and curl shows it as it is.
  const clean = visibleLines(scrub(`${body}\n`, secretsIn(env.variables)));
  const type = wantsJson ? "application/json" : "text/plain; charset=utf-8";
  return context.body(clean, 200, { "Content-Type": type });
}
