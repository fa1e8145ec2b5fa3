import { readCommandLine } from "../cli/commandLine.ts";
import { testAlerts } from "../services/backupService.ts";
import { readAlerts } from "../utils/alertSettings.ts";
import { systemClock } from "../utils/clock.ts";
import { silentLogger } from "../utils/logger.ts";
import { processVariables } from "./envFile.ts";

const COMMAND = {
  call: "npm run alerts:test",
  purpose: "Sends a sample to every channel that is told when a backup fails, and says what came of it.",
  options: {},
  notes: `Reads the variables ALERT_*, RESEND_* and HEARTBEAT_URL_*, from the environment or a file .env in the
current directory.
Exit code: 0 when each was reached or none is set, 1 when one was not, 2 for wrong options.`,
};
readCommandLine(COMMAND, () => {});

/** Enough for two tries of each channel, side by side. */
const LONGEST_MS = 11_000;

/** `npm run alerts:test`: sends a sample to every channel, by the variables that `npm start` would read. */
const sender = { settings: readAlerts(variables()), logger: silentLogger, fetch, clock: systemClock };
const results = await testAlerts(sender, systemClock.monotonic() + LONGEST_MS);

for (const { channel, ok, status, error } of results) {
  const why = [status, error].filter((each) => each !== undefined).join(" ");
  process.stdout.write(`${ok ? "sent  " : "FAILED"}  ${channel}${why === "" ? "" : `  ${why}`}\n`);
}
if (results.length === 0)
  process.stdout.write("No alerts are set up yet. docs/alerts.md says what to set.\n");
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

function variables() {
  try {
    return processVariables();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : ""}\n`);
    process.exit(1);
  }
}
