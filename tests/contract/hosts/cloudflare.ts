import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { startWorker } from "../../../scripts/hosts/cloudflare/workerd.ts";
import { systemClock } from "../../../utils/clock.ts";
import { type Artefact, buildShipped } from "../../platforms/cloudflare/worker.ts";
import { evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { backingOf } from "./project.ts";

const NAME = "cloudflare";

/** What a deploy uploads, in workerd: one for each deployment. The emulator listens on a port of its own. */
export function cloudflare(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;
  let built: Promise<Artefact> | undefined;

  return {
    name: NAME,
    provider: "cloudflare",
    cadence: "hourly",
    traits: new Set(["cron-addresses"]),
    async open(options) {
      listening ??= emulator.listen();
      built ??= buildShipped();
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      const worker = await startWorker((await built).directory, variables);
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
      await (await listening)?.close();
    },
  };
}
