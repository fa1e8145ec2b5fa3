import type { RequestContext } from "../requestContext.ts";

/** A file of the service's own that browsers may keep. */
export interface CachedFile {
  /** Its path with a mark of its content, so that another content has another address. */
  readonly address: string;
  /** Answers with it; kept for a year under its own address, else not at all. */
  handle(context: RequestContext): Response;
}

/** @param type as in Content-Type */
export function cachedFile(path: string, type: string, text: string): CachedFile {
  const mark = markOf(text);
  return {
    address: `${path}?v=${mark}`,
    handle(context) {
      const isOwn = context.req.query("v") === mark;
      const keeping = isOwn ? "public, max-age=31536000, immutable" : "no-store";
      return context.body(text, 200, { "Content-Type": type, "Cache-Control": keeping });
    },
  };
}

/** FNV-1a of 32 bits: it tells two versions of a file apart, and is there at once. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
