import { getCookie, setCookie } from "hono/cookie";
import type { RequestContext } from "../../requestContext.ts";
import type { Html } from "../html.ts";
import { isEncrypted } from "../session.ts";
import { type NoteCode, noteFor } from "./notes.ts";

/**
 * What came of a deed goes to the page that follows in a cookie, so that no address says it to whoever opens it. That
 * page takes it away.
 */
const COOKIE = "datocms-backups-said";
const LASTS_S = 60;

/** Leaves a note for the page that follows. */
export function say(context: RequestContext, note: NoteCode): void {
  write(context, note, LASTS_S);
}

/** Whether this page follows a deed: then what was read before it is out of date. */
export function justActed(context: RequestContext): boolean {
  return noteFor(getCookie(context, COOKIE)) !== undefined;
}

/** The note that a deed has left for this page; no other page shows it. */
export function takeNote(context: RequestContext): Html | undefined {
  const code = getCookie(context, COOKIE);
  if (code !== undefined) write(context, "", 0);
  return noteFor(code);
}

function write(context: RequestContext, value: string, maxAge: number): void {
  const secure = isEncrypted(context);
  setCookie(context, COOKIE, value, { httpOnly: true, sameSite: "Strict", path: "/", maxAge, secure });
}
