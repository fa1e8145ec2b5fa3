import type { RequestContext } from "../../requestContext.ts";
import type { NoteCode } from "./notes.ts";
import { say } from "./said.ts";

/** Leads to the overview, which says what came of a deed: reloading it does nothing again. */
export function back(context: RequestContext, note: NoteCode): Response {
  say(context, note);
  return context.redirect("/", 303);
}

/** When the backup was made that a form is about, ms since the epoch; undefined where it does not say. */
export function createdAtIn(form: URLSearchParams): number | undefined {
  const text = form.get("createdAt") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
