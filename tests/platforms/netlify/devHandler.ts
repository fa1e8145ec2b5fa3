import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mockLocation, Reactive } from "@netlify/dev-utils";
import { FunctionsHandler } from "@netlify/functions-dev";
import { ROOT, site } from "./site.ts";

/**
 * Netlify's own local runtime. It bundles anew for every call, which takes a second, so only what it does
 * otherwise than the built functions is asked of it. The functions' variables are this process's.
 */
export async function devHandler() {
  const destPath = await mkdtemp(join(tmpdir(), "netlify-dev-"));
  const functions = join(ROOT, site.functions.directory);
  const handler = new FunctionsHandler({
    projectRoot: ROOT,
    destPath,
    config: new Reactive({ functionsDirectory: functions, functions: {} }),
    settings: {},
    geolocation: mockLocation,
    siteId: "site",
    userFunctionsPath: functions,
    timeouts: { syncFunctions: 60, backgroundFunctions: 900 },
  });
  return {
    async call(request: Request): Promise<Response> {
      const match = await handler.match(request, destPath);
      if (match === undefined) throw new Error(`Nothing at ${request.url}`);
      return match.handle(request);
    },
    close: () => rm(destPath, { recursive: true, force: true }),
  };
}
