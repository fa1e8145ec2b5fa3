import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { systemClock } from "../../../utils/clock.ts";
import { vercelBuild as build } from "../../platforms/vercel/build.ts";
import { Launcher } from "../../platforms/vercel/launch.ts";
import { evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { backingOf } from "./project.ts";

const NAME = "vercel build";

/** What Vercel's builder makes of the repository, executed, in processes that serve one deployment after the other. */
export function vercelBuild(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;
  let launcher: Launcher | undefined;

  return {
    name: NAME,
    provider: "vercel",
    cadence: "daily",
    traits: new Set(["scheduled-get", "cron-addresses", "one-process"]),
    prepare: build,
    async open(options) {
      listening ??= emulator.listen();
      const { directory } = await build();
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      const stdout = evidence.writer(NAME, "stdout");
      const stderr = evidence.writer(NAME, "stderr");
      launcher ??= new Launcher(directory);
      const sinks = { stdout, stderr };
      const { call, close } = await launcher.launch(withCronSecret(variables), sinks, options.fresh);
      return {
        ...backing,
        clock: systemClock,
        call: async (request) => evidence.keepAnswer(NAME, request, await call(request)),
        log: () => stdout.text,
        close,
      };
    },
    async close() {
      await launcher?.close();
      await (await listening)?.close();
    },
  };
}

/** The handshake asks for it on Vercel: its cron can send nothing else. */
export function withCronSecret(
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { DATOCMS_BACKUPS_SHARED_SECRET: secret } = variables;
  return secret === undefined ? variables : { CRON_SECRET: secret, ...variables };
}
