import type { RequestContext } from "./requestContext.ts";

/** A browser asks, for somebody who looks: scripts, curl and the plugin do not name HTML. */
export function acceptsHtml({ req }: RequestContext): boolean {
  return /\btext\/html\b/i.test(req.header("accept") ?? "");
}
