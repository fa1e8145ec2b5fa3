import { afterAll, beforeAll, describe } from "vitest";
import { authentication, secrets } from "./checks/authentication.ts";
import { backupNow } from "./checks/backupNow.ts";
import { deadline } from "./checks/deadline.ts";
import { disconnecting } from "./checks/disconnect.ts";
import { failures } from "./checks/failures.ts";
import { everyAnswer, http } from "./checks/http.ts";
import { jobs } from "./checks/jobs.ts";
import { openContract } from "./checks/open.ts";
import { aliases, initialize, scheduledBackups } from "./checks/runs.ts";
import { settings } from "./checks/settings.ts";
import { status } from "./checks/status.ts";
import { bodySizes, health, validation } from "./checks/validation.ts";
import type { Host } from "./host.ts";
import { lanesOf } from "./lanes.ts";

/** Groups at a time. More would make servers wait for the processor, and what they measure with them. */
const LANES = 5;

/**
 * The contract, for one host: what the service answers to whom, and what it does to DatoCMS. Asks nothing of
 * the host but that requests reach the service and that the service reaches an emulator; where a host's ways
 * differ, its traits say so.
 */
export function contractSuite(host: Host): void {
  describe(host.name, () => {
    let running: Promise<void> | undefined;
    beforeAll(() => {
      running = lanesOf(host).run(LANES);
    });
    afterAll(async () => {
      await running;
      await host.close();
    }, 60_000);
    // The longest first: groups run side by side.
    failures(host);
    deadline(host);
    health(host);
    validation(host);
    bodySizes(host);
    http(host);
    authentication(host);
    secrets(host);
    openContract(host);
    settings(host);
    status(host);
    backupNow(host);
    disconnecting(host);
    jobs(host);
    initialize(host);
    scheduledBackups(host);
    aliases(host);
    everyAnswer(host);
  });
}
