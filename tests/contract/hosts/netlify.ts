import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { destinationOf } from "../../../scripts/hosts/netlify/site.ts";
import { systemClock } from "../../../utils/clock.ts";
import { build, run, site } from "../../platforms/netlify/functions.ts";
import { evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { backingOf } from "./project.ts";

const NAME = "netlify";
const ORIGIN = "https://backups.netlify.app";

/**
 * The functions as Netlify's builder makes them, run by Netlify's bootstrap behind the redirects of the shipped
 * netlify.toml, and the emulator behind them on a port of its own.
 */
export function netlify(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;

  return {
    name: NAME,
    provider: "netlify",
    cadence: "hourly",
    traits: new Set(["scheduled-get"]),
    prepare: build,
    async open(options) {
      listening ??= emulator.listen();
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      const built = await build();
      const named = new Set(
        built.functions.filter(({ schedule }) => schedule === undefined).map(({ name }) => name),
      );
      const written = evidence.writer(NAME, "stdout");
      const write = (text: string) => {
        written.text += text;
      };
      const running = run(built, variables, write, options.fresh);
      return {
        ...backing,
        // An instance that has to start first costs Netlify's time, and here much of it: all start at once.
        clock: { ...systemClock, monotonic: () => systemClock.monotonic() - running.startingMs() },
        async call(request) {
          const { pathname, search } = new URL(request.url);
          const destination = destinationOf(site, pathname, named);
          if (destination.kind !== "function") throw new Error(`${pathname} leads to no function.`);
          // A rewritten request keeps its address.
          const rawUrl = `${ORIGIN}${pathname}${search}`;
          const response = await running.call(destination.name, rawUrl, request);
          return evidence.keepAnswer(NAME, request, response);
        },
        log: () => written.text,
        close: () => running.close(),
      };
    },
    async close() {
      await (await listening)?.close();
    },
  };
}
