import { createApp } from "../handlers/app.ts";
import { createInFlightReads } from "../services/backupService.ts";
import { vercelRuntime } from "../utils/platformAdapters.ts";
import { createReads } from "../utils/reads.ts";
import { waitUntil } from "./waitUntil.ts";

const app = createApp();
const reads = createReads(createInFlightReads());

/**
 * Answers a request to any route. All functions in `api/` are this one: Vercel picks one by the path, and the
 * app its handler by the same path.
 */
export function serve(request: Request): Response | Promise<Response> {
  return app.fetch(request, vercelRuntime(process.env, request.headers, waitUntil, reads));
}
