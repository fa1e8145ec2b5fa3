import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { systemClock } from "../../../utils/clock.ts";
import { closeWorkers, takeWorker } from "../../platforms/cloudflare/inTurn.ts";
import { buildShipped } from "../../platforms/cloudflare/worker.ts";
import { evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { backingOf } from "./project.ts";

const NAME = "cloudflare";

/** What a deploy uploads, in workerd. The emulator listens on a port of its own. */
export function cloudflare(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;

  return {
    name: NAME,
    provider: "cloudflare",
    cadence: "hourly",
    traits: new Set(["cron-addresses"]),
    prepare: buildShipped,
    async open(options) {
      listening ??= emulator.listen();
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      const worker = await takeWorker(await buildShipped(), variables, options.fresh);
      const written = evidence.writer(NAME, "stdout");
      const log = () => {
        written.text = worker
          .lines()
          .map((line) => `${line}\n`)
          .join("");
        return written.text;
      };
      return {
        ...backing,
        clock: systemClock,
        call: async (request) => evidence.keepAnswer(NAME, request, await worker.send(request)),
        log,
        async close() {
          log();
          await worker.close();
        },
      };
    },
    async close() {
      await closeWorkers();
      await (await listening)?.close();
    },
  };
}
