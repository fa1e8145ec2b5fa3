import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { destinationOf } from "../../../scripts/hosts/netlify/site.ts";
import { systemClock } from "../../../utils/clock.ts";
import { type DevHandler, devHandler } from "../../platforms/netlify/devHandler.ts";
import { site } from "../../platforms/netlify/functions.ts";
import { packedProject } from "../../platforms/netlify/packedProject.ts";
import { evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { backingOf } from "./project.ts";

const NAME = "netlify handler";
const ORIGIN = "https://backups.netlify.app";

/**
 * The functions run by Netlify's own functions handler, as `netlify dev` runs them, behind the redirects of the
 * shipped netlify.toml; the emulator listens on a port of its own.
 */
export function netlifyHandler(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;
  let project: ReturnType<typeof packedProject> | undefined;
  let starting: Promise<DevHandler> | undefined;

  return {
    name: NAME,
    provider: "netlify",
    cadence: "hourly",
    traits: new Set(["scheduled-get"]),
    slowness: 5,
    // Each call starts a worker, and more of them at once take longer for all.
    lanes: 2,
    async open(options) {
      listening ??= emulator.listen();
      project ??= packedProject();
      starting ??= project.then(devHandler);
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      const handler = await starting;
      const written = evidence.writer(NAME, "stdout");
      const running = handler.run(variables, (text) => {
        written.text += text;
      });
      return {
        ...backing,
        // The handler starts a worker for every call, and here all start at once.
        clock: { ...systemClock, monotonic: () => systemClock.monotonic() - running.startingMs() },
        async call(request) {
          const { pathname, search } = new URL(request.url);
          const destination = destinationOf(site, pathname, handler.named);
          if (destination.kind !== "function") throw new Error(`${pathname} leads to no function.`);
          // A rewritten request keeps its address.
          const response = await running.call(destination.name, `${ORIGIN}${pathname}${search}`, request);
          return evidence.keepAnswer(NAME, request, response);
        },
        log: () => written.text,
        close: () => running.close(),
      };
    },
    async close() {
      await (await listening)?.close();
      await (await starting)?.close();
      await (await project)?.remove();
    },
  };
}
