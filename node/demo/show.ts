import { onStopSignal } from "../stopSignals.ts";
import { tellShortStory } from "./shortStory.ts";
import { type Stage, setStage } from "./stage.ts";
import { tellStory } from "./story.ts";
import { sayWrapped } from "./text.ts";

export { isTaken } from "./stage.ts";

/** What somebody wants to see. */
export interface Wanted {
  readonly once: boolean;
  readonly verbose: boolean;
  /** The service's; undefined: the usual one, or the next that is free. */
  readonly port: number | undefined;
}

const INTRODUCTION =
  "A demo of DatoCMS backups. All of it runs on this machine, with a simulated DatoCMS and a simulated clock: it is Monday, 2 March 2026, 09:00 UTC. A backup is a sandbox, which is a full copy of the project inside DatoCMS.";

const LONG_INTRODUCTION = `DatoCMS backups, a demo. All of it runs on this machine; nothing reaches DatoCMS.

A copy is a sandbox environment, forked from the project's primary one and named by cadence and date.
The clock is simulated: it starts on Monday, 2 March 2026, at 09:00 UTC. All times are UTC.
The project's plugin has saved a schedule: daily, weekly and monthly copies, counted from Friday, 30 January 2026,
in days of Europe/Rome.
`;

function farewell({ url, secret, adminSecret, emulatorUrl, token, pageUrl }: Stage): string {
  return `
The demo goes on. See its page (the address signs you in, once):

${pageUrl()}

The service is at ${url}, its DatoCMS at
${emulatorUrl}. Try the service from another terminal:

export URL=${url} SECRET=${secret}
export ADMIN=${adminSecret}
curl -s -H "X-Datocms-Backups-Auth: $SECRET" "$URL/api/check"

See what DatoCMS has: curl -H "Authorization: Bearer ${token}" \\
  ${emulatorUrl}/environments
docs/api.md has more calls. After a disconnect, start the demo again.
The service's log follows. Ctrl-C ends the demo.
`;
}

/**
 * Shows emulator and service together: the main job step by step, then a service to try. The process ends with it.
 *
 * @returns when the story is told and the service goes on
 * @throws Error that `isTaken` knows, when another program has the port
 */
export async function showDemo({ once, verbose, port }: Wanted): Promise<void> {
  // Whoever reads it, such as `head`, may have seen enough.
  process.stdout.on("error", () => process.exit(0));
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
