import { parseArgs } from "node:util";
import { type Stage, setStage } from "./demo/stage.ts";
import { tellStory } from "./demo/story.ts";
import { onStopSignal } from "./stopSignals.ts";

const HELP = `Shows the backup service at work beside a local stand-in for DatoCMS. Needs no account and no setting.

Usage: npm run demo -- [options]

  --once   end after the story instead of serving on
  --help   this text
`;

const INTRODUCTION = `DatoCMS backups, a demo. All of it runs on this machine; nothing reaches DatoCMS.

A copy is a sandbox environment, forked from the project's primary one and named by cadence and date.
The clock is simulated: it starts on Monday, 2 March 2026, at 09:00 UTC. All times are UTC.
The project's plugin has saved a schedule: daily, weekly and monthly copies, counted from Friday, 30 January 2026,
in days of Europe/Rome.
`;

function farewell({ url, secret, emulatorUrl, token }: Stage): string {
  return `
The demo keeps running: the service at ${url}, its DatoCMS at ${emulatorUrl}.
Its crons are off; GET on a job's route does what they do. Try it from another terminal:

export URL=${url} SECRET=${secret}
curl -X POST -H "X-Datocms-Backups-Auth: $SECRET" "$URL/api/jobs/daily-backup?force=true"
curl -H "Authorization: Bearer ${token}" ${emulatorUrl}/environments

The README has more to try. The service's log follows; Ctrl-C ends the demo.
`;
}

/** `npm run demo`: emulator and service together, the main job step by step, then a service to try. */
async function run({ once }: { once: boolean }): Promise<void> {
  process.stdout.write(INTRODUCTION);
  const stage = await setStage();
  let isServing = false;
  onStopSignal(async () => {
    process.stdout.write("\nStopping.\n");
    if (isServing) await stage.close();
    // 130 is what a shell expects of something that was interrupted before its end.
    process.exit(isServing ? 0 : 130);
  });

  await tellStory(stage);
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

function flags() {
  const flag = { type: "boolean", default: false } as const;
  return parseArgs({ options: { once: flag, help: flag } }).values;
}

try {
  const { once, help } = flags();
  if (help) process.stdout.write(HELP);
  else await run({ once });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exit(1);
}
