import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { systemClock } from "../../../utils/clock.ts";
import { devServer } from "../../platforms/vercel/devServer.ts";
import { packedSources } from "../../platforms/vercel/sources.ts";
import { evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { backingOf } from "./project.ts";
import { withCronSecret } from "./vercelBuild.ts";

const NAME = "vercel dev";

/** The sources run by the development server of Vercel's builder: a process for each function that is called. */
export function vercelDev(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;
  let packed: ReturnType<typeof packedSources> | undefined;

  return {
    name: NAME,
    provider: "vercel",
    cadence: "daily",
    traits: new Set(["scheduled-get", "cron-addresses", "one-process"]),
    slowness: 6,
    // A function takes seconds of processor to start: one group after the other, they find the same deployment.
    lanes: 1,
    async open(options) {
      listening ??= emulator.listen();
      packed ??= packedSources();
      const { workPath } = await packed;
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      const stdout = evidence.writer(NAME, "stdout");
      const stderr = evidence.writer(NAME, "stderr");
      const server = await devServer(workPath, withCronSecret(variables), stdout, stderr);
      return {
        ...backing,
        // A function starts at its first call, which takes a second.
        clock: { ...systemClock, monotonic: () => systemClock.monotonic() - server.startingMs() },
        call: async (request) => evidence.keepAnswer(NAME, request, await server.call(request)),
        log: () => stdout.text,
        close: () => server.close(),
      };
    },
    async close() {
      await (await listening)?.close();
      await (await packed)?.remove();
    },
  };
}
