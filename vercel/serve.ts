import { createApp } from "../handlers/app.ts";
import { vercelRuntime } from "../utils/platformAdapters.ts";
import { waitUntil } from "./waitUntil.ts";

const app = createApp();

/**
 * Answers a request to any route. All functions in `api/` are this one: Vercel picks one by the path, and the
 * app its handler by the same path.
 */
export function serve(request: Request): Response | Promise<Response> {
  return app.fetch(request, vercelRuntime(process.env, request.headers, waitUntil));
}
