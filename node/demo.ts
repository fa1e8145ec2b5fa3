import { readCommandLine, wholeNumber } from "../cli/commandLine.ts";
import { tellShortStory } from "./demo/shortStory.ts";
import { isTaken, type Stage, setStage } from "./demo/stage.ts";
import { tellStory } from "./demo/story.ts";
import { sayWrapped } from "./demo/text.ts";
import { onStopSignal } from "./stopSignals.ts";

interface Wanted {
  readonly once: boolean;
  readonly verbose: boolean;
  readonly port: number | undefined;
}

const COMMAND = {
  call: "npm run demo",
  purpose: `Shows the backup service at work beside a simulated DatoCMS, in about 8 seconds. Needs no account and no setting,
and nothing reaches DatoCMS.`,
  options: {
    once: { type: "boolean", help: "end after the story instead of serving on" },
    verbose: { type: "boolean", help: "every call, answer and environment: some 210 lines" },
    port: {
      type: "string",
      value: "<n>",
      help: "port of the service; default 8787 or the next free one",
    },
  },
  notes: `Reads no variables but NO_COLOR.
Exit code: 0 when told to end, 1 when it failed, 2 for wrong options, 130 when interrupted before the end of the
story.`,
} as const;

const INTRODUCTION =
  "A demo of DatoCMS backups. All of it runs on this machine, with a simulated DatoCMS and a simulated clock: it is Monday, 2 March 2026, 09:00 UTC. A backup is a sandbox, which is a full copy of the project inside DatoCMS.";

const LONG_INTRODUCTION = `DatoCMS backups, a demo. All of it runs on this machine; nothing reaches DatoCMS.

A copy is a sandbox environment, forked from the project's primary one and named by cadence and date.
The clock is simulated: it starts on Monday, 2 March 2026, at 09:00 UTC. All times are UTC.
The project's plugin has saved a schedule: daily, weekly and monthly copies, counted from Friday, 30 January 2026,
in days of Europe/Rome.
`;

function farewell({ url, secret, emulatorUrl, token }: Stage): string {
  return `
The demo goes on: the service is at ${url}, its DatoCMS at
${emulatorUrl}. Try the service from another terminal:

export URL=${url} SECRET=${secret}
curl -s -H "X-Datocms-Backups-Auth: $SECRET" "$URL/api/check"

See what DatoCMS has: curl -H "Authorization: Bearer ${token}" \\
  ${emulatorUrl}/environments
docs/api.md has more calls. After a disconnect, start the demo again.
The service's log follows. Ctrl-C ends the demo.
`;
}

/** `npm run demo`: emulator and service together, the main job step by step, then a service to try. */
async function run({ once, verbose, port }: Wanted): Promise<void> {
  const stage = await setStage(port);
  if (verbose) process.stdout.write(LONG_INTRODUCTION);
  else sayWrapped(INTRODUCTION, "");
  let isServing = false;
  onStopSignal(async () => {
    process.stdout.write("\nStopping.\n");
    if (isServing) await stage.close();
    // 130 is what a shell expects of something that was interrupted before its end.
    process.exit(isServing ? 0 : 130);
  });

  await (verbose ? tellStory : tellShortStory)(stage);
  if (once) {
    await stage.close();
    // The client's own time-outs would keep the process for half a minute.
    process.exit(0);
  }
  isServing = true;
  stage.project.settings.forkMs = 1_000;
  stage.showLog();
  process.stdout.write(farewell(stage));
}

const wanted = readCommandLine(COMMAND, ({ once = false, verbose = false, port }): Wanted => {
  return { once, verbose, port: port === undefined ? undefined : wholeNumber("port", port, { to: 65_535 }) };
});
// Whoever reads it, such as `head`, may have seen enough.
process.stdout.on("error", () => process.exit(0));
try {
  await run(wanted);
} catch (error) {
  if (!isTaken(error)) throw error;
  process.stderr.write(`Port ${wanted.port} is in use. Give another one with --port.\n`);
  process.exit(1);
}
